"""What chat tells knowledge of answers that failed: the question, who asked, and where it is found again.

The verb that hears of it writes only where the answer stands, in its transaction: nothing is lost, and no ack waits.
Some seconds later a task reads the words, takes personal data out, and tells them.
"""

from collections.abc import Iterable
from typing import Any, Final, TypedDict

from django.db import transaction

from knowledge import gaps
from knowledge.models import AskedKind
from supportsite.redact import Redactor

from .assistant import follow_up
from .assistant.transcript import LINES_BEFORE, fitting
from .log import Log
from .models import Conversation, Event, EventRole, FailedAnswer, Kind, Turn

TELL_TASK: Final = "chat.tell_gaps"
AT_ONCE: Final = 64


class _Words(TypedDict):
    question: str
    cited: list[gaps.Cited]


def unanswered(log: Log, turn: Turn, answer: Event) -> None:
    """A turn ended with "I don't know"."""
    _note_down(log, turn, answer, AskedKind.UNANSWERED)


def unhelpful(log: Log, answer: Event, *, helpful: bool) -> None:
    """The visitor says that an answer did not help; or that it did, after all."""
    turn = _turn_of(answer)
    if turn is None or answer.body.get("answered") == "unknown":
        return
    if helpful:
        FailedAnswer.objects.filter(conversation=log.row, seq=answer.seq, kind=AskedKind.UNHELPFUL).delete()
        gaps.take_back(site=log.row.site, ref=ref_of(log.row, turn, answer.seq), kind=AskedKind.UNHELPFUL)
    else:
        _note_down(log, turn, answer, AskedKind.UNHELPFUL)


def disputed(log: Log, answer: Event) -> None:
    """The visitor says that a source of an answer does not say what it is cited for."""
    if (turn := _turn_of(answer)) is not None:
        _note_down(log, turn, answer, AskedKind.DISPUTED)


def tell() -> bool:
    """Tell knowledge of the answers that failed, the oldest first; whether more wait."""
    waiting = list(FailedAnswer.objects.select_related("conversation__site", "turn")[: AT_ONCE + 1])
    for failed in waiting[:AT_ONCE]:
        _tell(failed)
    return len(waiting) > AT_ONCE


def ref_of(row: Conversation, turn: Turn, answered: int) -> str:
    """How a question is found again: its conversation, the seqs that it was asked in, and the answer's."""
    return f"{row.public_id}:{turn.from_seq}-{turn.upto_seq}:{answered}"


def place_of(ref: str) -> tuple[str, range]:
    """The conversation that a ref names, and the seqs that the question was asked in."""
    conversation, seqs, _answered = ref.split(":")
    first, last = map(int, seqs.split("-"))
    return conversation, range(first, last + 1)


def lines_until(event: Event) -> list[str]:
    """What was said in the conversation up to the event, oldest first: so a value is the same placeholder everywhere.

    Of a long one the latest lines and characters, as a turn reads it.
    """
    said = Event.objects.filter(conversation=event.conversation_id, kind=Kind.MESSAGE, seq__lte=event.seq)
    newest = said.order_by("-seq")[:LINES_BEFORE]
    lines = [one.body.get("text", "") for one in reversed(newest)]
    return lines[len(lines) - max(1, fitting(lines)) :]


def _note_down(log: Log, turn: Turn, answer: Event, kind: AskedKind) -> None:
    FailedAnswer.objects.create(conversation=log.row, turn=turn, seq=answer.seq, kind=kind, at=log.now)


def _tell(failed: FailedAnswer) -> None:
    words = _words_of(failed)
    row = failed.conversation
    with transaction.atomic():
        # Whoever takes it back meanwhile deletes it: then there is nothing to tell.
        still, _by_model = FailedAnswer.objects.filter(pk=failed.pk).delete()
        if still and words is not None:
            gaps.record(
                site=row.site,
                language=row.language,
                region=row.region,
                reader=row.visitor.reads_as,
                asker=row.public_id,
                ref=ref_of(row, failed.turn, failed.seq),
                kind=AskedKind(failed.kind),
                now=failed.at,
                **words,
            )


def _words_of(failed: FailedAnswer) -> _Words | None:
    """The question and what was cited, without personal data; None where nobody can read the question any more."""
    question = _question(failed.conversation, failed.turn)
    answer = Event.objects.filter(conversation=failed.conversation, seq=failed.seq).first()
    if answer is None or not question.strip():
        return None
    cited = _cited(answer, AskedKind(failed.kind))
    row = failed.conversation
    lines = [*lines_until(answer), question, *_comments(cited)]
    where: dict[str, Any] = {"language": row.language, "region": row.region}
    own: dict[str, Any] = {"orders": row.site.order_numbers, "keep": (row.site.name,), "known": row.known}
    redactor = Redactor(lines, **where, **own)
    return {"question": redactor.redact(question), "cited": [_told(source, redactor) for source in cited]}


def _cited(answer: Event, kind: AskedKind) -> list[dict[str, Any]]:
    """The sources of an answer that did not help; of one that is disputed, the disputed ones with the last comments."""
    sources = answer.body.get("sources", []) if kind != AskedKind.UNANSWERED else []
    if kind != AskedKind.DISPUTED:
        return list(sources)
    said = Event.objects.filter(conversation=answer.conversation_id, kind=Kind.DISPUTED, body__answer=answer.seq)
    comments = {event.body["n"]: event.body["comment"] for event in said.order_by("seq")}
    return [source | {"comment": comments[n]} for source in sources if (n := source["n"]) in comments]


def _question(row: Conversation, turn: Turn) -> str:
    """What the turn was asked; with the question before it, where it leans on that."""
    asked = Event.objects.filter(conversation=row, kind=Kind.MESSAGE, role=EventRole.VISITOR)
    its_own = list(asked.filter(seq__gte=turn.from_seq, seq__lte=turn.upto_seq).order_by("seq"))
    question = "\n".join(event.body.get("text", "") for event in its_own)
    if not its_own or not follow_up.leans(question):
        return question
    before = asked.filter(seq__lt=turn.from_seq, case=its_own[0].case).order_by("-seq").first()
    return follow_up.joined(before.body.get("text", "") if before else "", question)


def _turn_of(answer: Event) -> Turn | None:
    return Turn.objects.filter(conversation=answer.conversation_id, public_id=answer.body.get("turn", "")).first()


def _comments(sources: Iterable[dict[str, Any]]) -> list[str]:
    return [source["comment"] for source in sources if source.get("comment")]


def _told(source: dict[str, Any], redactor: Redactor) -> gaps.Cited:
    told: gaps.Cited = {name: source[name] for name in gaps.Cited.__annotations__ if source.get(name)}  # type: ignore[assignment]
    if "comment" in told:
        told["comment"] = redactor.redact(told["comment"])
    return told
