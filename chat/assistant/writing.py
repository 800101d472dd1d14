"""Writes an answer: asks one provider after the other and lets through what passes the check. Never ends in silence."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableGenerator

from chat.assistant import abroad, booking, breaker, grounding, language, prompt, providers, redacting
from chat.assistant.composed import Composed
from chat.assistant.drafts import NO_ANSWER, Draft, Drafts
from chat.assistant.grounding import Verdict
from chat.assistant.ports import Ports, SiteView
from chat.assistant.prompt import Shown
from chat.assistant.providers import Heed, Provider, ProviderFailed
from chat.assistant.steps import Delta
from chat.assistant.tiers import Tier, Tiers
from chat.assistant.trace import Call
from chat.assistant.usage import Usage, bill
from chat.prices import amount
from knowledge.languages import base
from supportsite.redact import PLACEHOLDER, Redactor

TRIES: Final = 2  # of one provider
MOST_HEARD: Final = 40  # sentences of one try; what says so much has long repeated itself
# Without a word heard: the question may have been read, and whoever reads it bills it.
_MAY_BE_BILLED: Final = frozenset({"timeout", "stopped", "cut"})
# Seconds after which no provider is listened to any more: before the turn itself is given up (chat/turns.py), so that
# what was shown is kept.
WRITES_S: Final = 60.0
MOST_CUT: Final = 6  # sentences one after the other; a model that goes on so says nothing more of use


class Outcome(StrEnum):
    """How a provider's try ended; what a failed provider says instead comes from ProviderFailed."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    UNGROUNDED = "ungrounded"
    EMPTY = "empty"
    STOPPED = "stopped"
    RESTING = "resting"
    OVER_BUDGET = "over_budget"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Heard:
    """What one piece of a stream brought: whole sentences, tokens so far, and why it ended, where it has."""

    drafts: tuple[Draft, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    ended: str = ""
    size: int = 0  # bytes so far
    says: bool = True  # whether it has more than spaces


@dataclass
class _Try:
    """One call of one provider."""

    provider: Provider
    outcome: str = Outcome.EMPTY
    detail: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    passed: int = 0
    cut: int = 0
    ended: str = ""
    wait: float | None = None
    size: int = 0
    call: Call | None = None
    sentences: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, heard: Heard) -> None:
        """Count the tokens and keep why it ended."""
        self.tokens_in = max(self.tokens_in, heard.tokens_in)
        self.tokens_out = max(self.tokens_out, heard.tokens_out)
        self.ended = heard.ended or self.ended
        self.size = max(self.size, heard.size)

    def settle(self, sent: int, tiers: Tiers | None) -> Call:
        """What it cost; `sent` are the tokens that went out, by our count."""
        told = Usage(self.tokens_in, self.tokens_out)
        reached = bool(self.size) or self.outcome in _MAY_BE_BILLED
        how: dict[str, Any] = {"tier": self.provider.tier, "tiers": tiers, "sent": sent}
        call = bill(told, **how, size=self.size, reached=reached)
        self.tokens_in, self.tokens_out = call.tokens_in, call.tokens_out
        return call

    def as_json(self) -> dict[str, Any]:
        """For the trace."""
        priced = {"cost": str(amount(self.call.cost))} if self.call and self.call.tier else {}
        return {
            "provider": self.provider.name,
            "model": self.provider.model,
            **({"tier": self.provider.tier.name.value} if self.provider.tier else {}),
            "outcome": self.outcome,
            "detail": self.detail,
            "tokens": [self.tokens_in, self.tokens_out],
            **priced,
            "sentences": self.sentences,
        }


