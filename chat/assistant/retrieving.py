"""What the articles have on a question: read by itself, with the one before it, or without what else is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import Runnable, RunnableLambda

from chat.assistant import follow_up
from chat.assistant.ports import Found, Ports
from chat.assistant.trace import Trace
from chat.assistant.transcript import Transcript


@dataclass(frozen=True)
class Try:
    """What was found for what was asked: the question, or what asks in it, with what stood before it."""

    asked: str
    before: str
    found: Found

    @property
    def is_enough(self) -> bool:
        return self.found.probability >= self.found.enough


async def retrieve(transcript: Transcript, spoken: str, ports: Ports) -> list[Try]:
    """What was found for the question, and with what before it: for one that leans on the one before, for both.

    Where that is not enough, what asks is looked for without what else the customer says.
    """
    retriever = _retriever(ports, spoken, transcript.region)
    tries: list[Try] = []
    ways = [(transcript.question, before) for before in _befores(transcript)]
    if asks := follow_up.what_asks(transcript.question):
        ways.append((asks, ""))
    for asked, before in ways:
        tries.append(Try(asked, before, await retriever.ainvoke({"question": asked, "before": before})))
        if tries[-1].is_enough:
            break
    return tries


def best(tries: Sequence[Try], transcript: Transcript, trace: Trace) -> tuple[str, Found]:
    """The question as it was understood, and what is the likeliest to answer it."""
    for one in tries:
        told = {"with_the_question_before": bool(one.before), "searched": one.found.searched}
        if one.asked != transcript.question:
            told["only_what_asks"] = True
        trace.note("retrieve", one.found.shelf, **told, **_evidence(one.found))
    likeliest = max(tries, key=lambda one: one.found.probability)
    return follow_up.joined(likeliest.before, transcript.question), likeliest.found


def _befores(transcript: Transcript) -> Sequence[str]:
    """What the question is read with, one try after the other; empty: by itself."""
    before = transcript.previous_question
    if before and follow_up.leans(transcript.question):
        return before, ""
    return ("", before) if before and follow_up.may_lean(transcript.question) else ("",)


def _retriever(ports: Ports, spoken: str, region: str) -> Runnable[dict[str, str], Found]:
    async def search(asked: dict[str, str]) -> Found:
        return await ports.search(asked["question"], spoken, region, asked["before"])

    return RunnableLambda(search)


def _evidence(found: Found) -> dict[str, Any]:
    return {
        "probability": round(found.probability, 3),
        "embed_ms": round(found.embed_ms, 2),
        "search_ms": round(found.search_ms, 2),
        "sections": [{"title": p.title, "section": p.heading, "score": round(p.score, 3)} for p in found.passages],
    }
