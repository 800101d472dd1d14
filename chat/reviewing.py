"""Reading a site's last conversations again, so that any threshold can be tried on them at once.

The row is the truth and the task its wake-up: a review that was killed goes on with the first conversation that is not
judged yet. What is stored has no weights in it: a site that changes them sees the same review under the new ones.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from supportsite.sites.models import Site

from . import talks, training, walk
from .band import Beat, Standing, standing
from .band_rows import JudgedCase, JudgedMessage, Review
from .intent_rows import TrainingState
from .long_work import LongWork, Lost
from .models import Conversation
from .talks import Talk
from .weighing import Policy, Reason

TASK: Final = "chat.run_review"
LASTS: Final = timedelta(minutes=2)  # between two pieces, on a busy machine
WANTED: Final = 1000
MOST: Final = 5000
_AT_ONCE: Final = 50  # conversations
logger = logging.getLogger(__name__)


WORK: Final = LongWork(Review.objects.select_related("site"), LASTS)


def begin(*, site: Site, by: User | None, now: datetime, wanted: int = WANTED, ring: bool = True) -> Review:
    """A review that a worker takes up after the commit; one that is at work is taken up."""
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        row = Review.objects.filter(site=site, state__in=(TrainingState.WAITING, TrainingState.RUNNING)).first()
        if row is None:
            row = Review.objects.create(site=site, wanted=min(wanted, MOST), made_by=by, made_at=now)
        review = row
        if ring:
            transaction.on_commit(lambda: current_app.send_task(TASK, args=[review.pk]), robust=True)
    return review


def run(review_id: int) -> None:
    """Judge what is not judged yet, to the end. Safe to call again and from several processes."""
    row = WORK.take(review_id, timezone.now())
    if row is None:
        return
    try:
        _judge(row)
    except Lost:
        return
    except Exception as error:  # the edge of the task: a review says that it failed, and does not try for ever
        logger.exception("review %s failed", row.pk)
        WORK.end(row, TrainingState.FAILED, type(error).__name__)
    else:
        WORK.end(row, TrainingState.DONE)
        Review.objects.filter(site=row.site, pk__lt=row.pk).exclude(state=TrainingState.RUNNING).delete()


def latest(site: Site) -> Review | None:
    """The one whose figures are shown: the newest that is done."""
    return Review.objects.filter(site=site, state=TrainingState.DONE).first()


def open_one(site: Site) -> Review | None:
    """The newest one, where it is not done: at work, about to be, or failed."""
    row = Review.objects.filter(site=site).first()
    return None if row is None or row.state == TrainingState.DONE else row


def standings(review: Review, policy: Policy) -> Sequence[tuple[JudgedCase, Standing]]:
    """Every case of a review under a site's weights; kept in memory while the rows are the same, for a slider."""
    there = JudgedCase.objects.filter(review=review).aggregate(
        cases=Count("pk", distinct=True), messages=Count("messages")
    )
    same = review.pk, review.made_at, there["cases"], there["messages"]
    return _standings(same, tuple(sorted(policy.weights.items())))


@lru_cache(4)
def _standings(
    same: tuple[int, datetime, int, int], weights: tuple[tuple[str, float], ...]
) -> tuple[tuple[JudgedCase, Standing], ...]:
    """Numbers and verdicts only, none of a customer's words; whatever is erased changes the counts."""
    review_id, policy = same[0], Policy(weights=dict(weights))
    beats = beats_of(JudgedMessage.objects.filter(judged__review=review_id))
    found = []
    for row in JudgedCase.objects.filter(review=review_id).order_by("pk"):
        stands = standing(beats.get(row.pk, ()), policy)
        found.append((row, Standing(stands.hard or row.hard, stands.score)))
    return tuple(found)


def beats_of(rows: QuerySet[JudgedMessage]) -> dict[int, list[Beat]]:
    """What spoke for a person, by the number of the judged case."""
    found: dict[int, list[Beat]] = {}
    for judged, seq, reasons in rows.order_by("judged", "seq").values_list("judged", "seq", "reasons"):
        found.setdefault(judged, []).append(Beat(seq, tuple(Reason(**one) for one in reasons)))
    return found


def due(now: datetime) -> list[int]:
    """What waits, and what was running when its process was killed."""
    return WORK.due(now)


def _judge(row: Review) -> None:
    site = row.site
    policy, own = Policy.of(site), training.own(site)
    wanted = Conversation.objects.filter(site=site, last_seq__gt=0, made_at__lte=row.made_at).order_by("-changed_at")
    ids = list(wanted.values_list("pk", flat=True)[: row.wanted])
    known = set(JudgedCase.objects.filter(review=row).values_list("conversation", flat=True))
    left = [pk for pk in ids if pk not in known]
    WORK.renew(row, total=len(ids), done=len(ids) - len(left))
    vectors = walk.Vectors()
    for start in range(0, len(left), _AT_ONCE):
        piece = Conversation.objects.filter(pk__in=left[start : start + _AT_ONCE])
        found = talks.of(list(piece.select_related("visitor__customer")), row.made_at)
        how: dict[str, Any] = {"own": own, "spoken": site.locale, "customers": [one.customer for one in found]}
        beats = walk.walk([one.lines for one in found], policy, vectors, **how)
        with transaction.atomic():
            WORK.renew(row, done=len(ids) - len(left) + min(start + _AT_ONCE, len(left)))
            _store(row, found, beats)


def _store(row: Review, found: Sequence[Talk], beats: Sequence[Sequence[Beat]]) -> None:
    cases = JudgedCase.objects.bulk_create(
        JudgedCase(
            review=row,
            conversation_id=one.conversation_id,
            seq=one.seq,
            case=one.case,
            language=one.language,
            intent=one.intent[:80],
            called=one.codes,
            hard=one.hard,
            verdict=one.verdict,
            ended=one.ended,
        )
        for one in found
    )
    JudgedMessage.objects.bulk_create(
        JudgedMessage(
            judged=case,
            conversation_id=case.conversation_id,
            seq=beat.seq,
            reasons=[reason.as_json() for reason in beat.reasons],
        )
        for case, mine in zip(cases, beats, strict=True)
        for beat in mine
        if beat.reasons
    )
