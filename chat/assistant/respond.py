"""The assistant: one turn from question to answer, as a script. What it may touch comes in through `ports`."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

from langchain_core.runnables import Runnable, RunnableLambda

from chat.assistant import (
    classifying,
    colleague,
    feeling,
    follow_up,
    hearing,
    kindness,
    language,
    prompt,
    redacting,
    running,
    tiers,
)
from chat.assistant.composed import Composed
from chat.assistant.doing.procedure import Procedure
from chat.assistant.grounding import QUOTE_LENGTH
from chat.assistant.hearing import UNHEARD, Heard
from chat.assistant.ports import ApprovedAnswer, Found, Ports, SiteView
from chat.assistant.routing import ROUTING, Route, task_based
from chat.assistant.routing.intent import BEFORE, INTENT, Question
from chat.assistant.routing.task_based import Chain
from chat.assistant.routing.verdict import Routing, Verdict
from chat.assistant.running import Running
from chat.assistant.smalltalk import small_talk
from chat.assistant.steps import Answer, Answered, Delta, Doing, Handoff, Silence, Source, Step
from chat.assistant.tiers import Tier
from chat.assistant.tooling import Tooling
from chat.assistant.trace import Trace
from chat.assistant.transcript import Line, Role, Transcript
from chat.assistant.writing import Outcome, Writing
from chat.prices import TierName
from chat.sentences import Sentence, say
from chat.signals.feeling import Feeling
from chat.triggers import Reason
from supportsite.redact import Redactor

EARLIER_LINES: Final = 6
NOTES: Final = 3
MOST_READ: Final = 32_000  # characters of a conversation, the latest
# What is said at once, and what instead of "I don't know" where no article answers.
SAYS: Final = {
    Chain.SMALL_TALK: Sentence.SMALL_TALK, Chain.COMPLAINT: Sentence.COMPLAINT, Chain.FAR_OUTSIDE: Sentence.OUTSIDE,
}  # fmt: skip
_INSTEAD: Final = {Chain.ACCOUNT: Sentence.ACCOUNT, Chain.OUTSIDE: Sentence.OUTSIDE}
_SPEAKERS: Final = {
    Role.VISITOR: "visitor", Role.ASSISTANT: "assistant", Role.AGENT: "person", Role.NOTE: prompt.COLLEAGUE,
}  # fmt: skip


async def respond(transcript: Transcript, site: SiteView, ports: Ports) -> AsyncGenerator[Step, None]:
    """Answer the question of `transcript`; the last step is an Answer, a Handoff or a Silence."""
    trace = Trace(ports.clock)
    if transcript.reply:
        yield colleague.answer(transcript.reply, transcript.language, site.name, trace)
        return
    route = await ROUTING.ainvoke(transcript.question)
    trace.note("route", route.value)
    if route is Route.SILENCE:
        yield Silence(trace.as_json())
        return

    transcript = transcript.latest(MOST_READ)
    redactor = await redacting.read(transcript, site, trace)
    spoken = _language(transcript, trace)
    waiting = await running.opened(transcript, spoken, site, ports, trace)
    # A procedure that waits for a yes or a no hears it itself.
    if route is Route.SMALL_TALK and not (waiting and waiting.is_answered_by(transcript.question)):
        yield _then(waiting, _polite(transcript.question, spoken, trace))
        return
    heard: Heard | None = None
    if waiting:
        heard = hearing.hear(await _feel(transcript, spoken, ports), transcript, site.policy, trace, mid_procedure=True)
        if heard.calls:
            yield heard.calls
            return
        ended = False
        async for done in waiting.answer_to():
            ended = not isinstance(done, Doing)
            yield heard.after(done)
        if ended:
            return

    # The search waits for the same vectors as what comes before it: it runs beside that.
    looking = asyncio.ensure_future(_retrieve(transcript, spoken, ports))
    try:
        first = await _before_searching(transcript, spoken, site, ports, redactor, trace, heard)
        if first.begins:
            begun = running.begin(first.begins, transcript, spoken, site, ports, trace, first.kind)
            async for done in begun.go():
                yield first.heard.after(done)
            return
        if first.end:
            yield _then(waiting, first.heard.after(first.end))
            return
        question, found = _best(await looking, transcript, trace)
    finally:
        looking.cancel()

    if not found.passages or found.probability < found.enough:
        trace.note("answerable", "no", probability=round(found.probability, 3), threshold=found.enough)
        if not waiting:
            tooling = Tooling(transcript, spoken, site, ports, redactor, trace)
            looked: Doing | Answer | Handoff | None = None
            async for looked in tooling.look_up(lambda: _tiers(transcript.question, first, site, trace), first.kind):
                yield first.heard.after(looked)
            if looked:
                return
        yield _then(waiting, _unanswered(first.chain, spoken, trace, first.kind))
        return
    trace.note("answerable", "yes", probability=round(found.probability, 3), threshold=found.enough)
    yield Doing(say(Sentence.LOOKING, spoken, place=found.passages[0].collection_title))

    order = await _tiers(transcript.question, first, site, trace)
    writing = _writing(transcript, question, found, spoken, site, ports, redactor, first.tone, order)
    before = first.kind
    async with aclosing(writing.run()) as deltas:
        async for delta in deltas:
            yield Delta(before + delta.text)
            before = ""
    for one in writing.tries:
        trace.note("write", one.outcome, **one.as_json())
        if one.call:
            trace.charge(one.call)
    last = _last_step(writing, spoken, trace, first.kind)
    offering = replace(last, offers=_offers(first.chain)) if isinstance(last, Answer) else last
    ending = _then(waiting, first.heard.after(offering))
    if waiting and isinstance(last, Answer) and isinstance(ending, Answer) and writing.answer.text:
        yield Delta(ending.text.removeprefix(last.text))
    yield ending


def _then(waiting: Running | None, last: Answer | Handoff) -> Answer | Handoff:
    """How a turn ends: where a procedure waits, its open question is asked again."""
    return waiting.resumed(last) if waiting else last


@dataclass(frozen=True)
class _First:
    """What is known before the search: `end` where that is the answer, or a person is called; `begins`: a procedure.

    `chain` is what the intent asks for, `kind` a line that goes before the answer with the space behind it, `tone` what
    a model is told of the customer's mood, `heard`; `tier` is the one that the intent names.
    """

    end: Answer | Handoff | None = None
    begins: Procedure | None = None
    chain: Chain = Chain.ARTICLES
    kind: str = ""
    tone: str = ""
    heard: Heard = UNHEARD
    tier: TierName | None = None


async def _before_searching(
    transcript: Transcript,
    spoken: str,
    site: SiteView,
    ports: Ports,
    redactor: Redactor,
    trace: Trace,
    earlier: Heard | None,
) -> _First:
    """Who is angry or stuck gets a person; some questions have a fixed answer; some intents need none of an article.

    The three are read side by side: each waits for the question's vectors or for rows. A model that names the intent
    is asked after them, where it is needed. `earlier` is what was heard of the message while a procedure waits.
    """
    felt, fixed, judged = await asyncio.gather(
        _feel(transcript, spoken, ports, earlier),
        _approved(transcript, spoken, ports),
        _judged(transcript.question, spoken, ports),
    )
    heard = hearing.hear(felt, transcript, site.policy, trace, again=earlier is not None)
    if heard.calls:
        return _First(heard.calls)
    if fixed:
        return _First(_word_for_word(fixed, spoken, site, trace), heard=heard)
    if judged and judged[0].by and not judged[1].intent:
        asked = Question(transcript.question, spoken, judged[0])
        judged = judged[0], await classifying.judge(asked, site, ports.ledger, ports.clock, redactor, trace)
    verdict, chain, tier = _chain(judged, trace)
    begins = await _begins(verdict, transcript, ports)
    if chain in SAYS and not begins:
        return _First(_says(chain, spoken, trace), heard=heard)
    if not site.kindness:
        return _First(begins=begins, chain=chain, heard=heard, tier=tier)
    kind = _kind_line(felt, transcript, spoken)
    return _First(None, begins, chain, kind, kindness.guidance(felt), heard, tier)


async def _feel(transcript: Transcript, spoken: str, ports: Ports, earlier: Heard | None = None) -> Feeling:
    if earlier:
        return earlier.felt
    return await ports.feel(transcript.question, feeling.said(transcript), spoken)


async def _begins(verdict: Verdict, transcript: Transcript, ports: Ports) -> Procedure | None:
    """The procedure that an intent begins; one that is asked for while it waits asks its question again."""
    if not verdict.sure:
        return None
    procedures = await ports.procedures()
    begins = procedures.of_intent(verdict.intent)
    return None if begins is procedures.of(transcript.standing) else begins


def _kind_line(felt: Feeling, transcript: Transcript, spoken: str) -> str:
    said = [line.text for line in transcript.lines if line.role == Role.ASSISTANT]
    line = kindness.line(felt, spoken, said)
    return f"{line} " if line else ""


def _language(transcript: Transcript, trace: Trace) -> str:
    spoken = language.quick(transcript.question, transcript.language)
    trace.note("language", spoken, before=transcript.language, region=transcript.region)
    return spoken


async def _judged(question: str, spoken: str, ports: Ports) -> tuple[Routing, Verdict] | None:
    """The question's intent by the site's routing on this machine; None where the site has no intents."""
    routing = await ports.routing()
    if routing is None:
        return None
    ways = BEFORE if routing.by else INTENT
    return routing, await ways[routing.strategy].ainvoke(Question(question, spoken, routing))


def _chain(judged: tuple[Routing, Verdict] | None, trace: Trace) -> tuple[Verdict, Chain, TierName | None]:
    """The question's intent, what it asks for and the tier it names; the normal way where the site has no intents."""
    if judged is None:
        return Verdict(), Chain.ARTICLES, None
    routing, verdict = judged
    chain = task_based.chain(routing, verdict)
    trace.note(
        "intent",
        verdict.intent or "none",
        strategy=routing.strategy.value,
        kind=verdict.kind.value,
        sure=verdict.sure,
        chain=chain.value,
        **verdict.evidence,
    )
    return verdict, chain, task_based.tier(routing, verdict)


