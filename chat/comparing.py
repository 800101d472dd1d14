"""Routing strategies side by side: each is asked about the same texts, and what it would do is counted.

On the intents' examples the classifier is fitted anew for each part of them, on all others: none is asked about what it
has seen. On customers' first questions the one in use is asked; nobody knows what would be right there, so what counts
is what they differ in. The row is the truth and the task its wake-up: a comparison that was killed begins again.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import numpy as np
from asgiref.sync import async_to_sync, sync_to_async
from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Avg, Min, QuerySet
from django.utils import timezone

from knowledge.embed import ModelUnavailable
from supportsite.redact import Redactor
from supportsite.sites.models import Site

from . import intents, naming, side_by_side, strategies, tiering, training
from .assistant import language, respond, tiers
from .assistant.routing import task_based
from .assistant.routing.intent import INTENT, Question
from .assistant.routing.task_based import Chain
from .assistant.routing.verdict import Routing, Strategy
from .assistant.smalltalk import small_talk
from .comparison_rows import ComparedOn, ComparedQuestion, Comparison, ComparisonState
from .intent_rows import Training, Trains
from .learned import intent_fitting, reading
from .learned.intent_fitting import Labelled
from .learned.intents import Intents, Judged
from .long_work import LongWork, Lost
from .models import Conversation, Event, EventRole, Kind, Turn, TurnState
from .naming import Namer
from .prices import Stop, TierName
from .side_by_side import MODEL, OUTSIDE, Asked, Counting, Setting, Told
from .signals import feeling
from .signals.dialogue import Said
from .signals.feeling import UNFELT, Feeling
from .training import NothingToTrainOn

TASK: Final = "chat.run_comparison"
LASTS: Final = timedelta(minutes=15)  # between two signs of progress: a classifier is fitted in between
KEPT: Final = timedelta(days=90)
FEWEST: Final = 100
WANTED: Final = 500
MOST: Final = 2000
MOST_NAMED: Final = 200  # with a model that names them: each text is a call that costs and takes a second
MOST_EXAMPLES: Final = 3000  # more take minutes for each part, and the intervals are narrow enough
PARTS: Final = 5
OPEN: Final = (ComparisonState.WAITING, ComparisonState.RUNNING)
# What a call is taken to cost where the site has not paid for one yet: a few sections in, some sentences out.
TOKENS: Final = (1500, 150)
_CALLS_READ: Final = 500
_AT_ONCE: Final = 25  # texts between two signs of progress
_TIMED: Final = 50  # texts that are read a second time for the time that it takes
_LONGEST: Final = 1000  # characters of a text that is listed
_SEED: Final = 11
WORK: Final = LongWork(Comparison.objects.select_related("site"), LASTS)
logger = logging.getLogger(__name__)
# The classifier's word on a text in a language.
Judge = Callable[[str, str], Judged]


class NothingToCompareOn(Exception):
    """There are no such texts."""


@dataclass(frozen=True)
class _Text:
    """A text to be asked about. `calls`: whether an answer to it costs a call; `truth` as in `side_by_side.Asked`."""

    text: str
    language: str
    truth: str | None = None
    conversation: Conversation | None = None
    calls: bool = True
    seq: int = 0


def begin(
    *, site: Site, on: ComparedOn, wanted: int = WANTED, with_model: bool = False, by: User | None, now: datetime
) -> Comparison:
    """A comparison that a worker takes up after the commit; one that is at work is taken up.

    `with_model`: the site's model names the intents too, of MOST_NAMED texts at most, which costs as many calls.
    Raises NothingToCompareOn.
    """
    if not how_many(site, on):
        raise NothingToCompareOn
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        row = Comparison.objects.filter(site=site, on=on, state__in=OPEN).first()
        if row is None:
            size = min(max(wanted, FEWEST), MOST)
            asked = {"on": on, "wanted": size, "with_model": with_model and model_of(site) is not None}
            row = Comparison.objects.create(site=site, **asked, made_by=by, made_at=now)
        number = row.pk
        transaction.on_commit(lambda: current_app.send_task(TASK, args=[number]), robust=True)
    return row


def stop(comparison: Comparison, *, now: datetime) -> bool:
    """Ask no more; whether it was at work."""
    still = Comparison.objects.filter(pk=comparison.pk, state__in=OPEN)
    return bool(still.update(state=ComparisonState.STOPPED, leased_until=None, ended_at=now))


def how_many(site: Site, on: ComparedOn) -> int:
    """How many texts of a kind the site has."""
    if on == ComparedOn.EXAMPLES:
        return len(training.examples(site))
    return _conversations(site).count()


def model_of(site: Site) -> TierName | None:
    """The tier whose model could name the intents; None where the site has none."""
    return naming.tier_of(site, tiering.tiers(site, _across, timezone.now()))


def run(comparison_id: int) -> None:
    """Ask, to the end. Safe to call again and from several processes."""
    row = WORK.take(comparison_id, timezone.now())
    if row is None:
        return
    try:
        figures = _on_examples(row) if row.on == ComparedOn.EXAMPLES else _on_questions(row)
    except Lost:
        return
    except (intent_fitting.TooFew, NothingToTrainOn):
        WORK.end(row, ComparisonState.FAILED, trouble="too few examples to leave some out, or all of one intent")
    except ModelUnavailable as error:
        WORK.end(row, ComparisonState.FAILED, trouble=str(error))
    except Exception as error:  # the edge of the task: a comparison says that it failed, and does not try for ever
        logger.exception("comparison %s failed", row.pk)
        WORK.end(row, ComparisonState.FAILED, trouble=type(error).__name__)
    else:
        WORK.end(row, ComparisonState.DONE, figures=figures.as_json())


def due(now: datetime) -> list[int]:
    """What waits, and what was running when its process was killed."""
    return WORK.due(now)


def clear(now: datetime) -> int:
    """Forget comparisons older than KEPT; how many."""
    return Comparison.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _on_examples(row: Comparison) -> side_by_side.Figures:
    rows = training.examples(row.site)
    drawn_from = len(rows)
    if drawn_from > MOST_EXAMPLES:
        chosen = np.random.default_rng(_SEED).choice(drawn_from, MOST_EXAMPLES, replace=False)
        rows = [rows[at] for at in sorted(chosen)]
    texts = [_Text(str(one["text"]), "", one["intent"] or OUTSIDE) for one in rows]
    spoken = language.of_many([one.text for one in texts])
    texts = [replace(one, language=code) for one, code in zip(texts, spoken, strict=True)]
    asked = set(range(len(texts)))
    if row.with_model and len(asked) > MOST_NAMED:
        asked = set(np.random.default_rng(_SEED).choice(len(texts), MOST_NAMED, replace=False).tolist())
    asking = _Asking(row, len(asked))
    for judge, held in _judges(texts, lambda: asking.renew()):
        asking.ask([texts[at] for at in held if at in asked], judge, {texts[at].text for at in held})
    return asking.figures(drawn_from=drawn_from)


def _judges(texts: Sequence[_Text], told: Callable[[], None]) -> Iterator[tuple[Judge, list[int]]]:
    """For each part of the examples a classifier that was fitted on the others."""
    names = reading.models()
    if not names:
        raise NothingToTrainOn("no embedding model is installed; run make setup")
    read = reading.many([one.text for one in texts], names)
    data = Labelled(read, [one.truth or OUTSIDE for one in texts], [one.language for one in texts])
    crossed = intent_fitting.crossed(data, general=names[-1], folds=PARTS, progress=lambda done, of: told())
    for made, held in crossed:
        yield partial(_judged, made), [int(at) for at in held]


def _judged(made: Intents, text: str, spoken: str) -> Judged:
    return made.judge(reading.one(text, reading.models()), spoken)


def _on_questions(row: Comparison) -> side_by_side.Figures:
    most = min(row.wanted, MOST_NAMED) if row.with_model else row.wanted
    rows = list(_conversations(row.site).select_related("visitor__customer").order_by("-changed_at", "-pk")[:most])
    texts = list(_first_questions(rows))
    asked = [one for one in texts if one.text.strip() and not small_talk(one.text)]
    asking = _Asking(row, len(asked))
    asking.ask(asked, None)
    return asking.figures(left_out=len(texts) - len(asked))


def _conversations(site: Site) -> QuerySet[Conversation]:
    """Those in which somebody wrote."""
    wrote = Event.objects.filter(kind=Kind.MESSAGE, role=EventRole.VISITOR, conversation__site=site)
    return Conversation.objects.filter(site=site, pk__in=wrote.values("conversation"))


def _first_questions(rows: Sequence[Conversation]) -> Iterator[_Text]:
    """What each began with, and what that came to then."""
    wrote = Event.objects.filter(kind=Kind.MESSAGE, role=EventRole.VISITOR, conversation__in=rows)
    firsts = dict(wrote.order_by().values_list("conversation").annotate(Min("seq")))
    found = wrote.filter(seq__in=set(firsts.values())).only("conversation_id", "seq", "body")
    by_place = {
        (one.conversation_id, one.seq): one for one in found.iterator() if firsts[one.conversation_id] == one.seq
    }
    calls: dict[int, bool] = {}
    stopped = (TurnState.DROPPED, TurnState.FAILED)  # nobody knows what these would have come to
    turns = Turn.objects.filter(conversation__in=rows).exclude(trace={}).exclude(state__in=stopped).order_by("-pk")
    # Of a trace only the steps are read, some at a time: thousands of whole ones would fill the memory.
    told = turns.values_list("conversation", "from_seq", "upto_seq", "trace__steps")
    for conversation, from_seq, upto_seq, steps in told.iterator(chunk_size=100):
        if from_seq <= firsts.get(conversation, 0) <= upto_seq:
            calls[conversation] = _calls(steps or ())
    for row in rows:
        first = by_place.get((row.pk, firsts.get(row.pk, 0)))
        if first is not None and first.body.get("text"):  # an erased message has no text
            spoken = first.body.get("language", row.language)
            yield _Text(first.body["text"], spoken, None, row, calls.get(row.pk, True), first.seq)


def _calls(steps: Sequence[dict[str, Any]]) -> bool:
    """Whether an answer from the articles costs a call there: where it came to one then, or nobody knows."""
    if any(step.get("evidence", {}).get("chain") in respond.SAYS for step in steps if step.get("step") == "intent"):
        return True
    return not steps or any(step.get("step") == "write" for step in steps)


class _Asking:
    """Asks every strategy about texts, keeps the notable ones, and counts."""

    def __init__(self, row: Comparison, total: int) -> None:
        self._row, self._site = row, row.site
        self._strategies = list(strategies.names())
        self._routings = _routings(row.site, self._strategies)
        if self._routings is None:
            raise NothingToTrainOn("the site has no intents")
        priced = tiering.tiers(row.site, _across, timezone.now())
        # What today's budget still allows is no part of what a strategy costs.
        self._tiers = replace(priced, stop=Stop.NONE) if priced else None
        self._tokens, self._assumed = _tokens(row.site)
        self._namer = self._model(priced) if row.with_model else None
        self._not_named = 0
        self._counting = Counting([*(one.value for one in self._strategies), *([MODEL] if self._namer else [])])
        self._read_ms: list[float] = []
        self._names = reading.models()
        ComparedQuestion.objects.filter(comparison=row).delete()
        WORK.renew(row, total=total, done=0)

    def renew(self) -> None:
        """A sign of progress. Raises Lost."""
        WORK.renew(self._row)

    def ask(self, texts: Sequence[_Text], judge: Judge | None, held_out: Collection[str] = ()) -> None:
        """Ask about each; by `judge`, where there is one, in place of the classifier in use. Raises Lost.

        A model is told of no example that is `held_out`.
        """
        namer = self._namer.without(held_out) if self._namer else None
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            felt = [self._read(text) for text in some]
            asked = async_to_sync(self._ask_all)(some, felt, judge, namer)
            kept = [self._line(text, one) for text, one in zip(some, asked, strict=True) if one.weight]
            self._counting.asked.extend(asked)
            with transaction.atomic():
                WORK.renew(self._row, done=len(self._counting.asked))
                ComparedQuestion.objects.bulk_create(kept)

    def figures(self, *, left_out: int = 0, drawn_from: int = 0) -> side_by_side.Figures:
        """What was found."""
        live = training.live(self._site, Trains.INTENT)
        trained = Training.objects.values_list("made_at", flat=True).get(pk=live).isoformat() if live else ""
        read_ms = float(np.percentile(self._read_ms or [0.0], 50))
        priced = self._tiers is not None
        setting = Setting(
            read_ms,
            self._tokens,
            self._assumed,
            priced,
            left_out=left_out,
            drawn_from=drawn_from,
            trained=trained,
            model=self._namer.model if self._namer else "",
            not_named=self._not_named,
        )
        return self._counting.figures(setting)

    def _model(self, priced: tiers.Tiers | None) -> Namer | None:
        by = naming.tier_of(self._site, priced)
        if by is None or priced is None or self._routings is None:
            return None
        return Namer(self._site, priced, by, self._routings[Strategy.DYNAMIC], intents.samples(self._site))

    async def _ask_all(
        self, texts: Sequence[_Text], felt: Sequence[Feeling], judge: Judge | None, namer: Namer | None
    ) -> list[Asked]:
        return [await self._ask(text, mood, judge, namer) for text, mood in zip(texts, felt, strict=True)]

    async def _named(self, text: _Text, felt: Feeling, judge: Judge | None, namer: Namer) -> Told:
        """What the model says, and what is done where it takes the classifier's place."""
        routing = self._routing(Strategy.DYNAMIC, judge)
        word = await namer.ask(text.text, text.language, text.conversation, routing)
        self._not_named += word.failed
        said = word.verdict
        chain = task_based.chain(routing, said)
        tier, cost = await self._cost(text, chain, felt, None)
        return Told(said.intent, said.kind.value, said.sure, chain.value, tier, cost + word.cost, word.ms)

    async def _ask(self, text: _Text, felt: Feeling, judge: Judge | None, namer: Namer | None) -> Asked:
        told = {}
        for strategy in self._strategies:
            routing = self._routing(strategy, judge)
            began = time.perf_counter()
            verdict = await INTENT[strategy].ainvoke(Question(text.text, text.language, routing))
            spent = 1000 * (time.perf_counter() - began)
            chain = task_based.chain(routing, verdict)
            tier, cost = await self._cost(text, chain, felt, task_based.tier(routing, verdict))
            said = Told(verdict.intent, verdict.kind.value, verdict.sure, chain.value, tier, cost, round(spent, 3))
            told[strategy.value] = said
        if namer:
            told[MODEL] = await self._named(text, felt, judge, namer)
        return Asked(told, text.truth)

    def _read(self, text: _Text) -> Feeling:
        """The vectors of a text, which the search needs whatever the strategy, and what it says of the mood."""
        if self._names and len(self._read_ms) < _TIMED:
            began = time.perf_counter()
            reading.many([text.text], self._names)  # anew: one that a customer has just asked is remembered
            self._read_ms.append(1000 * (time.perf_counter() - began))
        if self._names:
            reading.one(text.text, self._names)
        if self._tiers is None or len(self._tiers.by_name) < 2:  # the mood chooses between tiers, and nothing else here
            return UNFELT
        return feeling.feel(text.text, [Said(True, text.text)], text.language, training.own(self._site))

    def _routing(self, strategy: Strategy, judge: Judge | None) -> Routing:
        assert self._routings, "made sure at the beginning"
        routing = self._routings[strategy]
        if judge is None:
            return routing

        async def held_out(question: str, spoken: str) -> Judged:
            return judge(question, spoken)

        return replace(routing, judge=held_out)

    async def _cost(self, text: _Text, chain: Chain, felt: Feeling, intent: Any) -> tuple[str, int]:
        """The tier that would answer, and what a call of the usual size costs there; nothing where none is made."""
        if self._tiers is None or chain in respond.SAYS or not text.calls:
            return "", 0
        chosen = await tiers.choose(self._tiers, text.text, felt, intent)
        if not chosen.order:
            return "", 0
        name = chosen.order[0].name
        return name.value, self._tiers.cost(name, *self._tokens)

    def _line(self, text: _Text, asked: Asked) -> ComparedQuestion:
        shown = text.text if text.conversation is None else _redacted(text, text.conversation, self._site)
        return ComparedQuestion(
            comparison=self._row,
            conversation=text.conversation,
            seq=text.seq,
            question=shown[:_LONGEST],
            language=text.language[:12],
            truth=text.truth or "",
            weight=asked.weight,
            told={name: one.__dict__ for name, one in asked.told.items()},
        )


