"""What the console's side pane shows of a conversation beside its live log: why, trace, sources, notes, mood."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents import moods, reasons, telling
from agents.inbox import by_weight, customer
from agents.models import Ticket
from chat import presence
from chat.models import Conversation, Escalation, Event, EventRole, Kind, Outbound, Turn
from chat.mood import weighted
from chat.prices import amount

TURNS = 5
NOTES = 20
EARLIER = 10
# As the keys 1, 2 and 3 give them.
VERDICTS = (
    ("needless", gettext_lazy("Needless")),
    ("right", gettext_lazy("Right")),
    ("too_late", gettext_lazy("Too late")),
)


@dataclass(frozen=True)
class Reason:
    """Why a person was called, and what showed it."""

    sentence: str
    evidence: str


@dataclass(frozen=True)
class Choice:
    """One of the verdicts on an escalation, and whether it is the one that was given."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Called:
    """The last escalation."""

    at: dt.datetime
    reasons: tuple[Reason, ...]
    summary: str
    verdicts: tuple[Choice, ...]


@dataclass(frozen=True)
class Saw:
    """What left the machine for one answer: to whom, how many values were taken out by kind, and the words as sent."""

    provider: str
    model: str
    outcome: str
    taken_out: str
    question: str
    earlier: tuple[tuple[str, str], ...]
    digest: str


@dataclass(frozen=True)
class Why:
    """One turn of the assistant."""

    pk: str
    question: str
    state: str
    at: dt.datetime
    ms: float | None
    cost: Decimal | None
    steps: tuple[telling.Step, ...]
    sources: tuple[dict[str, Any], ...]
    saw: tuple[Saw, ...]


@dataclass(frozen=True)
class Mood:
    """A mood for the eye: `x` is its place on a line of 40, `trail` a polyline over 100 by 40."""

    x: float
    tint: str
    word: str
    trail: str


@dataclass(frozen=True)
class Known:
    """A verified customer: the owner's own id for them, and what else its server said."""

    id: str
    name: str
    email: str
    value: str
    since: dt.datetime


@dataclass(frozen=True)
class Earlier:
    """Another conversation of the same customer: from before they were known, or the one on their other devices."""

    conversation: str
    at: dt.datetime | None
    state: str


@dataclass(frozen=True)
class Side:
    """Everything that the pane shows."""

    conversation: str
    customer: str
    known: Known | None
    earlier: tuple[Earlier, ...]
    site: str
    language: str
    page: str
    since: dt.datetime
    here: str
    email: str
    team: str
    case: int
    mood: Mood | None
    called: Called | None
    tickets: tuple[Ticket, ...]
    turns: tuple[Why, ...]
    outbound: bool
    notes: tuple[Event, ...]


def of(conversation: Conversation, seen: QuerySet[Conversation], *, now: dt.datetime, outbound: bool = False) -> Side:
    """The pane of a conversation; load it with `site` and `visitor__customer`. Seven queries, one more with `outbound`,
    and one of a verified customer.

    `seen`: the conversations that the reader may see. `outbound`: with what models of third parties saw, for who may
    read that.
    """
    turns = list(Turn.objects.filter(conversation=conversation).exclude(trace={}).order_by("-pk")[:TURNS])
    events = _events(conversation, turns)
    calls = _calls(conversation, turns) if outbound and turns else []
    notes = Event.objects.filter(conversation=conversation, kind=Kind.NOTE).order_by("-seq")[:NOTES]
    return Side(
        conversation=conversation.public_id,
        customer=str(conversation.visitor.customer or customer(conversation.visitor.public_id)),
        known=_known(conversation),
        earlier=_earlier(conversation, seen),
        site=conversation.site.name,
        language=telling.language_name(conversation.language),
        page=conversation.page,
        since=conversation.made_at,
        here=_here(conversation),
        email=conversation.visitor.email,
        team=conversation.team.name if conversation.team else "",
        case=conversation.case,
        mood=_mood(moods.read(conversation.moods, conversation.language)),
        called=_called(conversation),
        tickets=tuple(Ticket.objects.filter(conversation=conversation, number__isnull=False).order_by("-pk")),
        turns=tuple(_why(turn, events, calls) for turn in turns),
        outbound=outbound,
        notes=tuple(notes),
    )


