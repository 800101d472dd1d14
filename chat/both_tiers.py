"""What a site's two models make of its customers' own questions: the rows that a router between them learns from.

How good an answer was is whether it came through the checks, so that a customer would have read it: 1 or 0. Words that
were cut, or declined, are worth nothing to them, whoever wrote them.
"""

from typing import Any, Final

from asgiref.sync import async_to_sync

from supportsite.sites.models import Site

from . import ledger, tiering, trial
from .assistant.smalltalk import small_talk
from .assistant.steps import Answer
from .intent_rows import Training, Trains
from .learned.intent_fitting import Progress
from .learned.tier_fitting import FEWEST
from .models import Conversation, Event, EventRole, Kind
from .prices import NANO, TierName
from .training import NothingToTrainOn, Row

MOST: Final = 1000
_KEPT_EVERY: Final = 10  # questions, so that what was paid for outlives a killed process
_ANSWERED: Final = "answered"


def questions(site: Site, most: int) -> list[Row]:
    """The first questions of the last conversations, none twice, as rows to begin a training with.

    Raises NothingToTrainOn where they are too few, or there are not two tiers to ask.
    """
    if site.tiers.count() < len(TierName):
        raise NothingToTrainOn("the site has no light and strong model")
    last = Conversation.objects.filter(site=site).order_by("-changed_at", "-pk").values_list("pk", flat=True)
    wrote = Event.objects.filter(kind=Kind.MESSAGE, role=EventRole.VISITOR, conversation__in=list(last[: 2 * most]))
    firsts: dict[int, str] = {}
    for conversation, body in wrote.order_by("conversation", "seq").values_list("conversation", "body").iterator():
        firsts.setdefault(conversation, str(body.get("text", "")).strip())
    texts = dict.fromkeys(text for _, text in sorted(firsts.items(), reverse=True) if text and not small_talk(text))
    if len(texts) < FEWEST:
        raise NothingToTrainOn(f"{len(texts)} different questions: expected {FEWEST} or more")
    return [{"text": text} for text in list(texts)[:most]]


def answered(row: Training, told: Progress) -> list[Row]:
    """The rows of a training; a question without figures is put to both tiers first, as a customer's would be.

    Left out is what needs no model, and what one of the two could not be asked: it was away, or the day's budget over.
    """
    rows: list[Row] = list(row.rows)
    if row.of != Trains.TIER or all("light" in one for one in rows):
        return rows
    asked: list[Row] = []
    for at, one in enumerate(rows):
        told(at, len(rows) + 1)
        found = one if "light" in one else _put(row.site, one["text"])
        asked += [found] if found else []
        if at % _KEPT_EVERY == 0:
            Training.objects.filter(pk=row.pk).update(rows=[*asked, *rows[at + 1 :]])
    Training.objects.filter(pk=row.pk).update(rows=asked)
    return asked


def _put(site: Site, text: str) -> Row | None:
    """One question and what came of it with either tier; None where they cannot be compared."""
    made: dict[str, Any] = {"text": text}
    for row in site.tiers.all():
        calls = _Calls(site)
        how: dict[str, Any] = {"tier": tiering.view(row), "calls": calls}
        last = async_to_sync(trial.steps)(trial.transcript(text, site), site, **how)[-1]
        if not calls.outcomes or calls.outcomes[-1] not in ledger.SPOKE:
            return None
        reached = isinstance(last, Answer) and last.answered == "answer" and calls.outcomes[-1] == _ANSWERED
        made |= {row.name: float(reached), f"{row.name}_cost": calls.cost / NANO}
    return made


class _Calls(trial.LooseLedger):
    """What became of a question's calls to a tier, and what they cost together."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.outcomes: list[str] = []
        self.cost = 0
        self._of_tiers: set[int | None] = set()

    async def open(self, *, tier: str = "", **call: Any) -> int | None:
        row = await super().open(tier=tier, **call)
        self._of_tiers |= {row} if tier else set()
        return row

    async def close(self, row: int, *, outcome: str, cost: int = 0, **told: int) -> None:
        if row in self._of_tiers:
            self.outcomes.append(outcome)
            self.cost += cost
        await super().close(row, outcome=outcome, cost=cost, **told)