@dataclass
class Writing:
    """One answer: `run` shows it, then `outcome` says how it ended and `tries` why."""

    site: SiteView
    ports: Ports
    redactor: Redactor
    question: str
    earlier: Sequence[tuple[str, str]]
    language: str
    answer: Composed
    sections: tuple[Shown, ...]
    tone: str = ""
    order: tuple[Tier, ...] = ()
    tries: list[_Try] = field(default_factory=list)
    last_passed: Verdict | None = None
    _until: float = 0.0

    @property
    def outcome(self) -> Outcome | None:
        """ANSWERED where something was shown, ABSTAINED where no section answers, None where providers failed us."""
        if self.answer.text:
            return Outcome.ANSWERED
        fine = (Outcome.ABSTAINED, Outcome.UNGROUNDED, Outcome.EMPTY, Outcome.OVER_BUDGET, Outcome.TOO_LONG)
        last_but_built_in = self.tries[:-1] or self.tries
        return Outcome.ABSTAINED if all(one.outcome in fine for one in last_but_built_in) else None

    async def run(self) -> AsyncGenerator[Delta]:
        """The deltas, each a sentence that passed the check, or the number of its source."""
        self._until = asyncio.get_running_loop().time() + WRITES_S
        async with aclosing(self._asked_in_turn()) as deltas:
            async for delta in deltas:
                yield delta
        if mark := self.answer.close():
            yield Delta(mark)

    async def _asked_in_turn(self) -> AsyncGenerator[Delta]:
        for provider in providers.chain(self.site, self.order):
            if provider.is_built_in and self.answer.text and self._quotes_abroad():
                return  # what was shown stands; quotes in another language would not read on from it
            if not provider.is_built_in and self._is_late():
                continue
            for attempt in range(TRIES):
                one = _Try(provider)
                self.tries.append(one)
                if not breaker.may_ask(provider.breaker, self.ports.clock()):
                    one.outcome = Outcome.RESTING
                    break
                async with aclosing(self._ask(one, again=attempt > 0)) as deltas:
                    async for delta in deltas:
                        yield delta
                if one.outcome in (Outcome.ANSWERED, Outcome.ABSTAINED):
                    return
                if provider.is_built_in or not await self._worth_another(one):
                    break

    async def _worth_another(self, one: _Try) -> bool:
        """Whether the same provider may do better: after a failure that passes, or an answer beside the point."""
        if self._is_late():
            return False
        if one.outcome == Outcome.UNGROUNDED:
            return not self.answer.text
        if one.wait is None or one.passed:
            return False
        await asyncio.sleep(one.wait)
        return True

    def _is_late(self) -> bool:
        return asyncio.get_running_loop().time() >= self._until

    async def _ask(self, one: _Try, *, again: bool) -> AsyncGenerator[Delta]:
        if not one.provider.is_built_in:
            await redacting.prepare(self.redactor, [self.question, *(text for _role, text in self.earlier)])
        messages = self._messages(one.provider, again=again)
        if messages is None:
            one.outcome = Outcome.TOO_LONG
            return
        row = await self._open(one.provider, messages)
        if row is None and not one.provider.is_built_in:
            one.outcome = Outcome.OVER_BUDGET
            return
        ended = False
        try:
            async with aclosing(self._deltas(one, messages)) as deltas:
                async for delta in deltas:
                    yield delta
            ended = True
        except ProviderFailed as failure:
            one.outcome, one.detail, one.wait = failure.outcome, failure.detail, failure.wait
            ended = True
        finally:
            one.outcome = one.outcome if ended else Outcome.STOPPED
            breaker.ended(one.provider.breaker, one.outcome, self.ports.clock())
            if row is not None:
                one.call = call = one.settle(prompt.tokens(messages), self.site.tiers)
                await booking.closed(self.ports.ledger, row, call, outcome=one.outcome)

    async def _deltas(self, one: _Try, messages: list[BaseMessage]) -> AsyncGenerator[Delta]:
        chain: Runnable[Any, Heard] = one.provider.chat | _SENTENCES
        async with aclosing(self._listen(one.provider, chain.astream(messages))) as stream:
            async for heard in stream:
                one.hear(heard)
                for draft in heard.drafts:
                    for delta in await self._checked(one, draft):
                        yield delta
                    if self._has_enough(one):
                        return
                    await asyncio.sleep(0)  # what a sentence's check takes is nobody else's wait for two
        if not one.ended and one.provider.says_why_it_stopped:
            raise ProviderFailed("cut", "the stream ended without saying why")

    def _has_enough(self, one: _Try) -> bool:
        """Whether nothing more of this try is wanted."""
        if one.outcome in (Outcome.ABSTAINED, Outcome.UNGROUNDED) or self.answer.is_full:
            return True
        return one.cut >= MOST_CUT or len(one.sentences) >= MOST_HEARD

    def _listen(self, provider: Provider, stream: AsyncIterator[Heard]) -> AsyncGenerator[Heard]:
        timeout = provider.tier.timeout if provider.tier else self.site.timeout
        until = float("inf") if provider.is_built_in else self._until
        return providers.listen(stream, provider=provider, timeout=timeout, heed=_heed, until=until)

    async def _checked(self, one: _Try, wrote: Draft) -> list[Delta]:
        """What of a sentence is shown: all of it or nothing."""
        if wrote.text.strip(".") == NO_ANSWER:
            one.outcome = Outcome.ANSWERED if one.passed else Outcome.ABSTAINED
            return []
        draft = wrote if one.provider.is_built_in else self._plain(wrote)
        verdict = self._judge(draft)
        if verdict.passed and verdict.abroad and not await self._is_sure(draft):
            verdict = replace(verdict, reason="not_sure")
        if verdict.passed and not (self.answer.text or one.provider.is_built_in):
            verdict = grounding.to_the_point(wrote, verdict, question=self.question, language=self.language)
        one.sentences.append(_sentence_json(draft, verdict))
        if verdict.passed and not self.answer.is_full:
            one.passed += 1
            self.last_passed = verdict
            one.outcome = Outcome.ANSWERED
            one.cut = 0
            text = self.answer.add(draft, verdict)
            return [Delta(text)] if text else []
        one.cut += 1
        if not one.passed and (verdict.claims or one.cut == MOST_CUT):  # without its first claim it is no answer
            one.outcome = Outcome.UNGROUNDED
        return []

    async def _is_sure(self, draft: Draft) -> bool:
        """Whether a sentence in another language than its section is surely the same as a piece of one."""
        quotable = abroad.pieces(self.sections)
        likeness = await self.ports.alike(abroad.masked(draft.text), [abroad.masked(piece) for piece in quotable])
        return likeness is not None and abroad.is_sure(draft.text, quotable, likeness)

    def _plain(self, draft: Draft) -> Draft:
        return grounding.plain(draft, question=self.question, language=self.language)

    def _judge(self, draft: Draft) -> Verdict:
        placeholders = [p for p in PLACEHOLDER.findall(draft.text) if self.redactor.knows(p)]
        verdict = grounding.check(
            draft,
            self.sections,
            language=self.language,
            hosts=self.site.hosts,
            known=placeholders,
            site=self.site.name,
            after=self.last_passed,
            question=self.question,
            values={one: self.redactor.restore(one) for one in placeholders},
            said=self._said() if placeholders else (),
        )
        if verdict.passed and not verdict.verbatim and self._tells_its_orders(draft, verdict):
            return Verdict("system_text", verdict.n, verdict.quote, verdict.coverage)
        if verdict.passed and not verdict.verbatim and _is_in_the_sources_language(draft, verdict, self):
            return Verdict("wrong_language", verdict.n, verdict.quote, verdict.coverage)
        return verdict

    def _said(self) -> list[str]:
        """The customer's lines as a model saw them."""
        lines = [self.question, *(text for role, text in self.earlier if role == "visitor")]
        return [self.redactor.redact(text) for text in lines]

    def _tells_its_orders(self, draft: Draft, verdict: Verdict) -> bool:
        """What a section says in its own language may stand in the owner's instructions too; our rules never may."""
        abroad = base(self.sections[verdict.n - 1].language) != base(self.language)
        return prompt.repeats_itself(draft.text, self.site.instructions if abroad else "")

    def _messages(self, provider: Provider, *, again: bool) -> list[BaseMessage] | None:
        """What is sent; None where even the question with one section is longer than the model can read.

        Older lines are left out first, colleagues' notes after the others, then the sections that were found last.
        """
        earlier, sections = list(self.earlier), self.sections
        while True:
            messages = prompt.PROMPT.format_messages(**self._values(provider, earlier, sections, again=again))
            if not provider.tier or prompt.tokens(messages) + providers.MOST_TOKENS <= provider.tier.context:
                return messages
            if earlier:
                del earlier[next((n for n, (role, _) in enumerate(earlier) if role != prompt.COLLEAGUE), 0)]
            elif len(sections) > 1:
                sections = sections[:-1]
            else:
                return None

    def _values(
        self, provider: Provider, earlier: Sequence[tuple[str, str]], sections: tuple[Shown, ...], *, again: bool
    ) -> dict[str, Any]:
        redact = _unchanged if provider.is_built_in else self.redactor.redact
        return prompt.values(
            site=self.site.name,
            language=self.language,
            question=redact(self.question),
            earlier=[(role, redact(text)) for role, text in earlier],
            sections=sections,
            tone=self.tone,
            again=again,
            instructions="" if provider.is_built_in else self.site.instructions,
        )

    async def _open(self, provider: Provider, messages: Sequence[BaseMessage]) -> int | None:
        if provider.is_built_in:
            return None
        sent, saw = prompt.tokens(messages), prompt.saw(messages)
        return await booking.opened(self.ports.ledger, provider, self.redactor, messages, saw=saw, sent=sent)

    def _quotes_abroad(self) -> bool:
        return any(base(section.language) != base(self.language) for section in self.sections)


