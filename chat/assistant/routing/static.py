"""The static strategy: keyword rules in the owner's order; the first that fits names the intent."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from chat.folding import UNSPACED

# What is read of a message: rules look for what somebody asks, not through a log that they pasted.
_READ: Final = 2000
# A word ends where no further letter follows; beside a script without spaces nobody can tell, so it may end anywhere.
_EDGE_BEFORE: Final = rf"(?<![^\W{UNSPACED}])"
_EDGE_BEHIND: Final = rf"(?![^\W{UNSPACED}])"


@dataclass(frozen=True)
class Rule:
    """Fits a text that has one of `any`, all of `all` and none of `none`.

    These are whole words or phrases, where the script puts spaces between words; a * at the end stands for any ending.
    """

    intent: str
    any: Sequence[str] = ()
    all: Sequence[str] = ()
    none: Sequence[str] = ()
    number: int = field(default=0, compare=False)

    def fits(self, text: str) -> tuple[str, ...]:
        """The words that made it fit; empty where it does not."""
        if not (self.any or self.all) or any(word.search(text) for word in self._none):
            return ()
        every = [word.search(text) for word in self._all]
        some = [found for word in self._any if (found := word.search(text))]
        if not all(every) or (self.any and not some):
            return ()
        return tuple(found[0].casefold() for found in [*every, *some] if found)

    @cached_property
    def _any(self) -> list[re.Pattern[str]]:
        return [_word(word) for word in self.any]

    @cached_property
    def _all(self) -> list[re.Pattern[str]]:
        return [_word(word) for word in self.all]

    @cached_property
    def _none(self) -> list[re.Pattern[str]]:
        return [_word(word) for word in self.none]


@dataclass(frozen=True)
class Hit:
    """The rule that fits, and the words by which it does."""

    rule: Rule
    words: tuple[str, ...]


def first(rules: Iterable[Rule], text: str) -> Hit | None:
    """The first rule that fits."""
    read = " ".join(text[:_READ].split())
    hits = (Hit(rule, words) for rule in rules if (words := rule.fits(read)))
    return next(hits, None)


def _word(written: str) -> re.Pattern[str]:
    """What an owner writes is no expression: nothing in it but the * at the end has a meaning."""
    words = " ".join(written.split())
    ending = r"\w*" if words.endswith("*") else ""
    return re.compile(rf"{_EDGE_BEFORE}{re.escape(words.removesuffix('*'))}{ending}{_EDGE_BEHIND}", re.I)
