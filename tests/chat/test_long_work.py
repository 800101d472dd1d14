"""Work that kills its process is given up, whatever its kind: else it takes the web process with it for ever."""

from datetime import timedelta

import pytest

from chat import comparing, replay, reviewing, training
from chat.band_rows import Review
from chat.comparison_rows import Comparison
from chat.intent_rows import Training, Trains
from chat.long_work import DONE, FAILED, MOST_ATTEMPTS, RUNNING, Lost
from chat.replay_rows import Replay
from knowledge.models import Article, Collection

KINDS = {
    "a replay": (
        replay.WORK,
        lambda site, article, now: Replay.objects.create(site=site, article=article, made_at=now),
    ),
    "a reading of conversations": (
        reviewing.WORK,
        lambda site, article, now: Review.objects.create(site=site, made_at=now, wanted=1),
    ),
    "a comparison": (
        comparing.WORK,
        lambda site, article, now: Comparison.objects.create(site=site, made_at=now, on="examples", wanted=1),
    ),
    "a training": (
        training.WORK,
        lambda site, article, now: Training.objects.create(site=site, of=Trains.INTENT, made_at=now),
    ),
}


@pytest.fixture
def article(site):
    """One of the site's."""
    collection = Collection.objects.create(site=site, slug="tents", titles={"en": "Tents"})
    return Article.objects.create(site=site, collection=collection, slug="tents", title="Tents", body="Pitch them.")


@pytest.fixture(params=KINDS)
def work(request, site, article, now):
    """A kind of long work, and a row of it that waits."""
    work, make = KINDS[request.param]
    return work, make(site, article, now)


def test_what_kills_its_process_each_time_is_given_up(work, now):
    work, row = work
    for attempt in range(MOST_ATTEMPTS):
        assert row.pk in work.due(now), attempt
        assert work.take(row.pk, now)
        now += work.lasts + timedelta(seconds=1)
    assert work.take(row.pk, now) is None
    row.refresh_from_db()
    assert (row.state, row.leased_until) == (FAILED, None)
    assert "killed" in row.trouble
    assert work.due(now) == []


def test_whoever_had_it_before_can_neither_go_on_nor_end_it(work, now):
    work, row = work
    before = work.take(row.pk, now)
    assert work.take(row.pk, now + work.lasts + timedelta(seconds=1))
    with pytest.raises(Lost):
        work.renew(before)
    work.end(before, DONE)
    row.refresh_from_db()
    assert row.state == RUNNING
