"""The trace of a turn, or of a conversation's turns, to be kept or passed on as JSON.

Personal data stays out: every text goes through the redaction that a model's question goes through. Who may read what
left the machine also gets what the model saw, and may ask for the texts as they were written.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chat.models import Conversation, Event, EventRole, Kind, Outbound, Turn
from chat.prices import amount
from supportsite.redact import Redactor

FORMAT: Final = "tandem-trace/1"
MOST_TURNS: Final = 100  # the newest
MOST_MESSAGES: Final = 1000
# What is the owner's or everybody's: articles, models, names that the owner gave. Nothing of a customer's is in it.
_PUBLIC: Final = frozenset({"sections", "model", "provider", "tier", "phrasing", "likely", "strategy", "kind", "chain"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORTEST: Final = 3  # characters of a part of a name
# Of these reasons why a sentence was cut only the sort is told: what follows is a piece of it, in small letters.
_TOLD_SHORT: Final = re.compile(r"(name|fact|figure) .*", re.S)


def export(
    conversation: Conversation, turns: Sequence[Turn], *, left_out: int = 0, outbound: bool, as_written: bool
) -> dict[str, Any]:
    """The file's content; load the conversation with `site` and `visitor`.

    `outbound`: the reader may see what left the machine. `as_written`: nothing is taken out, for such a reader alone.
    """
    if as_written and not outbound:
        raise PermissionError("texts as they were written are for who may read what left the machine")
    newest = Event.objects.filter(conversation=conversation, kind=Kind.MESSAGE).order_by("-seq")[:MOST_MESSAGES]
    messages = [*newest][::-1]
    clean = _unchanged if as_written else _cleaner(conversation, messages)
    calls = list(Outbound.objects.filter(conversation=conversation).order_by("pk")) if outbound else []
    return {
        "format": FORMAT,
        "site": conversation.site.key,
        "conversation": conversation.public_id,
        "language": conversation.language,
        "redacted": not as_written,
        "turns_left_out": left_out,
        "turns": [_turn(turn, messages, calls, clean) for turn in turns],
    }


def turns_of(conversation: Conversation, only: str = "") -> tuple[list[Turn], int]:
    """The turns that have a trace, oldest first, the newest MOST_TURNS of them; and how many are left out.

    `only` the one of this public id.
    """
    rows = Turn.objects.filter(conversation=conversation).exclude(trace={})
    rows = rows.filter(public_id=only) if only else rows
    kept = list(rows.order_by("-pk")[:MOST_TURNS])
    return kept[::-1], max(0, rows.count() - MOST_TURNS)


def _cleaner(conversation: Conversation, messages: Sequence[Event]) -> Callable[[str], str]:
    """Takes out what was said of anybody in the conversation, and the address that the customer left.

    A file is kept where nobody knows: here a name's parts are taken out too, wherever they stand by themselves.
    """
    redactor = Redactor(
        [_text(event) for event in messages],
        language=conversation.language,
        region=conversation.region,
        orders=conversation.site.order_numbers,
        keep=(conversation.site.name,),
        said=[_text(event) for event in messages if event.role == EventRole.VISITOR],
        known=conversation.known,
    )
    known = {part.casefold(): name for name, value in redactor.values.items() for part in _parts(name, value)}
    if conversation.visitor.email:
        known.setdefault(conversation.visitor.email.casefold(), "[EMAIL]")
    if not known:
        return redactor.redact
    longest = sorted(known, key=len, reverse=True)
    anywhere = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.I)

    def clean(text: str) -> str:
        return anywhere.sub(lambda match: known.get(match[0].casefold(), match[0]), redactor.redact(text))

    return clean


def _parts(placeholder: str, value: str) -> list[str]:
    """The value, and of a name each of its words."""
    words = _WORD.findall(value) if placeholder.startswith("[NAME_") else []
    whole = [value] if value[:1].isalnum() and value[-1:].isalnum() else []
    return [part for part in (*whole, *words) if len(part) >= _SHORTEST]


def _turn(
    turn: Turn, messages: Sequence[Event], calls: Sequence[Outbound], clean: Callable[[str], str]
) -> dict[str, Any]:
    asked = [e for e in messages if e.role == EventRole.VISITOR and turn.from_seq <= e.seq <= turn.upto_seq]
    answer = next((event for event in messages if event.body.get("turn") == turn.public_id), None)
    told = {
        "turn": turn.public_id,
        "state": turn.state,
        "at": turn.made_at.isoformat(),
        "ms": turn.trace.get("ms"),
        "tier": turn.tier,
        "tokens": [turn.tokens_in, turn.tokens_out],
        "cost": str(amount(turn.cost)),
        "cost_with_the_other_tier": str(amount(turn.other_cost)),
        "question": [{"seq": event.seq, "text": clean(_text(event))} for event in asked],
        "answer": _answer(answer, clean) if answer else None,
        "steps": [_step(step, clean) for step in turn.trace.get("steps", ())],
    }
    seqs = range(turn.from_seq, turn.upto_seq + 1)
    mine = [_saw(call, clean) for call in calls if call.seq in seqs and call.is_for_an_answer]
    return told | ({"what_the_model_saw": mine} if mine else {})


def _answer(event: Event, clean: Callable[[str], str]) -> dict[str, Any]:
    sources = [{key: one.get(key, "") for key in ("n", "title", "url")} for one in event.body.get("sources", ())]
    return {
        "seq": event.seq,
        "text": clean(_text(event)),
        "answered": event.body.get("answered", ""),
        "sources": sources,
    }


def _step(step: Mapping[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    return {**step, "decision": clean(str(step.get("decision", ""))), "evidence": _cleaned(step.get("evidence"), clean)}


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """Evidence with every text in it redacted, however deep it stands."""
    if isinstance(value, str):
        return clean(_TOLD_SHORT.sub(r"\1", value) if clean is not _unchanged else value)
    if isinstance(value, dict):
        return {key: item if key in _PUBLIC else _cleaned(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item, clean) for item in value]
    return value


def _saw(call: Outbound, clean: Callable[[str], str]) -> dict[str, Any]:
    return {
        "provider": call.provider,
        "model": call.model,
        "outcome": call.outcome,
        "taken_out": call.redactions,
        "question": clean(str(call.saw.get("question", ""))),
        "earlier": [[role, clean(str(text))] for role, text in call.saw.get("earlier", ())],
        "tokens": [call.tokens_in, call.tokens_out],
        "cost": str(amount(call.cost)),
        "sha256_of_what_was_sent": call.digest,
    }


def _text(event: Event) -> str:
    return str(event.body.get("text", ""))


def _unchanged(text: str) -> str:
    """As it was written."""
    return text