async def _tiers(question: str, first: _First, site: SiteView, trace: Trace) -> tuple[Tier, ...]:
    """The site's tiers in the order in which they are asked; none where it has none."""
    if site.tiers is None:
        return ()
    chosen = await tiers.choose(site.tiers, question, first.heard.felt, first.tier)
    name = chosen.order[0].name.value if chosen.order else "none"
    trace.note("tier", name, why=chosen.why, **chosen.evidence, budget=site.tiers.stop.value)
    return chosen.order


def _says(chain: Chain, spoken: str, trace: Trace) -> Answer:
    # Should it be wrong that a question is none of the site's business, a person is offered as where nothing is found.
    answered: Answered = "unknown" if chain is Chain.FAR_OUTSIDE else "answer"
    return Answer(say(SAYS[chain], spoken), (), answered, spoken, trace.as_json(), _offers(chain))


def _unanswered(chain: Chain, spoken: str, trace: Trace, kind: str) -> Answer:
    if chain not in _INSTEAD:
        return _unknown(spoken, trace, kind)
    return Answer(kind + say(_INSTEAD[chain], spoken), (), "unknown", spoken, trace.as_json())


def _offers(chain: Chain) -> str:
    return chain.value if chain in (Chain.COMPLAINT, Chain.ACCOUNT) else ""


