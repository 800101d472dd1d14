"""Training a site's own models: begin, run, use, and go back. The row is the truth, the task its wake-up.

A model goes live only when a person says so; who trained it, on what, and how good it was stays with it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np
from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from knowledge.labelled import Unusable
from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from .assistant import language
from .intent_rows import Intent, IntentKind, Training, TrainingState, Trains
from .learned import intent_fitting, intents, reading, tier_fitting, tiers
from .learned.gain import Calls
from .learned.intent_fitting import Held, Labelled, Progress
from .learned.intents import OUTSIDE, Intents
from .learned.tiers import Router
from .long_work import LongWork, Lost
from .models import ENDS_A_CALL, Event, EventRole, Kind
from .signals import conversations, emotion_fitting, talk_fitting, texts
from .signals.conversations import Reader
from .signals.dialogue import Said
from .signals.feeling import NOTHING_OWN, Own
from .signals.texts import Head
from .weighing import SILENCED

TASK: Final = "chat.run_training"
LASTS: Final = timedelta(minutes=15)  # between two signs of progress, on a busy machine
WORK: Final = LongWork(Training.objects.select_related("site"), LASTS)
MOST: Final = 50_000
logger = logging.getLogger(__name__)
_TOO_FEW: Final = (intent_fitting.TooFew, tier_fitting.TooFew, talk_fitting.TooFew, emotion_fitting.TooFew)
Row = Mapping[str, Any]


class NothingToTrainOn(Unusable):
    """There are too few examples."""


def examples(site: Site) -> list[Row]:
    """The examples of the site's intents, as rows of `text` and `intent`; those of the kind OUTSIDE have none."""
    return [
        {"text": text, "intent": None if intent.kind == IntentKind.OUTSIDE else intent.name}
        for intent in Intent.objects.filter(site=site)
        for text in intent.examples
    ]


def verdicts(site: Site) -> list[Row]:
    """What agents thought of a site's escalations, the last word on each: where it stands, and none of its words.

    Not of those that nothing in the talk called for: a pause, hours in which the assistant does not speak.
    """
    given: dict[tuple[str, int], bool] = {}
    rows = Event.objects.filter(conversation__site=site, kind=Kind.VERDICT).order_by("conversation", "seq")
    for conversation, body in rows.values_list("conversation__public_id", "body"):
        if body.get("verdict") and body.get("escalation"):
            given[conversation, body["escalation"]] = body["verdict"] != "needless"
    calls = Event.objects.filter(conversation__site=site, kind=Kind.ESCALATED)
    for conversation, seq, body in calls.values_list("conversation__public_id", "seq", "body"):
        if SILENCED.issuperset(body["reasons"]):
            given.pop((conversation, seq), None)
    return [{"conversation": talk, "seq": seq, "escalate": needed} for (talk, seq), needed in given.items()]


def begin(
    *, site: Site, of: Trains, rows: Sequence[Row], by: User | None, now: datetime, ring: bool = True
) -> Training:
    """A training that a worker takes up after the commit. Raises NothingToTrainOn."""
    if len(rows) < 4 or len(rows) > MOST:
        raise NothingToTrainOn(f"{len(rows)} examples: expected between 4 and {MOST}")
    with transaction.atomic():
        row = Training.objects.create(site=site, of=of, rows=list(rows), made_by=by, made_at=now)
        if ring:
            transaction.on_commit(lambda: current_app.send_task(TASK, args=[row.pk]), robust=True)
    return row


def _as_given(row: Training, told: Progress) -> Sequence[Row]:
    return list(row.rows)


