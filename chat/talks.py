"""The cases of a site's own logs as they are judged again: what was said before a person was called, and what came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from .band_rows import Ended
from .identity import Claims
from .models import Conversation, Event, EventRole, Kind, Turn
from .walk import Spoken
from .weighing import HARD, SILENCED, VALUE

LEFT_AFTER: Final = timedelta(hours=24)  # who has not written for so long has left
_READ: Final = (Kind.MESSAGE, Kind.ESCALATED, Kind.RESOLVED, Kind.FEEDBACK, Kind.VERDICT)


@dataclass
class Talk:
    """One case. `called_at` is the seq of its first escalation, `codes` its reasons; nothing after it is in `lines`.

    An escalation only because the assistant was `silenced` is none of these.
    """

    conversation_id: int
    case: int
    language: str
    lines: list[Spoken] = field(default_factory=list)
    seq: int = 0
    called_at: int | None = None
    codes: list[str] = field(default_factory=list)
    silenced: bool = False
    verdict: str = ""
    intent: str = ""
    ended: str = ""
    customer: Claims | None = None

    @property
    def hard(self) -> bool:
        """Whether the person was called for a reason that counts at any threshold; value does where it stands alone."""
        return not HARD.isdisjoint(self.codes) or self.codes == [VALUE]


def of(rows: Sequence[Conversation], now: datetime) -> list[Talk]:
    """The cases of these conversations in which a customer wrote, in three queries.

    Load the rows with `visitor__customer`. Not those in which a person was called only because the assistant was
    silenced: what would have come of them nobody knows, and no threshold has a say in them.
    """
    customers = {row.pk: row.visitor.claims for row in rows}
    languages = {row.pk: row.language for row in rows}
    events = Event.objects.filter(conversation__in=languages, kind__in=_READ).order_by("conversation", "seq")
    found: dict[tuple[int, int], list[Event]] = {}
    for event in events:
        found.setdefault((event.conversation_id, event.case), []).append(event)
    talks = [_talk(*key, languages[key[0]], entries, now) for key, entries in found.items()]
    for talk in talks:
        talk.customer = customers[talk.conversation_id]
    kept = {(one.conversation_id, one.case): one for one in talks if one.lines and _is_known(one)}
    _add_verdicts(kept, [event for entries in found.values() for event in entries])
    _add_intents(kept.values(), Turn.objects.filter(conversation__in=languages))
    return [*kept.values()]


def _talk(conversation: int, case: int, language: str, entries: Sequence[Event], now: datetime) -> Talk:
    talk = Talk(conversation, case, language)
    by_a_person = False
    for event in entries:
        talk.seq = event.seq
        if _silences(event):
            talk.silenced = True
        elif event.kind == Kind.ESCALATED and talk.called_at is None:
            talk.called_at, talk.codes = event.seq, list(event.body["reasons"])
        by_a_person = by_a_person or (event.kind == Kind.MESSAGE and event.role == EventRole.AGENT)
        # An erased message has no text: it is not read again.
        if event.kind == Kind.MESSAGE and talk.called_at is None and event.body.get("text"):
            talk.lines.append(_line(event))
            talk.language = event.body.get("language", talk.language)
    if talk.called_at is None and not by_a_person:
        talk.ended = _ended(entries, now)
    return talk


def _silences(event: Event) -> bool:
    """Whether a person was called for nothing but that the assistant was not to answer."""
    return event.kind == Kind.ESCALATED and SILENCED.issuperset(event.body["reasons"])


def _is_known(talk: Talk) -> bool:
    return talk.called_at is not None or not talk.silenced


def _line(event: Event) -> Spoken:
    return Spoken(event.seq, event.role, event.body["text"], event.body.get("answered") == "unknown")


def _ended(entries: Sequence[Event], now: datetime) -> str:
    """Whether a case without a person ended badly: the customer's last word on an answer, or leaving after none."""
    opinions = {event.body.get("answer"): event.body.get("helpful") for event in entries if event.kind == Kind.FEEDBACK}
    if False in opinions.values():
        return Ended.UNHELPFUL
    said = [event for event in entries if event.kind == Kind.MESSAGE]
    over = any(event.kind == Kind.RESOLVED for event in entries) or entries[-1].at < now - LEFT_AFTER
    return Ended.ABANDONED if over and said and said[-1].body.get("answered") == "unknown" else ""


def _add_verdicts(talks: Mapping[tuple[int, int], Talk], events: Iterable[Event]) -> None:
    """The last verdict on any call of a case: agents judge the last one, maybe in a later case."""
    cases: dict[tuple[int, Any], int] = {}
    for event in events:
        conversation = event.conversation_id
        if event.kind == Kind.ESCALATED and not _silences(event):
            cases[conversation, event.seq] = event.case
        elif event.kind == Kind.VERDICT:
            case = cases.get((conversation, event.body.get("escalation")), 0)
            if talk := talks.get((conversation, case)):
                talk.verdict = str(event.body.get("verdict", ""))


def _add_intents(talks: Iterable[Talk], turns: Iterable[Turn]) -> None:
    """What the last turn of a case was about, where the site has intents."""
    found: dict[int, list[tuple[int, str]]] = {}
    for turn in turns:
        if name := intent_of(turn.trace):
            found.setdefault(turn.conversation_id, []).append((turn.from_seq, name))
    for talk in talks:
        seqs = {line.seq for line in talk.lines}
        mine = [name for seq, name in found.get(talk.conversation_id, ()) if seq in seqs]
        talk.intent = mine[-1] if mine else ""


def intent_of(trace: Mapping[str, Any]) -> str:
    """What a turn was about by its trace, "" where no intent was found."""
    steps = [step for step in trace.get("steps", ()) if step.get("step") == "intent"]
    decided = str(steps[-1].get("decision", "")) if steps else ""
    return "" if decided == "none" else decided
