"""What a turn yields, in the order in which it happens. The last step is an Answer, a Handoff or a Silence.

The text of the deltas only grows: the Answer's text begins with all of them, whatever provider took over in between
(docs/decisions/an-answer-only-grows.md).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from chat.triggers import Reason

Answered = Literal["answer", "clarify", "unknown", "action"]
Json = dict[str, Any]
# Why a person is offered where the customer may want one and did not say so: once a case.
UNSURE: Final = "unsure"


@dataclass(frozen=True)
class Doing:
    """A short phrase for the customer, in their language, on what is being done."""

    phrase: str


@dataclass(frozen=True)
class Delta:
    """Checked text to append."""

    text: str


@dataclass(frozen=True)
class Source:
    """A section that the answer cites as `[n]`; `quote` is its words that cover what was said."""

    n: int
    title: str
    url: str
    section: str
    quote: str
    language: str
    date: str


@dataclass(frozen=True)
class Answer:
    """What the assistant says; with `offers`, the reason for it, a person is offered after it; with `person`, called.

    `procedure` is where the conversation stands in one from now on (doing/procedure.py), {} where one has ended, None
    where nothing changes; `names` are people's whom servers named on the way. `asks`: a colleague may
    be asked what it does not know.
    """

    text: str
    sources: tuple[Source, ...]
    answered: Answered
    language: str
    trace: Json
    offers: str = ""
    person: tuple[Reason, ...] = ()
    procedure: Json | None = None
    asks: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handoff:
    """A person is needed; comes before any Delta."""

    reasons: tuple[Reason, ...]
    trace: Json


@dataclass(frozen=True)
class Silence:
    """There is nothing to answer."""

    trace: Json


Step = Doing | Delta | Answer | Handoff | Silence
