"""What care notices of articles, before it is kept as a row: two looks at the same texts notice the same."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .models import Article, FindingKind


@dataclass(frozen=True)
class Noticed:
    """One finding. `sides` are the texts that it follows from: where one changes, it is another finding.

    `detail` is shown, with what is in it as the kind has it: for a pair `here` and `there`, each with `heading`,
    `quote` and, where figures differ, `said`.
    """

    kind: FindingKind
    article: Article
    sides: Sequence[str]
    anchor: str = ""
    other: Article | None = None
    other_anchor: str = ""
    target: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name, by which it is found again."""
        parts = [self.kind, str(self.article.pk), str(self.other.pk if self.other else ""), self.target, *self.sides]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Side:
    """One side of a pair: where it stands, its words, and the figures in them."""

    article: Article
    quote: str
    anchor: str = ""
    heading: str = ""
    said: str = ""

    @property
    def detail(self) -> dict[str, str]:
        """What is shown of it."""
        return {"heading": self.heading, "quote": self.quote, "said": self.said}


def pair(kind: FindingKind, one: Side, another: Side, sides: Sequence[str] = ()) -> Noticed:
    """Two places that do not go together, the older article's first: the same from whichever one looks."""
    here, there = sorted((one, another), key=lambda side: side.article.pk)
    return Noticed(
        kind,
        here.article,
        sides or (here.quote, there.quote),
        anchor=here.anchor,
        other=there.article,
        other_anchor=there.anchor,
        detail={"here": here.detail, "there": there.detail},
    )
