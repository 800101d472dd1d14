"""The assistant: one turn from question to answer, as a script. What it may touch comes in through `ports`."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final

from langchain_core.runnables import Runnable, RunnableLambda

from chat.assistant import follow_up, language, prompt, providers
from chat.assistant.composed import Composed
from chat.assistant.ports import Found, Ports, SiteView
from chat.assistant.routing import ROUTING, Route
from chat.assistant.smalltalk import small_talk
from chat.assistant.steps import Answer, Doing, Handoff, Silence, Step
from chat.assistant.trace import Trace
from chat.assistant.transcript import Role, Transcript
from chat.assistant.writing import Outcome, Writing
from chat.sentences import Sentence, say
from chat.triggers import Reason
from supportsite.redact import Redactor

EARLIER_LINES: Final = 6
_SPEAKERS: Final = {Role.VISITOR: "visitor", Role.ASSISTANT: "assistant", Role.AGENT: "person", Role.NOTE: "colleague"}


async def respond(transcript: Transcript, site: SiteView, ports: Ports) -> AsyncGenerator[Step, None]:
    """Answer the question of `transcript`; the last step is an Answer, a Handoff or a Silence."""
    trace = Trace(ports.clock)
    route = await ROUTING.ainvoke(transcript.question)
    trace.note("route", route.value)
    if route is Route.SILENCE:
        yield Silence(trace.as_json())
        return

    redactor = _redact(transcript, site, trace)
    spoken = _language(transcript, trace)
    if route is Route.SMALL_TALK:
        yield _polite(transcript.question, trace)
        return

    question, found = await _retrieve(transcript, spoken, site, ports, trace)
    if not found.passages or found.probability < found.enough:
        trace.note("answerable", "no", probability=round(found.probability, 3), threshold=found.enough)
        yield _unknown(spoken, trace)
        return
    trace.note("answerable", "yes", probability=round(found.probability, 3), threshold=found.enough)
    yield Doing(say(Sentence.LOOKING, spoken, place=found.passages[0].collection_title))

    writing = _writing(transcript, question, found, spoken, site, ports, redactor)
    async with aclosing(writing.run()) as deltas:
        async for delta in deltas:
            yield delta
    for one in writing.tries:
        trace.note("write", one.outcome, **one.as_json())
    yield _last_step(writing, spoken, trace)


def _redact(transcript: Transcript, site: SiteView, trace: Trace) -> Redactor:
    if not providers.needs_redaction(site):
        trace.note("redact", "nothing leaves this machine")
        return Redactor(())
    redactor = Redactor(
        (line.text for line in transcript.lines),
        language=transcript.language,
        region=transcript.region,
        orders=site.order_numbers,
        keep=(site.name,),
    )
    trace.note("redact", "placeholders" if redactor.counts else "nothing to take out", counts=redactor.counts)
    return redactor


def _language(transcript: Transcript, trace: Trace) -> str:
    spoken = language.quick(transcript.question, transcript.language)
    trace.note("language", spoken, before=transcript.language, region=transcript.region)
    return spoken


def _polite(question: str, trace: Trace) -> Answer:
    talk = small_talk(question)
    assert talk, "routing found it"
    sentence, theirs = talk
    trace.note("small talk", sentence.value, language=theirs)
    return Answer(say(sentence, theirs), (), "answer", theirs, trace.as_json())


async def _retrieve(
    transcript: Transcript, spoken: str, site: SiteView, ports: Ports, trace: Trace
) -> tuple[str, Found]:
    """What was found for the question; for one that leans on the question before it, for both together."""
    retriever = _retriever(ports, spoken, transcript.region)
    tries: list[tuple[str, Found]] = []
    for before in _befores(transcript):
        found = await retriever.ainvoke({"question": transcript.question, "before": before})
        trace.note(
            "retrieve",
            found.shelf,
            with_the_question_before=bool(before),
            searched=found.searched,
            **_evidence(found),
        )
        tries.append((follow_up.joined(before, transcript.question), found))
        if found.probability >= found.enough:
            break
    return max(tries, key=lambda one: one[1].probability)


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


def _writing(
    transcript: Transcript,
    question: str,
    found: Found,
    spoken: str,
    site: SiteView,
    ports: Ports,
    redactor: Redactor,
) -> Writing:
    earlier = [
        (_SPEAKERS[Role(line.role)], line.text) for line in transcript.lines if line.seq < transcript.question_from
    ]
    return Writing(
        site=site,
        ports=ports,
        redactor=redactor,
        question=question,
        earlier=earlier[-EARLIER_LINES:],
        language=spoken,
        answer=Composed(found.passages, spoken, redactor),
        sections=prompt.shown(found.passages),
    )


def _last_step(writing: Writing, spoken: str, trace: Trace) -> Answer | Handoff:
    if writing.outcome == Outcome.ANSWERED:
        sources = writing.answer.sources()
        trace.note("cite", f"{len(sources)} of {len(writing.sections)} sections", sections=[s.url for s in sources])
        return Answer(writing.answer.text, sources, "answer", spoken, trace.as_json())
    if writing.outcome == Outcome.ABSTAINED:
        return _unknown(spoken, trace)
    why = "; ".join(f"{one.provider.name}: {one.outcome}" for one in writing.tries)
    return Handoff((Reason("failed", 1.0, why),), trace.as_json())


def _unknown(spoken: str, trace: Trace) -> Answer:
    return Answer(say(Sentence.UNKNOWN, spoken), (), "unknown", spoken, trace.as_json())


def _evidence(found: Found) -> dict[str, Any]:
    return {
        "probability": round(found.probability, 3),
        "embed_ms": round(found.embed_ms, 2),
        "search_ms": round(found.search_ms, 2),
        "sections": [{"title": p.title, "section": p.heading, "score": round(p.score, 3)} for p in found.passages],
    }
