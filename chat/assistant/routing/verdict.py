"""What routing decides with, and what it decides: kinds of intent, a site's routing, and the verdict on a question."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chat.assistant.routing.static import Rule
from chat.prices import TierName

if TYPE_CHECKING:  # it loads numpy, which a process without a search does not need
    from chat.learned.intents import Judged


class Strategy(StrEnum):
    """How a site has the intent found."""

    STATIC = "static"
    DYNAMIC = "dynamic"
    TASK = "task"


class Kind(StrEnum):
    """What a question of an intent needs."""

    ARTICLES = "articles"
    SMALL_TALK = "small_talk"
    COMPLAINT = "complaint"
    ACCOUNT = "account"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Sample:
    """An intent as a model is told of it."""

    name: str
    about: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Routing:
    """A site's routing. `judge` asks the classifier in use, for a text in a language; `tiers` are those of intents.

    With `by` that tier's model names the intent wherever no rule does, and is told of the `samples`.
    """

    strategy: Strategy
    kinds: Mapping[str, Kind]
    rules: Sequence[Rule] = ()
    judge: Callable[[str, str], "Awaitable[Judged]"] | None = None
    tiers: Mapping[str, TierName] = field(default_factory=dict)
    by: TierName | None = None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The intent of a question (empty: none found) and its kind; only one that is `sure` may change what is done.

    `certain`: it is so far from all intents that no article need be looked for.
    """

    intent: str = ""
    kind: Kind = Kind.ARTICLES
    sure: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = False