def _polite(question: str, spoken: str, trace: Trace) -> Answer:
    talk = small_talk(question, spoken)
    assert talk, "routing found it"
    sentence, theirs = talk
    trace.note("small talk", sentence.value, language=theirs)
    return Answer(say(sentence, theirs), (), "answer", theirs, trace.as_json())


async def _approved(transcript: Transcript, spoken: str, ports: Ports) -> ApprovedAnswer | None:
    """The fixed wording for this question, where the site has one; not for a question that leans on another."""
    if follow_up.leans(transcript.question):
        return None
    return await ports.approved(transcript.question, spoken, transcript.region)


def _word_for_word(found: ApprovedAnswer, spoken: str, site: SiteView, trace: Trace) -> Answer:
    trace.note("approved", "word for word", phrasing=found.question)
    title = say(Sentence.APPROVED, spoken, site=site.name)
    source = Source(1, title, "", "", found.text[:QUOTE_LENGTH], found.language, found.date)
    return Answer(f"{found.text.strip()} [1]", (source,), "answer", spoken, trace.as_json())


@dataclass(frozen=True)
class _Try:
    """What was found for what was asked: the question, or what asks in it, with what stood before it."""

    asked: str
    before: str
    found: Found

    @property
    def is_enough(self) -> bool:
        return self.found.probability >= self.found.enough