def _unchanged(text: str) -> str:
    """For the built-in model, which sends nothing anywhere."""
    return text


async def _sentences(chunks: AsyncIterator[AIMessageChunk]) -> AsyncIterator[Heard]:
    drafts, ended, used, size = Drafts(), "", Usage(), 0
    async for said in chunks:
        chunk = providers.fit(said)  # here: whoever listens hears sentences
        ended = why_it_ended(chunk) or ended
        if told := chunk.usage_metadata:
            used.hear(told["input_tokens"], told["output_tokens"])
        size += len(chunk.text.encode())
        so_far, says = (used.tokens_in, used.tokens_out, ended, size), bool(chunk.text.strip())
        for draft in drafts.feed(chunk.text):  # one by one: a piece may hold a megabyte of them
            yield Heard((draft,), *so_far)
        yield Heard((), *so_far, says=says)
    yield Heard(tuple(drafts.finish(whole=ended in WHOLE)), used.tokens_in, used.tokens_out, ended, size)


def _heed(heard: Heard) -> Heed:
    """What a model's timeout makes of it."""
    if heard.drafts:
        return Heed.SENTENCE
    return Heed.WORD if heard.says else Heed.NOTHING


_SENTENCES: Final[Runnable[Any, Heard]] = RunnableGenerator(_sentences)
WHOLE: Final = frozenset({"stop", "end_turn", "stop_sequence"})


def why_it_ended(chunk: AIMessageChunk) -> str:
    said = chunk.response_metadata
    return str(said.get("finish_reason") or said.get("stop_reason") or said.get("done_reason") or "")


def _is_in_the_sources_language(draft: Draft, verdict: Verdict, writing: Writing) -> bool:
    """Whether a model wrote in the language of the section where that is not the customer's."""
    theirs = base(writing.sections[verdict.n - 1].language)
    return theirs != base(writing.language) and language.detect(draft.text) == theirs


def _sentence_json(draft: Draft, verdict: Verdict) -> dict[str, Any]:
    return {
        "text": draft.text,
        "cited": list(draft.cited),
        "passed": verdict.passed,
        "why": verdict.reason,
        "section": verdict.n,
        "coverage": round(verdict.coverage, 2),
    }
