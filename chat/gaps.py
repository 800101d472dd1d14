"""What chat tells knowledge of answers that failed: the question, who asked, and where it is found again.

It is told inside the verb's transaction, so that no such question is lost; personal data is taken out first.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q

from knowledge import gaps
from knowledge.models import AskedKind

from .assistant import follow_up
from .assistant.redact import Redactor
from .log import Log
from .models import Conversation, Event, EventRole, Kind, Turn

OVERLAP: Final = 200


def unanswered(log: Log, turn: Turn, answer: Event) -> None:
    """A turn ended with "I don't know"."""
    _record(log, turn, answer.seq, AskedKind.UNANSWERED, ())


def unhelpful(log: Log, answer: Event, *, helpful: bool) -> None:
    """The visitor says that an answer did not help; or that it did, after all."""
    turn = _turn_of(answer)
    if turn is None or answer.body.get("answered") == "unknown":
        return
    if helpful:
        gaps.take_back(site=log.row.site, ref=ref_of(log.row, turn, answer.seq), kind=AskedKind.UNHELPFUL)
    else:
        _record(log, turn, answer.seq, AskedKind.UNHELPFUL, answer.body.get("sources", ()))


def disputed(log: Log, answer: Event) -> None:
    """The visitor says that sources of an answer do not say what they are cited for; with all such words of theirs."""
    turn = _turn_of(answer)
    if turn is None:
        return
    comments = {said["n"]: said["comment"] for said in _disputes(log, answer.seq)}
    sources = [source | {"comment": comments[n]} for source in answer.body["sources"] if (n := source["n"]) in comments]
    _record(log, turn, answer.seq, AskedKind.DISPUTED, sources)


def ref_of(row: Conversation, turn: Turn, answered: int) -> str:
    """How a question is found again: its conversation, the seqs that it was asked in, and the answer's."""
    return f"{row.public_id}:{turn.from_seq}-{turn.upto_seq}:{answered}"


def place_of(ref: str) -> tuple[str, range]:
    """The conversation that a ref names, and the seqs that the question was asked in."""
    conversation, seqs, _answered = ref.split(":")
    first, last = map(int, seqs.split("-"))
    return conversation, range(first, last + 1)


def _record(log: Log, turn: Turn, answered: int, kind: AskedKind, sources: Iterable[dict[str, Any]]) -> None:
    # A little more than is kept: taking out costs, here inside the transaction, and a cut may not leave half a number.
    question = _question(log.row, turn)[: gaps.LONGEST + OVERLAP]
    if not question.strip():
        return
    cited = list(sources)
    region = log.row.region
    redactor = Redactor([question, *_comments(cited)], language=log.state.language, region=region)
    gaps.record(
        site=log.row.site,
        question=redactor.redact(question),
        language=log.state.language,
        region=region,
        asker=log.row.public_id,
        ref=ref_of(log.row, turn, answered),
        cited=[_told(source, redactor) for source in cited],
        kind=kind,
        now=log.now,
    )


def _question(row: Conversation, turn: Turn) -> str:
    """What the turn was asked; with the question before it, where it leans on that."""
    asked = Event.objects.filter(conversation=row, kind=Kind.MESSAGE, role=EventRole.VISITOR)
    its_own = Q(seq__gte=turn.from_seq, seq__lte=turn.upto_seq)
    question = "\n".join(event.body.get("text", "") for event in asked.filter(its_own).order_by("seq"))
    if not follow_up.leans(question):
        return question
    first = asked.filter(its_own).order_by("seq").first()
    before = asked.filter(seq__lt=turn.from_seq, case=first.case).order_by("-seq").first() if first else None
    return follow_up.joined(before.body.get("text", "") if before else "", question)


def _turn_of(answer: Event) -> Turn | None:
    return Turn.objects.filter(conversation=answer.conversation_id, public_id=answer.body.get("turn", "")).first()


def _disputes(log: Log, seq: int) -> list[dict[str, Any]]:
    stored = Event.objects.filter(conversation=log.row, kind=Kind.DISPUTED, body__answer=seq).order_by("seq")
    return [event.body for event in (*stored, *log.events) if event.kind == Kind.DISPUTED]


def _comments(sources: Iterable[dict[str, Any]]) -> list[str]:
    return [source["comment"] for source in sources if source.get("comment")]


def _told(source: dict[str, Any], redactor: Redactor) -> gaps.Cited:
    told: gaps.Cited = {name: source[name] for name in gaps.Cited.__annotations__ if source.get(name)}  # type: ignore[assignment]
    if "comment" in told:
        told["comment"] = redactor.redact(told["comment"])
    return told