async def _retrieve(transcript: Transcript, spoken: str, ports: Ports) -> list[_Try]:
    """What was found for the question, and with what before it: for one that leans on the one before, for both.

    Where that is not enough, what asks is looked for without what else the customer says.
    """
    retriever = _retriever(ports, spoken, transcript.region)
    tries: list[_Try] = []
    ways = [(transcript.question, before) for before in _befores(transcript)]
    if asks := follow_up.what_asks(transcript.question):
        ways.append((asks, ""))
    for asked, before in ways:
        tries.append(_Try(asked, before, await retriever.ainvoke({"question": asked, "before": before})))
        if tries[-1].is_enough:
            break
    return tries


def _best(tries: Sequence[_Try], transcript: Transcript, trace: Trace) -> tuple[str, Found]:
    """The question as it was understood, and what is the likeliest to answer it."""
    for one in tries:
        told = {"with_the_question_before": bool(one.before), "searched": one.found.searched}
        if one.asked != transcript.question:
            told["only_what_asks"] = True
        trace.note("retrieve", one.found.shelf, **told, **_evidence(one.found))
    best = max(tries, key=lambda one: one.found.probability)
    return follow_up.joined(best.before, transcript.question), best.found


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
    tone: str,
    order: tuple[Tier, ...],
) -> Writing:
    return Writing(
        site=site,
        ports=ports,
        redactor=redactor,
        question=question,
        earlier=[(_SPEAKERS[Role(line.role)], line.text) for line in _earlier(transcript)],
        language=spoken,
        answer=Composed(found.passages, spoken, redactor),
        sections=prompt.shown(found.passages),
        tone=tone if site.kindness else "",
        order=order,
    )


def _earlier(transcript: Transcript) -> list[Line]:
    """The last lines before the question, and what colleagues noted for the assistant, whenever that was.

    The note of a hand-back is younger than the question that it is about.
    """
    notes = [line for line in transcript.lines if line.role == Role.NOTE]
    talk = [line for line in transcript.lines if line.role != Role.NOTE and line.seq < transcript.question_from]
    return sorted([*talk[-EARLIER_LINES:], *notes[-NOTES:]], key=lambda line: line.seq)


def _last_step(writing: Writing, spoken: str, trace: Trace, kind: str) -> Answer | Handoff:
    if writing.outcome == Outcome.ANSWERED:
        sources = writing.answer.sources()
        trace.note("cite", f"{len(sources)} of {len(writing.sections)} sections", sections=[s.url for s in sources])
        return Answer(kind + writing.answer.text, sources, "answer", spoken, trace.as_json())
    if writing.outcome == Outcome.ABSTAINED:
        return _unknown(spoken, trace, kind)
    why = "; ".join(f"{one.provider.name}: {one.outcome}" for one in writing.tries)
    return Handoff((Reason("failed", 1.0, why),), trace.as_json())


def _unknown(spoken: str, trace: Trace, kind: str) -> Answer:
    return Answer(kind + say(Sentence.UNKNOWN, spoken), (), "unknown", spoken, trace.as_json(), asks=True)


def _evidence(found: Found) -> dict[str, Any]:
    return {
        "probability": round(found.probability, 3),
        "embed_ms": round(found.embed_ms, 2),
        "search_ms": round(found.search_ms, 2),
        "sections": [{"title": p.title, "section": p.heading, "score": round(p.score, 3)} for p in found.passages],
    }