def _known(conversation: Conversation) -> Known | None:
    who = conversation.visitor.customer
    if who is None:
        return None
    return Known(who.external_id, who.name, who.email, who.shown_value, who.made_at)


def _earlier(conversation: Conversation, seen: QuerySet[Conversation]) -> tuple[Earlier, ...]:
    """Logs are never merged: the customer's others are a click away."""
    who = conversation.visitor.customer_id
    if who is None:
        return ()
    others = seen.filter(visitor__customer=who).exclude(pk=conversation.pk).order_by("-changed_at")[:EARLIER]
    return tuple(Earlier(one.public_id, one.changed_at, one.get_handler_display()) for one in others)


def _here(conversation: Conversation) -> str:
    known = {"open": _("has the page open"), "hidden": _("has the page in another tab"), "left": _("has left the page")}
    return known[presence.here(conversation.pk).state]


def _events(conversation: Conversation, turns: Sequence[Turn]) -> list[Event]:
    """The messages that these turns answer and those that answered them."""
    if not turns:
        return []
    first = min(turn.from_seq for turn in turns)
    messages = Event.objects.filter(conversation=conversation, kind=Kind.MESSAGE, seq__gte=first)
    return list(messages.order_by("seq"))


def _calls(conversation: Conversation, turns: Sequence[Turn]) -> list[Outbound]:
    """What left for these turns: a message that joined one has left with a call of its own."""
    first, last = min(turn.from_seq for turn in turns), max(turn.upto_seq for turn in turns)
    return list(Outbound.objects.filter(conversation=conversation, seq__range=(first, last)).order_by("pk"))


def _saw(call: Outbound) -> Saw:
    return Saw(
        provider=call.provider,
        model=call.model,
        outcome=call.outcome,
        taken_out=", ".join(f"{kind} {count}" for kind, count in sorted(call.redactions.items())),
        question=str(call.saw.get("question", "")),
        earlier=tuple((str(role), str(text)) for role, text in call.saw.get("earlier", ())),
        digest=call.digest,
    )


def _why(turn: Turn, events: Sequence[Event], calls: Sequence[Outbound]) -> Why:
    asked = [e for e in events if e.role == EventRole.VISITOR and turn.from_seq <= e.seq <= turn.upto_seq]
    answer = next((e for e in events if e.body.get("turn") == turn.public_id), None)
    mine = (one for one in calls if turn.from_seq <= one.seq <= turn.upto_seq and one.is_for_an_answer)
    return Why(
        pk=turn.public_id,
        question=" ".join(event.body.get("text", "") for event in asked),
        state=turn.state,
        at=turn.made_at,
        ms=turn.trace.get("ms"),
        cost=amount(turn.cost) if turn.tier else None,
        steps=tuple(telling.step(step) for step in turn.trace.get("steps", ())),
        sources=tuple(answer.body.get("sources", ())) if answer else (),
        saw=tuple(map(_saw, mine)),
    )


def _called(conversation: Conversation) -> Called | None:
    row = Escalation.objects.filter(conversation=conversation).order_by("-seq").first()
    if row is None:
        return None
    why = tuple(Reason(*reasons.explain(r["code"], str(r.get("evidence", "")))) for r in by_weight(row.reasons))
    return Called(row.made_at, why, row.summary, _verdicts(row))


def _verdicts(row: Escalation) -> tuple[Choice, ...]:
    of_it = Event.objects.filter(conversation=row.conversation_id, kind=Kind.VERDICT, body__escalation=row.seq)
    given = of_it.order_by("-seq").first()
    return tuple(Choice(value, str(word), bool(given and given.body["verdict"] == value)) for value, word in VERDICTS)


def _mood(values: Sequence[float]) -> Mood | None:
    if not values:
        return None
    now = weighted(values)
    tint, word = moods.step(now)
    width = 100 / max(1, len(values) - 1)
    points = [f"{round(i * width, 1)} {round(20 - 18 * value, 1)}" for i, value in enumerate(values)]
    return Mood(round(20 + 17 * now, 1), tint, word, "M" + " L".join(points) if len(points) > 1 else "")
