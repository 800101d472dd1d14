"""What an agent reads first: the question, the last word, and what the assistant tried."""

from collections.abc import Sequence
from typing import Final

from .models import Event, EventRole, Kind

_LONGEST: Final = 160


def summarise(events: Sequence[Event]) -> str:
    """A summary of a case's messages, oldest first, made of the customer's own words and the articles cited."""
    asked = [
        event.body.get("text", "") for event in events if event.role == EventRole.VISITOR and event.kind == Kind.MESSAGE
    ]
    answers = [event for event in events if event.role == EventRole.ASSISTANT and event.kind == Kind.MESSAGE]
    titles = dict.fromkeys(source["title"] for event in answers for source in event.body.get("sources", []))
    parts = [f"“{_short(asked[0])}”"] if asked else []
    if len(asked) > 1:
        parts.append(f"… “{_short(asked[-1])}”")
    if titles:
        parts.append("[" + "; ".join(titles) + "]")
    return " ".join(parts)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