def run(
    training_id: int,
    progress: Progress = lambda done, of: None,
    prepared: Callable[[Training, Progress], Sequence[Row]] = _as_given,
) -> None:
    """Train, to the end. Safe to call again and from several processes. `prepared` makes its rows whole first."""
    row = WORK.take(training_id, timezone.now())
    if row is None:
        return

    def told(done: int, of: int) -> None:
        WORK.renew(row, percent=100 * done // of)
        progress(done, of)

    try:
        WORK.renew(row, percent=0)
        model, figures = _TRAINERS[Trains(row.of)](prepared(row, told), told)
    except Lost:
        return
    except (*_TOO_FEW, NothingToTrainOn):
        WORK.end(row, TrainingState.FAILED, "too few examples, or all of one kind")
    except Exception as error:  # the edge of the task: a training says that it failed, and does not try for ever
        logger.exception("training %s failed", row.pk)
        WORK.end(row, TrainingState.FAILED, type(error).__name__)
    else:
        WORK.end(row, TrainingState.DONE, model=model, figures=figures, percent=100)


def use(*, training: Training, by: User | None, now: datetime) -> bool:
    """Let it answer from now on; False where it is not done."""
    done = Training.objects.filter(pk=training.pk, state=TrainingState.DONE)
    return bool(done.update(used_at=now, used_by=by))


def undo(*, site: Site, of: Trains) -> Training | None:
    """Back to the one that was in use before; it, or None where there was none."""
    with transaction.atomic():
        now_used = live(site, of)
        if now_used:
            Training.objects.filter(pk=now_used).update(used_at=None, used_by=None)
        before = live(site, of)
        return Training.objects.get(pk=before) if before else None


def live(site: Site, of: Trains) -> int | None:
    """The number of the training in use."""
    return _live.first(site=site.pk, of=str(of))


def _compose_live(site: int, of: str) -> QuerySet[Training, int]:
    used = Training.objects.filter(site=site, of=of, used_at__isnull=False, state=TrainingState.DONE)
    return used.order_by("-used_at", "-pk").values_list("pk", flat=True)[:1]


_live: Final = Prepared(_compose_live)


def newest(site: Site, of: Trains) -> Training | None:
    """The last one that was begun, without what it learned from."""
    return Training.objects.filter(site=site, of=of).defer("rows", "model").first()


@lru_cache(maxsize=16)
def reader(training_id: int) -> Intents:
    """The classifier of a training that is done: it never changes, so it is read once."""
    return intents.from_bytes(_model(training_id))


def own(site: Site) -> Own:
    """What the site has trained to read conversations and emotions with."""
    talks, emotions = live(site, Trains.ESCALATION), live(site, Trains.EMOTION)
    if talks is None and emotions is None:
        return NOTHING_OWN
    return Own(None if talks is None else _talk_reader(talks), {} if emotions is None else _emotion_heads(emotions))


@lru_cache(maxsize=16)
def _emotion_heads(training_id: int) -> dict[str, Head]:
    return texts.heads_from_bytes(_model(training_id))


@lru_cache(maxsize=16)
def _talk_reader(training_id: int) -> Reader:
    return conversations.from_bytes(_model(training_id))


@lru_cache(maxsize=16)
def tier_reader(training_id: int) -> Router:
    """The same for a router between tiers."""
    return tiers.from_bytes(_model(training_id))


def _model(training_id: int) -> bytes:
    return bytes(Training.objects.values_list("model", flat=True).get(pk=training_id))


def point(training: Training) -> dict[str, Any] | None:
    """The point of a router's curve that the site's share of quality chooses; None before it is done."""
    points: list[dict[str, Any]] = training.figures.get("points", [])
    wanted = training.site.strong_quality
    return next((one for one in points if (one.get("quality") or 0) >= wanted), points[-1] if points else None)


def due(now: datetime) -> list[int]:
    """What waits, and what was running when its process was killed."""
    return WORK.due(now)


def intents_of(rows: Sequence[Row], told: Progress) -> tuple[Intents, Held]:
    """The classifier for rows of `text` and `intent`, and its held-out figures. Raises NothingToTrainOn, TooFew."""
    texts = [str(row["text"]) for row in rows]
    names = reading.models()
    if not names:
        raise NothingToTrainOn("no embedding model is installed; run make setup")
    data = Labelled(reading.many(texts, names), [row["intent"] or OUTSIDE for row in rows], language.of_many(texts))
    return intent_fitting.train(data, general=names[-1], progress=told)


def _intents(rows: Sequence[Row], told: Progress) -> tuple[bytes, dict[str, Any]]:
    made, held = intents_of(rows, told)
    return made.as_bytes(), _finite(asdict(held))


def _tiers(rows: Sequence[Row], told: Progress) -> tuple[bytes, dict[str, Any]]:
    columns = [np.array([row[name] for row in rows], np.float64) for name in ("light", "strong")]
    costs = [np.array([row.get(name, unit) for row in rows], np.float64) for name, unit in _UNIT.items()]
    router, held = tier_fitting.train([str(row["text"]) for row in rows], Calls(*columns, *costs))
    told(1, 1)
    points = [_finite(asdict(point)) for point in router.points]
    return router.as_bytes(), _finite(asdict(held)) | {"points": points}


def _talks(rows: Sequence[Row], told: Progress) -> tuple[bytes, dict[str, Any]]:
    read = [talk_fitting.Row(_lines(row), bool(row["escalate"])) for row in rows]
    made, held = talk_fitting.train([row for row in read if any(line.customer for line in row.lines)], told)
    return made.as_bytes(), _finite(asdict(held))


def _emotions(rows: Sequence[Row], told: Progress) -> tuple[bytes, dict[str, Any]]:
    made, held = emotion_fitting.train([emotion_fitting.Row(**dict(row)) for row in rows], told)
    return texts.heads_as_bytes(made), _finite(asdict(held))


def _lines(row: Row) -> list[Said]:
    """The lines of a row, or those that were read live for the escalation that it names: since the last hand-back."""
    if "messages" in row:
        return [Said(one["from"] == "customer", str(one["text"])) for one in row["messages"]]
    there = Event.objects.filter(conversation__public_id=row["conversation"])
    case = there.filter(seq=row["seq"], kind=Kind.ESCALATED).values_list("case", flat=True).first()
    if case is None:
        return []
    before = there.filter(case=case, seq__lt=row["seq"]).order_by("seq")
    ended = before.filter(kind__in=ENDS_A_CALL).values_list("seq", flat=True).last() or 0
    said = before.filter(kind=Kind.MESSAGE, seq__gt=ended)
    told = said.values_list("role", "body", "conversation__language")
    return [
        Said(role == EventRole.VISITOR, str(body["text"]), spoken) for role, body, spoken in told if body.get("text")
    ]


_UNIT: Final = {"light_cost": 0.0, "strong_cost": 1.0}
_TRAINERS: Final = {Trains.INTENT: _intents, Trains.TIER: _tiers, Trains.ESCALATION: _talks, Trains.EMOTION: _emotions}


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    """What was not measured is null: NaN is no JSON."""
    return {name: None if value != value else value for name, value in figures.items()}
