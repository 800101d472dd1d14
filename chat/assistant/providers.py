"""The only file that names LangChain's chat models and knows how each of them fails."""

import asyncio
import logging
import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Final, TypeVar

from langchain_core.language_models import BaseChatModel

from chat.assistant.extractive import NAME, ExtractiveChat
from chat.assistant.ports import SiteView

Item = TypeVar("Item")

MOST_TOKENS: Final = 600
BUILT_IN: Final = NAME
# Those that say why they stopped: a stream of theirs that ends without a word was cut.
_SAYS_WHY: Final = frozenset({"openai", "anthropic", "ollama"})
_WORTH_WAITING: Final = 1.5  # seconds; who asks for more is not waited for
_jitter: Final = random.Random()  # noqa: S311 (spreads retries, keeps no secret)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Provider:
    """A chat model, and how it is called in the ledger and in traces."""

    name: str
    model: str
    chat: BaseChatModel

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


def chain(site: SiteView) -> tuple[Provider, ...]:
    """The providers of a site in the order in which they are asked; the built-in one is always the last."""
    named = [name for name in (site.model, *site.fallbacks) if name]
    return (*(_provider(name, site.model_url, site.timeout) for name in named), _built_in())


def warm(site: SiteView | None = None) -> None:
    """Load what a first answer needs, so that the first customer does not wait for it. Raises BadModel."""
    if site is not None:
        chain(site)


async def listen(stream: AsyncIterator[Item], *, timeout: float) -> AsyncIterator[Item]:  # noqa: ASYNC109
    """The items of a model's stream; `timeout` seconds for the first and between two. Raises ProviderFailed."""
    vendors = _load() if _loaded() else None
    while True:
        try:
            async with asyncio.timeout(timeout):
                item = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise ProviderFailed("timeout", f"no word within {timeout:g} s") from error
        except _errors(vendors) as error:
            raise _failure(error, vendors) from error
        yield item


@cache
def _built_in() -> Provider:
    return Provider(BUILT_IN, "extractive", ExtractiveChat())


@cache
def _provider(name: str, url: str, timeout: float) -> Provider:
    vendor, _, model = name.partition(":")
    options: dict[str, Any] = {"max_tokens": MOST_TOKENS, "timeout": timeout, "max_retries": 0}
    if vendor == "ollama":
        options = {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": timeout}}
    if url:
        options["base_url"] = url
    if vendor == "openai":
        options["stream_usage"] = True  # with another address than the vendor's it has to be asked for
        if url and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # servers of one's own want none, the client insists
    try:
        chat = _load().init_chat_model(name, **options)
    except (ValueError, ImportError) as error:
        raise BadModel(f"{name}: {error}") from error
    return Provider(vendor, model or name, chat)


@cache
def _load() -> SimpleNamespace:
    """Import what is slow to import (2 s), once, and only where a provider is configured."""
    import anthropic  # noqa: PLC0415
    import httpx  # noqa: PLC0415
    import httpx2  # noqa: PLC0415
    import ollama  # noqa: PLC0415
    import openai  # noqa: PLC0415
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    return SimpleNamespace(
        init_chat_model=init_chat_model,
        limits=(openai.RateLimitError, anthropic.RateLimitError),
        statuses=(openai.APIStatusError, anthropic.APIStatusError, ollama.ResponseError),
        network=(
            openai.APIConnectionError, anthropic.APIConnectionError, httpx.HTTPError, httpx.StreamError,
            httpx2.HTTPError, httpx2.StreamError, ConnectionError,
        ),
        others=(openai.OpenAIError, anthropic.AnthropicError),
    )  # fmt: skip


def _loaded() -> bool:
    return _load.cache_info().currsize > 0


# What the adapters raise over an answer that is not in the form they expect.
_NONSENSE: Final = (ValueError, TypeError, LookupError, AttributeError, RuntimeError)


def _errors(vendors: SimpleNamespace | None) -> tuple[type[Exception], ...]:
    if vendors is None:
        return ()
    return (*vendors.limits, *vendors.statuses, *vendors.network, *vendors.others, *_NONSENSE)


def _failure(error: Exception, vendors: SimpleNamespace | None) -> ProviderFailed:
    detail = f"{type(error).__name__}: {str(error)[:200]}"
    _log.warning("a provider failed: %s", detail)
    if vendors and isinstance(error, vendors.statuses):
        status = int(getattr(error, "status_code", 0))
        if status == 429 or isinstance(error, vendors.limits):
            return ProviderFailed("rate_limited", detail, _wait(error))
        return ProviderFailed(f"status_{status}", detail, _soon() if status >= 500 else None)
    if vendors and isinstance(error, vendors.network):
        return ProviderFailed("unreachable", detail, _soon())
    return ProviderFailed("nonsense", detail)


def _wait(error: Exception) -> float | None:
    """How long a 429 asks us to wait, where that is short enough to do so."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    if not asked:
        return _soon()
    seconds = float(asked) if asked.replace(".", "", 1).isdigit() else _WORTH_WAITING + 1
    return seconds + _soon() if seconds <= _WORTH_WAITING else None


def _soon() -> float:
    return _jitter.uniform(0.1, 0.4)
