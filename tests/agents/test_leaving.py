"""Going offline: all that somebody has goes where they chose, also what they put aside."""

import datetime as dt

import pytest
from django.utils import timezone

from agents import leaving
from chat import lifecycle
from chat.models import Snooze
from supportsite.sites.models import Site
from tests.agents.waiting import PERSON

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    """One conversation that is open, and one that is put aside."""
    rows = [cast.says(visitor, PERSON) for visitor in "vw"]
    for row in rows:
        cast.does(lifecycle.agent_message, cast.agent, row, text="Hello")
    cast.does(lifecycle.snooze, cast.agent, rows[1], until=timezone.now() + dt.timedelta(days=2))
    return rows


def leave(cast, *, hand_back):
    return leaving.leave_all(member=cast.agent, client_id="x", hand_back=hand_back, now=timezone.now())


def handlers(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.handler for row in rows]


@pytest.mark.parametrize(("hand_back", "handler"), [(True, "assistant"), (False, "queue")])
def test_what_is_put_aside_goes_the_same_way(cast, two, hand_back, handler):
    assert not leave(cast, hand_back=hand_back).was_refused
    assert handlers(two) == [handler] * 2
    assert not Snooze.objects.exists()
    assert leave(cast, hand_back=hand_back) == leaving.Left([], was_refused=False), "a second try finds nothing"


def test_a_pause_that_began_while_the_console_was_open_is_heeded(cast, two):
    assert not cast.agent.site.paused_at
    Site.objects.filter(pk=cast.site.pk).update(paused_at=timezone.now())
    assert leave(cast, hand_back=True).was_refused
    assert handlers(two) == ["queue"] * 2
