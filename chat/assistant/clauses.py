"""Whether a sentence says of one thing what its source says of another.

"Open on weekdays, closed on Sundays" has every word of "open on Sundays". So it is cut into its clauses, one for each
thing that is said, and a sentence may not take some of one clause and some of another and leave out some of both.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chat.assistant import clause_words, currencies, denials, meanings, opposites, words

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W_]+(?:['’-][^\W_]+)*")
_PAUSE: Final = r"[,;:،؛]\s+|\s+[–—-]\s+|\s*[()]\s*"
# "€75 or more" is one thing.
_MORE: Final = r"(?:more|less|above|over|mehr|weniger|darüber|más|menos|plus|moins|più|meno|mais|meer|mer)\b"
_NOUN_FIRST: Final = frozenset(("es", "fr", "it", "pt", "ar"))
_MOST: Final = 40  # clauses of a source: each is held against each
# What has no weight elsewhere, and tells two clauses apart: "turned on", "building B".
_ON: Final = re.compile(r"\b(?:is|are|be|stays?|turned|switched) (on)\b", re.I)
_LETTER: Final = re.compile(r"(?<=\w )[A-HJ-Z]\b(?!['’])")


@dataclass(frozen=True)
class Clause:
    """The stems of a clause in its own words, and of what it is about, where these stand in the one before too."""

    text: str
    own: frozenset[str]
    about: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        """All that it says."""
        return self.own | self.about


def fault(claim: str, window: str, language: str) -> str:
    """What of a sentence stands in another clause of its source than the rest of it; empty where nothing does."""
    theirs = [one for sentence in _SENTENCE.split(window) for one in of(sentence, language)][:_MOST]
    for ours, (one, other) in itertools.product(of(claim, language), itertools.permutations(theirs, 2)):
        first, second = _only(one, other, language), _only(other, one, language)
        if reason := _mixed(ours, first, second, language) or _turned(ours, one, first, language):
            return reason
    return ""


def _only(one: Clause, other: Clause, language: str) -> frozenset[str]:
    return frozenset(stem for stem in one.own - other.stems if not meanings.has(stem, other.stems, language))


def _mixed(ours: Clause, first: frozenset[str], second: frozenset[str], language: str) -> str:
    """Some of what only the one clause has, with some of what only the other has, and not all of either."""
    for only in (first, second):
        said = [meanings.has(stem, ours.stems, language) for stem in only]
        if all(said) or not any(said):
            return ""
    return f"of another clause: {min(stem for stem in second if meanings.has(stem, ours.stems, language))}"


def _turned(ours: Clause, one: Clause, only: frozenset[str], language: str) -> str:
    """All of what only this clause has, but for one word, of which it has the opposite."""
    lost = [stem for stem in only if not meanings.has(stem, ours.stems, language)]
    if len(lost) != 1 or len(only) == 1:
        return ""
    word = next((one for one in _tokens(one.text) if lost[0] in meanings.stems(one, language)), "")
    return f"opposite of {word}" if opposites.opposed(ours.text, word, language) else ""


@lru_cache(maxsize=4096)
def of(sentence: str, language: str) -> tuple[Clause, ...]:
    """The clauses of a sentence: cut where both sides say something, so that a list stays one."""
    found: list[Clause] = []
    for text in _texts(sentence, language):
        own, about = meanings.stems(text, language) | _marks(text), _about(text, language)
        if about is None:
            found.append(Clause(text, own, found[-1].about if found else frozenset()))
        else:
            found.append(Clause(text, own, about))
    return tuple(found)


def _marks(text: str) -> frozenset[str]:
    """The words without a weight that tell it from another clause."""
    return frozenset((*_ON.findall(text), *_LETTER.findall(text)))


def _texts(sentence: str, language: str) -> list[str]:
    found: list[str] = []
    for part in _joint(meanings.base(language)).split(sentence):
        if not part or not part.strip():
            continue
        if found and _says(found[-1], language) and _says(part, language, found[-1]):
            found.append(part)
        elif found:
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return found


@lru_cache(maxsize=32)
def _joint(language: str) -> re.Pattern[str]:
    listed = clause_words.AND.get(language, "")
    and_ = rf"|\s+(?:{listed})\s+(?!{_MORE})" if listed else ""
    glued = r"|\s+(?=[وف]\w{4})" if language == "ar" else ""
    return re.compile(f"{_PAUSE}{and_}{glued}", re.I)


def _says(text: str, language: str, before: str = "") -> bool:
    """Whether a part says something of something: by a verb, a state or a price, or as the part `before` it does."""
    stems = meanings.stems(text, language)
    if (
        meanings.base(language) not in clause_words.FORMS
    ):  # whose verbs we do not know: two words with a meaning are enough
        return len(stems) > 1
    if _first(text, language) is not None or _is_priced(text, language):
        return True
    return len(stems) > 1 and _is_parallel(text, stems, before, language)


def _is_priced(text: str, language: str) -> bool:
    """Whether an amount is said of the word before it: "exchanges €5", not "orders of €75"."""
    if all(unit not in currencies.CODES for _, unit in words.quantities(text)):
        return False
    pairs = itertools.pairwise(_tokens(text))
    return any(figure[0].isdigit() and meanings.stems(thing, language) for thing, figure in pairs)


def _is_parallel(text: str, stems: frozenset[str], before: str, language: str) -> bool:
    """Whether a part has a word of the one before it, or begins with its "in": "broken in A, in B under repair"."""
    begins, tokens = _tokens(text.lower())[:1], _tokens(before.lower())
    again = any(not stem[0].isdigit() for stem in stems & meanings.stems(before, language))
    return again or any(clause_words.WHERE.fullmatch(token) and token in tokens for token in begins)


def _first(text: str, language: str) -> int | None:
    """The place of the first word that says something of something."""
    tokens = _tokens(text)
    return next((at for at in range(len(tokens)) if _is_predicate(tokens, at, language)), None)


def _tokens(text: str) -> list[str]:
    """The words as they are written, for a German noun is told by its capital."""
    return _TOKEN.findall(text)


def _is_predicate(tokens: Sequence[str], at: int, language: str) -> bool:
    base, token = meanings.base(language), tokens[at]
    if (
        token.lower() in clause_words.VERBS.get(base, frozenset())
        or denials.denies(token, language)
        or opposites.is_state(token.lower(), base)
    ):
        return True
    form, beside = clause_words.FORMS.get(base), at - 1 if base in _NOUN_FIRST else at + 1
    if not form or not form.fullmatch(token) or not meanings.stems(token, language):
        return False
    # "Oversized items" are a thing: the word belongs to the noun beside it, which in Spanish stands before it.
    return not 0 <= beside < len(tokens) or not meanings.stems(tokens[beside], language)


def _about(text: str, language: str) -> frozenset[str] | None:
    """The stems of what a clause is about, before its first verb; none where it goes on about the one before."""
    tokens, first = _tokens(text), _first(text, language)
    at = 0
    if tokens and clause_words.WHERE.fullmatch(tokens[0].lower()):
        at = 1  # "In summer the pool …": what stands behind "in", up to "the"
        while at < len(tokens) and not meanings.stems(tokens[at], language):
            at += 1
        while at < len(tokens) and meanings.stems(tokens[at], language):
            at += 1
    found = meanings.stems(" ".join(tokens[at:first]), language)
    return found or None
