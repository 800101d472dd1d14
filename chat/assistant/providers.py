"""The only file that names LangChain's chat models and knows how each of them fails."""

# ruff: noqa: PLC0415 (vendors are slow to import: `_load` does it, once, and only where one is configured)

import asyncio
import contextlib
import itertools
import logging
import os
import random
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk

from chat.assistant import prompt
from chat.assistant.extractive import NAME, ExtractiveChat
from chat.assistant.ports import SiteView
from chat.assistant.prompt import Shown
from chat.assistant.tiers import Tier
from chat.prices import Stop

Item = TypeVar("Item")

MOST_TOKENS: Final = 600
BUILT_IN: Final = NAME
# Those that say why they stopped: a stream of theirs that ends without a word was cut.
_SAYS_WHY: Final = frozenset({"openai", "anthropic", "ollama"})
_SENTENCE_LASTS: Final = 2  # timeouts
_CLOSES_S: Final = 2.0
_WORTH_WAITING: Final = 1.5  # seconds; who asks for more is not waited for
# What no database and no encoding takes: NUL, and halves of a character.
_UNFIT: Final = re.compile("[\0\ud800-\udfff]")
_jitter: Final = random.Random()  # noqa: S311 (spreads retries, keeps no secret)
_numbers: Final = itertools.count(1)
_loops: Final = WeakKeyDictionary[asyncio.AbstractEventLoop, int]()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Provider:
    """A chat model, and how it is called in the ledger and in traces. `tier` is the one that it is asked as."""

    name: str
    model: str
    chat: BaseChatModel
    tier: Tier | None = None

    @property
    def called(self) -> str:
        """Its name with its model's, as a setting writes it."""
        return f"{self.name}:{self.model}"

    @property
    def breaker(self) -> str:
        """What the circuit breaker knows it by: the same model at another address is another."""
        return f"{self.called} {self.tier.url}" if self.tier and self.tier.url else self.called

    @property
    def is_built_in(self) -> bool:
        """Whether it runs in this process, so that nothing leaves the machine."""
        return self.name == BUILT_IN

    @property
    def says_why_it_stopped(self) -> bool:
        """Whether a whole answer of it always ends with a reason."""
        return self.name in _SAYS_WHY


class ProviderFailed(Exception):
    """A provider did not answer. `outcome` is for the ledger, `wait` the seconds after which it may, None for never."""

    def __init__(self, outcome: str, detail: str, wait: float | None = None) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.wait = wait


class BadModel(Exception):
    """TANDEM_MODEL or TANDEM_MODEL_FALLBACKS names something that cannot be used; the message says why."""


def chain(site: SiteView, order: Sequence[Tier] = ()) -> tuple[Provider, ...]:
    """The providers of a site in the order in which they are asked: its tiers as in `order`, then every site's models.

    The built-in one is always the last, and the only one where the day's budget is spent. A tier that cannot be used is
    left out: a row in the admin must not stop a turn.
    """
    if site.tiers and site.tiers.stop is Stop.HARD:
        return (_built_in(),)
    tiered = [found for tier in order if (found := _usable(tier))]
    known = {one.breaker for one in tiered}
    named = [name for name in (site.model, *site.fallbacks) if name]
    others = [_provider(name, _url(name, site), site.timeout, _loop()) for name in named]
    return (*tiered, *(one for one in others if one.breaker not in known), _built_in())


def of_tier(tier: Tier) -> Provider:
    """The model of a tier. Raises BadModel."""
    vendor = tier.model.partition(":")[0]
    made = _provider(tier.model, tier.url, tier.timeout, _loop(), tier.key, tier.context if vendor == "ollama" else 0)
    return replace(made, tier=tier)


def needs_redaction(site: SiteView) -> bool:
    """Whether anything may leave the machine."""
    return bool(site.model or site.fallbacks or site.embeddings or site.tiers)


def warm(site: SiteView | None = None) -> None:
    """Load what a first answer needs before a customer waits for it; with a site, its models too. Raises BadModel."""
    section = Shown(1, "Returns", "", "en", "You can return unused items within 45 days of delivery.")
    values = prompt.values(
        site="", language="en", question="How long can I return it?", earlier=[], sections=[section], again=False
    )
    _built_in().chat.invoke(prompt.PROMPT.format_messages(**values))
    if site is not None:
        chain(site, tuple(site.tiers.by_name.values()) if site.tiers else ())


