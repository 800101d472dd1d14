"""The assistant: one turn from question to answer, as a script. What it may touch comes in through `ports`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from chat.assistant import (
    classifying,
    colleague,
    feeling,
    follow_up,
    going_on,
    hearing,
    kindness,
    language,
    prompt,
    redacting,
    retrieving,
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
from chat.assistant.smalltalk import is_understood, small_talk
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
# What is said at once, and what instead of "I don't know" where no article answers.
SAYS: Final = {
    Chain.SMALL_TALK: Sentence.SMALL_TALK, Chain.COMPLAINT: Sentence.COMPLAINT, Chain.FAR_OUTSIDE: Sentence.OUTSIDE,
}  # fmt: skip
_INSTEAD: Final = {Chain.ACCOUNT: Sentence.ACCOUNT, Chain.OUTSIDE: Sentence.OUTSIDE}
_SPEAKERS: Final = {
    Role.VISITOR: "visitor", Role.ASSISTANT: "assistant", Role.AGENT: "person", Role.NOTE: prompt.COLLEAGUE,
}  # fmt: skip


async def respond(
    transcript: Transcript, site: SiteView, ports: Ports, trace: Trace | None = None
) -> AsyncGenerator[Step, None]:
    """Answer the question of `transcript`; the last step is an Answer, a Handoff or a Silence.

    Whoever hands in a `trace` has it as far as it came, should the turn be stopped or break.
    """
    trace = trace or Trace(ports.clock)
    if transcript.reply:
        yield colleague.answer(transcript.reply, transcript.language, site.name, trace)
        return
    route = await ROUTING.ainvoke(transcript.question)
    is_open = transcript.was_asked or transcript.standing  # a model asked, or a procedure did: this is the answer
    if is_open and is_understood(transcript.question, transcript.language):
        route = Route.ARTICLES
    trace.note("route", route.value)
    if route is Route.SILENCE:
        yield Silence(trace.as_json())
        return

    transcript = transcript.latest()
    redactor = await redacting.read(transcript, site, trace)
    spoken = _language(transcript, trace)
    waiting = await running.opened(transcript, spoken, site, ports, trace)
    turn = _Turn(transcript, spoken, site, ports, redactor, trace, waiting)
    # A procedure that waits for a yes or a no hears it itself.
    if route is Route.SMALL_TALK and not (waiting and waiting.is_answered_by(transcript.question)):
        yield turn.ended(_polite(turn))
        return
    heard: Heard | None = None
    if waiting:
        heard = hearing.hear(await _feel(turn), transcript, site.policy, trace, mid_procedure=True)
        step: Step | None = None
        async for step in _by_procedure(waiting, heard):
            yield step
        if step and not isinstance(step, Doing):
            return

    # The search waits for the same vectors as what comes before it: it runs beside that.
    looking = asyncio.ensure_future(retrieving.retrieve(transcript, spoken, ports))
    try:
        first = await _before_searching(turn, heard)
        if first.begins:
            begun = running.begin(first.begins, transcript, spoken, site, ports, trace, first.kind)
            async for done in going_on.instead_of(waiting, begun).go():
                yield first.heard.after(await going_on.below(begun, done))
            return
        if first.end:
            yield turn.ended(first.heard.after(first.end))
            return
        question, found = retrieving.best(await looking, transcript, trace)
    finally:
        looking.cancel()

    is_enough = bool(found.passages) and found.probability >= found.enough
    told = {"probability": round(found.probability, 3), "threshold": found.enough}
    trace.note("answerable", "yes" if is_enough else "no", **told)
    steps = _from_articles(turn, first, question, found) if is_enough else _without_articles(turn, first)
    async with aclosing(steps):
        async for one in steps:
            yield one


@dataclass(frozen=True)
class _Turn:
    """What every part of a turn goes by; `waiting` is the procedure in which the conversation stands."""

    transcript: Transcript
    spoken: str
    site: SiteView
    ports: Ports
    redactor: Redactor
    trace: Trace
    waiting: Running | None

    def ended(self, last: Answer | Handoff) -> Answer | Handoff:
        """How the turn ends: where a procedure waits, its open question is asked again."""
        return self.waiting.resumed(last) if self.waiting else last


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


async def _by_procedure(waiting: Running, heard: Heard) -> AsyncGenerator[Step, None]:
    """What the procedure that waits makes of the message; a Doing is the last, or nothing, where it is none for it."""
    if heard.calls:
        yield heard.calls
        return
    async for done in waiting.answer_to():
        yield heard.after(await going_on.below(waiting, done))


async def _without_articles(turn: _Turn, first: _First) -> AsyncGenerator[Step, None]:
    """Nothing found is sure enough: a look-up that a model picks, or an honest word."""
    if not turn.waiting:
        tooling = Tooling(turn.transcript, turn.spoken, turn.site, turn.ports, turn.redactor, turn.trace)
        looked: Doing | Answer | Handoff | None = None
        async for looked in tooling.look_up(lambda: _tiers(turn, first), first.kind):
            yield first.heard.after(looked)
        if looked:
            return
    yield turn.ended(_unanswered(first.chain, turn.spoken, turn.trace, first.kind))


async def _from_articles(turn: _Turn, first: _First, question: str, found: Found) -> AsyncGenerator[Step, None]:
    """The sections that were found are told by a model, or quoted."""
    yield Doing(say(Sentence.LOOKING, turn.spoken, place=found.passages[0].collection_title))
    writing = _writing(turn, question, found, first.tone, await _tiers(turn, first))
    before = first.kind
    async with aclosing(writing.run()) as deltas:
        async for delta in deltas:
            yield Delta(before + delta.text)
            before = ""
    for one in writing.tries:
        turn.trace.note("write", one.outcome, **one.as_json())
        if one.call:
            turn.trace.charge(one.call)
    last = _last_step(writing, turn.spoken, turn.trace, first.kind)
    offering = replace(last, offers=_offers(first.chain)) if isinstance(last, Answer) else last
    ending = turn.ended(first.heard.after(offering))
    if turn.waiting and isinstance(last, Answer) and isinstance(ending, Answer) and writing.answer.text:
        yield Delta(ending.text.removeprefix(last.text))
    yield ending


async def _before_searching(turn: _Turn, earlier: Heard | None) -> _First:
    """Who is angry or stuck gets a person; some questions have a fixed answer; some intents need none of an article.

    The three are read side by side: each waits for the question's vectors or for rows. A model that names the intent
    is asked after them, where it is needed. `earlier` is what was heard of the message while a procedure waits.
    """
    transcript, spoken, site, trace = turn.transcript, turn.spoken, turn.site, turn.trace
    felt, fixed, judged = await asyncio.gather(
        _feel(turn, earlier),
        _approved(turn),
        _judged(turn),
    )
    heard = hearing.hear(felt, transcript, site.policy, trace, again=earlier is not None)
    if heard.calls:
        return _First(heard.calls)
    if fixed:
        return _First(_word_for_word(fixed, spoken, site, trace), heard=heard)
    if judged and judged[0].by and not judged[1].intent:
        asked = Question(transcript.question, spoken, judged[0])
        judged = (
            judged[0],
            await classifying.judge(asked, site, turn.ports.ledger, turn.ports.clock, turn.redactor, trace),
        )
    verdict, chain, tier = _chain(judged, trace)
    begins = await _begins(verdict, turn)
    if chain in SAYS and not begins:
        return _First(_says(chain, spoken, trace), heard=heard)
    kind = _kind_line(felt, turn)
    tone = kindness.guidance(felt) if _is_kind(turn) else ""
    return _First(None, begins, chain, kind, tone, heard, tier)


async def _feel(turn: _Turn, earlier: Heard | None = None) -> Feeling:
    if earlier:
        return earlier.felt
    return await turn.ports.feel(turn.transcript.question, feeling.said(turn.transcript), turn.spoken)


async def _begins(verdict: Verdict, turn: _Turn) -> Procedure | None:
    """The procedure that an intent begins; one that is asked for while it waits asks its question again."""
    if not verdict.sure:
        return None
    procedures = await turn.ports.procedures()
    begins = procedures.of_intent(verdict.intent)
    return None if begins is procedures.of(turn.transcript.standing) else begins


def _is_kind(turn: _Turn) -> bool:
    site = turn.site
    return site.kindness and (not site.by_halves or kindness.is_kind_half(site.key, turn.transcript.conversation))


def _kind_line(felt: Feeling, turn: _Turn) -> str:
    """The line that goes before the answer; the trace has it, said or held back, where halves are compared."""
    read = (*turn.transcript.before, *turn.transcript.lines)  # of earlier cases too
    said = [line.text for line in read if line.role == Role.ASSISTANT]
    line = kindness.line(felt, turn.spoken, said)
    is_kind = _is_kind(turn)
    if line and turn.site.by_halves:
        turn.trace.note("kindness", kindness.SAID if is_kind else kindness.HELD, line=line)
    return f"{line} " if line and is_kind else ""


def _language(transcript: Transcript, trace: Trace) -> str:
    spoken = language.quick(transcript.question, transcript.language)
    trace.note("language", spoken, before=transcript.language, region=transcript.region)
    return spoken


async def _judged(turn: _Turn) -> tuple[Routing, Verdict] | None:
    """The question's intent by the site's routing on this machine; None where the site has no intents."""
    routing = await turn.ports.routing()
    if routing is None:
        return None
    ways = BEFORE if routing.by else INTENT
    return routing, await ways[routing.strategy].ainvoke(Question(turn.transcript.question, turn.spoken, routing))


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


async def _tiers(turn: _Turn, first: _First) -> tuple[Tier, ...]:
    """The site's tiers in the order in which they are asked; none where it has none."""
    of_site = turn.site.tiers
    if of_site is None:
        return ()
    chosen = await tiers.choose(of_site, turn.transcript.question, first.heard.felt, first.tier)
    name = chosen.order[0].name.value if chosen.order else "none"
    turn.trace.note("tier", name, why=chosen.why, **chosen.evidence, budget=of_site.stop.value)
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


