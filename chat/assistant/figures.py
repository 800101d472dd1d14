"""Whether a figure is of what a sentence says it is of."""

import re
from collections.abc import Sequence
from typing import Final

from chat.assistant import cases, denials, meanings, polarity, words
from chat.assistant.meanings import Word
from knowledge.stop_words import STOP_WORDS

# Words on either side of a figure among which its noun stands.
_BESIDE: Final = 3
# Words with a meaning of the shortest statement that has no figure: "the driver checks the age".
_A_STATEMENT: Final = 3
_DIGIT: Final = re.compile(r"\d")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_STATEMENTS: Final = r"[;,]\s+|\s+[–—]\s+|\b(?:and|but|while|und|aber|y|pero|et|mais)\b"
_STATEMENTS_APART: Final = re.compile(_STATEMENTS, re.I)
_FIGURES_APART: Final = re.compile(rf"{_STATEMENTS}|\b(?:or|oder|o|ou)\b", re.I)
# "…, express shipping one.": a figure too, though without its unit.
_ONE_AT_THE_END: Final = re.compile(r"\b(?:one|ein(?:e[nrs]?|s)?|un[aeo]?|uma?)\W*$", re.I)


def fault(claim: str, ours: Sequence[Word], window: str, above: frozenset[str], language: str) -> str:
    """A figure has to be of what the sentence says it is of: in one sentence, in one part of it, beside its noun."""
    claim, window = words.spelled(claim), words.spelled(window)
    for figure in (word for word in ours if word.is_figure):
        homes = [part for part in _SENTENCE.split(window) if figure.stem in meanings.stems(part, language)]
        if not any(_is_home(figure, claim, home, above, language) for home in homes):
            return f"figure {figure.stem}"
    return ""


def _is_home(figure: Word, claim: str, home: str, above: frozenset[str], language: str) -> bool:
    here = _part_with(figure.stem, claim, language)
    others = [word for word in meanings.read(here, language) if not word.is_figure]
    theirs = meanings.stems(home, language) | above
    if 2 * sum(meanings.has(word.stem, theirs, language) for word in others) <= len(others):
        return False
    if not _in_its_unit(figure.stem, claim, home) or not _beside_its_noun(figure.stem, here, home, language):
        return False
    return any(_fits(figure.stem, here, claim, part, home, language) for part in _parts(home, figure.stem, language))


def _fits(figure: str, here: str, claim: str, part: str, home: str, language: str) -> bool:
    """Whether nothing that the sentence says beside its figure belongs to another part of the source's sentence."""
    if polarity.bounds_differ(here, part):
        return False
    mine, said = meanings.stems(part, language), meanings.stems(here, language)
    if all(meanings.has(stem, said, language) for stem in mine):
        # "Parcels wait for 7 days here and for 3 there"
        mine |= meanings.stems(_DIGIT.split(home, maxsplit=1)[0], language)
    mine |= cases.condition(home, language)
    elsewhere = _elsewhere(part, home, language)
    for word in meanings.read(here, language):
        if word.is_figure or meanings.has(word.stem, mine, language):
            continue
        others = [other for other in elsewhere if meanings.has(word.stem, meanings.stems(other, language), language)]
        if others and not any(_goes_along(other, here, claim, language) for other in others):
            return False
    return True


def _elsewhere(part: str, home: str, language: str) -> list[str]:
    """The other parts of the source's sentence: those with a figure, and whole statements ("7 days here or there")."""
    figures = [one for one in _FIGURES_APART.split(home) if meanings.figures(meanings.stems(one, language))]
    return [one for one in figures if one != part] + [one for one in _STATEMENTS_APART.split(home) if part not in one]


def _goes_along(other: str, here: str, claim: str, language: str) -> bool:
    """Whether another part of the source's sentence may lend words: the sentence says all of it, or most in a part."""
    stems, said = meanings.stems(other, language), meanings.stems(claim, language)
    if meanings.figures(stems) - meanings.stems(here, language) or _ONE_AT_THE_END.search(other):
        return False
    if denials.denies(other, language) and not denials.denies(claim, language):
        return False
    return all(meanings.has(stem, said, language) for stem in stems) or _has_a_part_of(claim, stems, language)


def _has_a_part_of(claim: str, stems: frozenset[str], language: str) -> bool:
    """Whether the sentence joins to its figure's statement another, which has nothing but most of these words."""
    parts = [meanings.stems(part, language) for part in _STATEMENTS_APART.split(claim)]
    return any(
        len(said) >= _A_STATEMENT
        and 3 * len(said) >= 2 * len(stems)
        and all(meanings.has(stem, stems, language) for stem in said)
        for said in parts
    )


def _parts(home: str, figure: str, language: str) -> list[str]:
    return [part for part in _FIGURES_APART.split(home) if figure in meanings.stems(part, language)]


def _part_with(figure: str, claim: str, language: str) -> str:
    """The part of the sentence that has the figure; the whole where it has no other figure."""
    if len({word.stem for word in meanings.read(claim, language) if word.is_figure}) < 2:
        return claim
    return next((part for part in _FIGURES_APART.split(claim) if figure in meanings.stems(part, language)), claim)


def _in_its_unit(figure: str, claim: str, home: str) -> bool:
    """Whether the figure has a unit there that it has here too, or no unit in one of the two."""
    ours, theirs = ({unit for number, unit in words.quantities(text) if number == figure} for text in (claim, home))
    return not (ours and theirs) or "" in ours | theirs or ours <= theirs


def _beside_its_noun(figure: str, here: str, home: str, language: str) -> bool:
    """Whether the next word after the figure stands near it in the source too."""
    ours, tokens = (words.tokens(words.shortened(text)) for text in (here, home))
    theirs = [words.stem(token, language) for token in tokens]
    stop = STOP_WORDS.get(meanings.base(language), frozenset())
    nouns = [
        words.stem(ours[at + 1], language)
        for at, token in enumerate(ours[:-1])
        if words.stem(token, language) == figure and ours[at + 1] not in stop and not ours[at + 1][0].isdigit()
    ]
    for noun in nouns:
        near = [
            set(theirs[max(0, at - _BESIDE) : at + _BESIDE + 1]) for at, stem in enumerate(theirs) if stem == figure
        ]
        if not any(meanings.has(noun, frozenset(stems), language) for stems in near):
            return False
    return True