@cache
def warm_forms() -> None:
    """Load what OpenAI's client asks for a form with (1 s and 21 MB): where a model names intents, and once."""
    _load()
    import openai.resources.beta  # noqa: F401


class Heed(Enum):
    """What an item of a stream is to whoever waits: spaces are nothing."""

    NOTHING = "nothing"
    WORD = "word"
    SENTENCE = "sentence"


async def listen(
    stream: AsyncIterator[Item],
    *,
    provider: Provider,
    timeout: float,  # noqa: ASYNC109
    heed: Callable[[Item], Heed],
    until: float = float("inf"),
) -> AsyncGenerator[Item]:
    """The items of a model's stream. Raises ProviderFailed.

    It has `timeout` seconds for the first word and between two, twice as long for a sentence, and the event loop's time
    `until` for all: one that drips is left.
    """
    failures: tuple[type[Exception], ...] = () if provider.is_built_in else (*_load().failures, *_NONSENSE)
    now = asyncio.get_running_loop().time
    word_by, sentence_by = now() + timeout, now() + _SENTENCE_LASTS * timeout
    failed: ProviderFailed | None = None
    try:
        while failed is None:
            try:
                async with asyncio.timeout_at(min(word_by, sentence_by, until)):
                    item = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise ProviderFailed("timeout", f"no word within {timeout:g} s, or no sentence in time") from error
            except failures as error:
                failed = _failure(error)
                continue
            item = fit(item)
            yield item
            if (heeded := heed(item)) is not Heed.NOTHING:
                word_by = now() + timeout
            if heeded is Heed.SENTENCE:
                sentence_by = now() + _SENTENCE_LASTS * timeout
        # Not from within: the error's traceback would hold the adapter's open streams until a garbage collection, in
        # whichever thread, finds them.
        raise failed
    finally:
        if isinstance(stream, AsyncGenerator):
            with contextlib.suppress(TimeoutError):  # whoever drips may drip while it is closed
                async with asyncio.timeout(_CLOSES_S):
                    await stream.aclose()


def fit(item: Item) -> Item:
    """A piece of what a model says, with a sign for each that is no character; anything else as it is."""
    if not isinstance(item, AIMessageChunk):
        return item
    content, calls = _fit(item.content), _fit(item.tool_call_chunks)
    if content == item.content and calls == item.tool_call_chunks:
        return item
    return item.model_copy(update={"content": content, "tool_call_chunks": calls})


def _fit(said: Any) -> Any:
    if isinstance(said, str):
        return _UNFIT.sub("\ufffd", said)
    if isinstance(said, dict):
        return {key: _fit(value) for key, value in said.items()}
    return [_fit(value) for value in said] if isinstance(said, list) else said


def _url(name: str, site: SiteView) -> str:
    """TANDEM_MODEL_URL is where TANDEM_MODEL is served; a fallback of another vendor is not asked there."""
    first = site.model or site.fallbacks[0]
    return site.model_url if name.partition(":")[0] == first.partition(":")[0] else ""


def _usable(tier: Tier) -> Provider | None:
    try:
        return of_tier(tier)
    except BadModel as error:
        _log.warning("the %s tier cannot be used: %s", tier.name, error)
        return None


@cache
def _built_in() -> Provider:
    return Provider(BUILT_IN, "extractive", ExtractiveChat())


def _loop() -> int:
    """The number of the running event loop, 0 where none runs."""
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return 0
    if running not in _loops:
        _loops[running] = next(_numbers)
    return _loops[running]


@lru_cache(maxsize=64)
def _provider(name: str, url: str, timeout: float, loop: int, key: str | None = None, context: int = 0) -> Provider:
    vendor, colon, model = name.partition(":")
    if not (vendor and colon and model):
        raise BadModel(f"{name}: write it as vendor:model, such as openai:gpt-4o-mini")
    vendors = _load()
    refusals: tuple[type[Exception], ...] = (ValueError, ImportError, *vendors.others)
    try:
        return Provider(vendor, model, vendors.make(name, **_options(vendor, url, timeout, loop, key, context)))
    except refusals as error:
        raise BadModel(f"{name}: {error}") from error