def _polite(turn: _Turn) -> Answer:
    talk = small_talk(turn.transcript.question, turn.spoken)
    assert talk, "routing found it"
    sentence, theirs = talk
    turn.trace.note("small talk", sentence.value, language=theirs)
    return Answer(say(sentence, theirs), (), "answer", theirs, turn.trace.as_json())


async def _approved(turn: _Turn) -> ApprovedAnswer | None:
    """The fixed wording for this question, where the site has one; not for a question that leans on another."""
    asked = turn.transcript
    if follow_up.leans(asked.question):
        return None
    return await turn.ports.approved(asked.question, turn.spoken, asked.region)


def _word_for_word(found: ApprovedAnswer, spoken: str, site: SiteView, trace: Trace) -> Answer:
    trace.note("approved", "word for word", phrasing=found.question)
    title = say(Sentence.APPROVED, spoken, site=site.name)
    source = Source(1, title, "", "", found.text[:QUOTE_LENGTH], found.language, found.date)
    return Answer(f"{found.text.strip()} [1]", (source,), "answer", spoken, trace.as_json())


def _writing(turn: _Turn, question: str, found: Found, tone: str, order: tuple[Tier, ...]) -> Writing:
    return Writing(
        site=turn.site,
        ports=turn.ports,
        redactor=turn.redactor,
        question=question,
        earlier=[(_SPEAKERS[Role(line.role)], line.text) for line in _earlier(turn.transcript)],
        language=turn.spoken,
        answer=Composed(found.passages, turn.spoken, turn.redactor),
        sections=prompt.shown(found.passages),
        tone=tone,
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
    before = kindness.before_unknown(kind)
    return Answer(before + say(Sentence.UNKNOWN, spoken), (), "unknown", spoken, trace.as_json(), asks=True)