def _redacted(text: _Text, conversation: Conversation, site: Site) -> str:
    where: dict[str, Any] = {"language": text.language, "region": conversation.region, "orders": site.order_numbers}
    where |= {"known": conversation.known}
    return Redactor([text.text], **where, keep=(site.name,)).redact(text.text)


def _routings(site: Site, wanted: Iterable[Strategy]) -> dict[Strategy, Routing] | None:
    found = {strategy: intents.routing(site, _across, strategy) for strategy in wanted}
    return {strategy: one for strategy, one in found.items() if one} if all(found.values()) else None


async def _across(work: Callable[[], Any]) -> Any:
    """On the thread of the task, where rows may be read."""
    return await sync_to_async(work)()


def _tokens(site: Site) -> tuple[tuple[int, int], bool]:
    """The tokens of a call, in and out: what the site's last ones took, else an assumption; and which it is."""
    paid = Turn.objects.filter(conversation__site=site, tokens_in__gt=0).order_by("-pk").values("pk")[:_CALLS_READ]
    found = Turn.objects.filter(pk__in=list(paid.values_list("pk", flat=True))).aggregate(
        into=Avg("tokens_in"), out=Avg("tokens_out")
    )
    if found["into"] is None:
        return TOKENS, True
    return (round(found["into"]), round(found["out"])), False