def _options(vendor: str, url: str, timeout: float, loop: int, key: str | None, context: int) -> dict[str, Any]:
    """What a vendor's client is made with. Its own timeout comes after ours, so that ours is the one that is told.

    A tier's own address gets its `key` or none; the vendor's key goes to the vendor and to TANDEM_MODEL_URL alone.

    The adapters share connections between clients of one address and timeout, across event loops, where they break: so
    each loop has a timeout of its own, by a microsecond.
    """
    later = timeout + 5 + loop * 1e-6
    options: dict[str, Any] = {"max_tokens": MOST_TOKENS, "timeout": later, "max_retries": 0}
    if vendor == "ollama":
        options = {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": later}}
        if context:
            options["num_ctx"] = context  # or Ollama cuts what is longer than its default, and says nothing
        if url and key:
            options["client_kwargs"]["headers"] = {"Authorization": f"Bearer {key}"}
    if url:
        options["base_url"] = url
    if vendor == "openai":
        options["stream_usage"] = True  # with another address than the vendor's it has to be asked for
        if url and key is None and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # servers of one's own want none, the client insists
    if url and key is not None and vendor != "ollama":
        options["api_key"] = key or "none"
    return options


@dataclass(frozen=True)
class _Vendors:
    """What the vendors' packages give: the maker of a chat model, and their errors by what these mean."""

    make: Callable[..., BaseChatModel]
    limits: tuple[type[Exception], ...]
    statuses: tuple[type[Exception], ...]
    network: tuple[type[Exception], ...]
    others: tuple[type[Exception], ...]

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """All of them."""
        return (*self.limits, *self.statuses, *self.network, *self.others)


@cache
def _load() -> _Vendors:
    """Import what is slow to import (2 s and 55 MB), once, and only where a provider is configured."""
    import anthropic
    import httpx
    import httpx2
    import ollama
    import openai
    from langchain.chat_models import init_chat_model

    return _Vendors(
        make=init_chat_model,
        limits=(openai.RateLimitError, anthropic.RateLimitError),
        statuses=(openai.APIStatusError, anthropic.APIStatusError, ollama.ResponseError),
        network=(
            openai.APIConnectionError,
            anthropic.APIConnectionError,
            httpx.HTTPError,
            httpx.StreamError,
            httpx2.HTTPError,
            httpx2.StreamError,
            ConnectionError,
        ),
        others=(openai.OpenAIError, anthropic.AnthropicError),
    )


# What the adapters raise over an answer that is not in the form they expect.
_NONSENSE: Final = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError)


def _failure(error: Exception) -> ProviderFailed:
    failed = _judged(error)
    # Not the error's own text: a provider may repeat the customer's words in it. The turn's trace has it.
    _log.warning("a provider failed: %s (%s)", failed.outcome, type(error).__name__)
    return failed


def _judged(error: Exception) -> ProviderFailed:
    detail = _UNFIT.sub("\ufffd", f"{type(error).__name__}: {str(error)[:200]}")
    vendors = _load()
    if isinstance(error, vendors.statuses):
        status = int(getattr(error, "status_code", 0))
        if status == 429 or isinstance(error, vendors.limits):
            return ProviderFailed("rate_limited", detail, _wait(error))
        return ProviderFailed(f"status_{status}", detail, _soon() if status >= 500 else None)
    if isinstance(error, vendors.network):
        return ProviderFailed("unreachable", detail, _soon())
    return ProviderFailed("nonsense", detail)


def _wait(error: Exception) -> float | None:
    """How long a 429 asks us to wait, where that is short enough to do so."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    if not asked:
        return _soon()
    try:
        seconds = float(asked)
    except ValueError:  # a date, or nonsense
        return None
    return max(0.0, seconds) + _soon() if seconds <= _WORTH_WAITING else None


def _soon() -> float:
    return _jitter.uniform(0.1, 0.4)
