"""What the articles have on a question: read by itself, with the one before it, or without what else is said."""

from collections.abc import Iterator, Sequence
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
    for asked, before, told in _ways(transcript):
        tries.append(Try(asked, before, await retriever.ainvoke(told)))
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


def _ways(transcript: Transcript) -> Iterator[tuple[str, str, dict[str, str]]]:
    """One try after the other: what asks, what it is read with (empty: by itself), and what is looked for."""
    question, before = transcript.question, follow_up.goes_on_from(transcript.earlier_questions)
    if before and follow_up.says_nothing(question):
        # By itself "how much?" finds whatever says how much of anything.
        yield question, before, {"question": question, "before": before}
        yield question, before, {"question": follow_up.joined(before, question), "before": ""}
        return
    befores = [""]
    if before and follow_up.leans(question):
        befores = [before, ""]
    elif before and follow_up.may_lean(question):
        befores = ["", before]
    for one in befores:
        yield question, one, {"question": question, "before": one}
    if asks := follow_up.what_asks(question):
        yield asks, "", {"question": asks, "before": ""}


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
