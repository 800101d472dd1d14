"""What the assistant is handed: the site's settings, and the few things outside that it may use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, NotRequired, Protocol, Self, TypedDict
from urllib.parse import urlsplit

from chat.assistant.doing.action import Act, cannot_act
from chat.assistant.doing.procedure import Procedures
from chat.assistant.routing.verdict import Routing
from chat.assistant.tiers import Tiers
from chat.signals.dialogue import Said
from chat.signals.feeling import Feeling
from chat.weighing import Policy


class Passage(Protocol):
    """A section that was found (`knowledge.search.Passage`)."""

    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def collection_title(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def section_id(self) -> int: ...
    @property
    def version(self) -> int: ...


class Found(Protocol):
    """What a search brought (`knowledge.search.Found`): `probability` that these passages answer the question.

    From `enough` on it counts as answerable on the site.
    """

    @property
    def passages(self) -> Sequence[Passage]: ...
    @property
    def probability(self) -> float: ...
    @property
    def enough(self) -> float: ...
    @property
    def embed_ms(self) -> float: ...
    @property
    def search_ms(self) -> float: ...
    @property
    def shelf(self) -> str: ...
    @property
    def searched(self) -> str: ...


class Search(Protocol):
    """Finds passages for (question, language, region, what was asked before where the question leans on it)."""

    def __call__(self, question: str, language: str, region: str, before: str, /) -> Awaitable[Found]: ...


class ApprovedAnswer(Protocol):
    """Fixed wording for a question (`knowledge.approved.Approved`)."""

    @property
    def text(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def date(self) -> str: ...


class FindApproved(Protocol):
    """The approved answer to (question, language, region), where there is one."""

    def __call__(self, question: str, language: str, region: str, /) -> Awaitable[ApprovedAnswer | None]: ...


async def _none_approved(question: str, language: str, region: str, /) -> None:
    """Where nobody has approved anything."""


class Saw(TypedDict):
    """What a model saw of a conversation: the question, and (role, text) of the lines before it.

    `purpose` is there where it was for something else than an answer.
    """

    question: str
    earlier: list[tuple[str, str]]
    purpose: NotRequired[Literal["translation", "search"]]


class Ledger(Protocol):
    """The record of what leaves the machine: a row is open before the first byte goes."""

    async def open(
        self,
        *,
        provider: str,
        model: str,
        redactions: dict[str, int],
        digest: str,
        saw: Saw,
        tier: str = "",
        reserve: int = 0,
    ) -> int | None:
        """A new row; None, and nothing may be sent, where the day's budget does not allow the call.

        `redactions` counts what was taken out by kind, `digest` is the SHA-256 of what is sent. `saw` is what was sent
        of the customer's words, with placeholders. `reserve` is the most that the call may cost (chat/prices.py).
        """
        ...

    async def close(
        self, row: int, *, tokens_in: int, tokens_out: int, outcome: str, cost: int = 0, other_cost: int = 0
    ) -> None:
        """How the call ended, what it cost, and what it would have with the other tier."""
        ...


class Feel(Protocol):
    """Reads how a customer feels from (question, the lines of both sides, language)."""

    def __call__(self, question: str, lines: Sequence[Said], language: str, /) -> Awaitable[Feeling]: ...


async def unfelt(question: str, lines: Sequence[Said], language: str, /) -> Feeling:
    """For a question outside any conversation: nobody's mood is read."""
    return Feeling()


async def unrouted() -> None:
    """For a site without intents."""


async def no_procedures() -> Procedures:
    """For a site without any."""
    return Procedures()


class Alike(Protocol):
    """How alike a sentence is to others, across languages: a cosine by e5 each; None where nobody can tell."""

    def __call__(self, text: str, others: Sequence[str], /) -> Awaitable[Sequence[float] | None]: ...


async def cannot_compare(text: str, others: Sequence[str], /) -> None:
    """Where no model reads every language: a sentence in another language than its section is never sure."""


def _today() -> date:
    """Where no site says in which time zone it is."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Ports:
    """The world of one turn. `routing` is how the site routes, None where it has no intents.

    `procedures` are the owner's, and their actions, by the intent that begins them. `today` is the site's own day.
    """

    search: Search
    ledger: Ledger
    clock: Callable[[], float]
    approved: FindApproved = _none_approved
    feel: Feel = unfelt
    routing: Callable[[], Awaitable[Routing | None]] = unrouted
    procedures: Callable[[], Awaitable[Procedures]] = no_procedures
    act: Act = cannot_act
    today: Callable[[], date] = _today
    alike: Alike = cannot_compare


class _Site(Protocol):
    id: int
    key: str
    name: str
    locale: str
    url: str
    origins: list[str]
    kindness: str
    order_numbers: list[str]
    escalation_threshold: float
    reason_weights: dict[str, float]
    mood_threshold: float
    alarm_words: list[str]
    sensitive_topics: list[str]
    sensitive_words: list[str]
    value_from: float | None
    value_rule: str
    instructions: str


class _Environment(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def model_url(self) -> str: ...
    @property
    def model_fallbacks(self) -> tuple[str, ...]: ...
    @property
    def model_timeout(self) -> float: ...
    @property
    def embeddings(self) -> str: ...
    @property
    def reranker(self) -> str: ...


@dataclass(frozen=True)
class SiteView:
    """What the assistant needs to know of a site.

    `model` and `fallbacks` are `init_chat_model` strings, none meaning the built-in model; `timeout` is in seconds, for
    the first word and between two; `embeddings` names models of the owner's choice that read questions. With `kindness`
    a short line that fits the customer's mood goes before an answer, `by_halves` only in one half of the conversations.
    `order_numbers` are the forms of the site's (supportsite/redaction/orders.py), `policy` says when a person is
    called. `tiers` is None where the site has none: then `model` answers. `instructions` are the owner's words for a
    model, below our own rules.
    """

    id: int
    key: str
    name: str
    locale: str
    hosts: tuple[str, ...]
    model: str = ""
    fallbacks: tuple[str, ...] = ()
    model_url: str = field(default="", repr=False)
    timeout: float = 20.0
    embeddings: str = ""
    kindness: bool = True
    by_halves: bool = False
    order_numbers: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)
    tiers: Tiers | None = None
    instructions: str = ""

    @classmethod
    def of(cls, site: _Site, environment: _Environment) -> Self:
        """The view of a row of `sites` under the owner's settings."""
        addresses = [urlsplit(address).hostname or "" for address in (site.url, *site.origins)]
        return cls(
            id=site.id,
            key=site.key,
            name=site.name,
            locale=site.locale,
            hosts=tuple(sorted({host for host in addresses if host})),
            model=environment.model,
            fallbacks=tuple(environment.model_fallbacks),
            model_url=environment.model_url,
            timeout=environment.model_timeout,
            embeddings=environment.embeddings or environment.reranker,
            kindness=site.kindness != "off",
            by_halves=site.kindness == "half",
            order_numbers=tuple(site.order_numbers),
            policy=Policy.of(site),
            instructions=site.instructions,
        )
