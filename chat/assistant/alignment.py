"""Whether one sentence of a section, or two neighbours, say all of what a sentence says: word by word, in one language.

`grounding` asks how much is covered; this asks what is not. A model that writes of a neighbouring thing has most of its
words right, so one word that has no counterpart is enough. docs/provider-path.md has the rules with their figures.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from chat.assistant import cases, clauses, denials, figures, meanings, modality, places, polarity, words
from chat.assistant.meanings import Word
from chat.assistant.prompt import Shown
from chat.assistant.spans import Span, is_row

# Positions of words with a meaning between two that stand side by side in the sentence.
_FAR: Final = 5
# One of so many words of the source's sentence may go unsaid where another comes from its title.
_MOST_LOST: Final = 3
# How much a sentence and its source are one sequence of words (difflib's ratio), so that places can be compared.
_MUCH_ALIKE: Final = 0.5
_FEW: Final = 3
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_SENTENCE_OR_HEADING: Final = re.compile(r"(?<=[.!?:])\s+")
_FOR_ALL: Final = re.compile(
    r"\b(?:only|always|all|every|everyone|everything|any|anyone|both|nur|immer|alle[nrms]?|jede[nrms]?|beide\w*|solo|sólo"
    r"|solamente|siempre|tod[oa]s?|amb[oa]s|seulement|uniquement|toujours|tous|toutes?|chaque)\b",
    re.I,
)
_ONLY: Final = re.compile(r"\b(?:only|nur|solo|sólo|solamente|seulement|uniquement)\b", re.I)
_ORDERED: Final = re.compile(r"\b(?:than|instead|rather|als|statt|anstatt|que|en lugar|en vez|au lieu|plutôt)\b", re.I)
# What stands before a verb rather than before the noun that an adjective belongs to.
_BEFORE_A_VERB: Final = re.compile(
    r"(?:\w+n't|you|we|i|they|it|he|she|can|cannot|may|must|shall|should|will|would|could|to|not|please|never|and|or|then"
    r"|sie|wir|ich|man|es|kann|können|dürfen|muss|müssen|sollten|bitte|nicht|zu|und|oder"
    r"|usted|ustedes|nosotros|puede|pueden|debe|deben|no|y|o|se|te|le"
    r"|vous|nous|on|je|il|elle|pouvez|peut|devez|doit|pas|et|ou|ne)"
)
# "Grand Hotel: Are the rooms …": a model that writes the title of its section again.
_TITLE_AGAIN: Final = re.compile(
    r"[^.!?]{3,80}: (?:are|is|do|does|can|may|will|what|which|how|where|when|who|why|sind|ist|kann|gibt|wie|was|wo|wann"
    r"|¿|hay|qué|cómo|cuándo|dónde|est-ce|comment|quand|où|quel\w*)\b",
    re.I,
)
_NOUN_FIRST: Final = frozenset(("es", "fr", "it", "pt"))


def fault(text: str, section: Shown, pieces: Sequence[Span], *, question: str = "") -> str:
    """What of `text` no sentence of the section and no two neighbours say; empty where all of it is said."""
    if text.rstrip().endswith("?") or _TITLE_AGAIN.match(text):
        return "question"
    claim = polarity.YES_OR_NO.sub("", text)
    whole = _whole_fault(claim, section, pieces, question)
    if not whole:
        return ""
    parts = [part for part in cases.JOINT.split(claim) if part.strip()]
    long_enough = len(parts) > 1 and all(len(meanings.read(part, section.language)) >= 3 for part in parts)
    if long_enough and not any(_whole_fault(part, section, pieces, question) for part in parts):
        return ""
    return whole


def _whole_fault(claim: str, section: Shown, pieces: Sequence[Span], question: str) -> str:
    language = section.language
    ours = meanings.read(claim, language)
    few = 4 if ":" in claim else 2  # "Tent: Korrel 2" is the beginning of a row
    if len(ours) < few or len(words.tokens(claim)) < 3:
        return "fragment"
    above = meanings.stems(f"{section.title} {section.heading}", language)
    nearest, least = "nothing", -1
    for window in _windows(pieces, section.heading):
        reason = _fault(claim, ours, window, above, language, question)
        if not reason:
            return ""
        shared = sum(meanings.has(word.stem, meanings.stems(window, language), language) for word in ours)
        if shared > least:
            nearest, least = reason, shared
    return nearest


def _windows(pieces: Sequence[Span], heading: str) -> Iterator[str]:
    """Each piece, then each two neighbours of one paragraph; an item of a list under its heading."""
    last = heading.rpartition(" › ")[2]
    for piece in pieces:
        yield f"{last}: {piece.text}" if piece.is_item and last else piece.text
    for one, other in itertools.pairwise(pieces):
        if one.line == other.line:
            yield f"{one.text} {other.text}"


def _fault(claim: str, ours: Sequence[Word], window: str, above: frozenset[str], language: str, question: str) -> str:
    theirs = meanings.read(window, language)
    stems = frozenset(word.stem for word in theirs)
    inside = [word for word in ours if meanings.has(word.stem, stems, language)]
    if strange := [
        word.stem
        for word in ours
        if word not in inside and (word.is_figure or not meanings.has(word.stem, above, language))
    ]:
        return f"word {strange[0]}"
    if 2 * len(inside) <= len(ours):
        return "beside"
    return (
        _lent_fault(claim, ours, window, language)
        or _denial_fault(claim, ours, window, language)
        or modality.fault(claim, window, language)
        or figures.fault(claim, ours, window, above, language)
        or _order_fault(claim, inside, theirs, language, is_row=is_row(window))
        or _modifier_fault(inside, theirs, above, language, question)
        or _quantifier_fault(claim, window, language, question)
        or cases.fault(claim, ours, window, above, language, question)
        or places.fault(claim, inside, theirs, window, language, question)
        or ("" if is_row(window) else clauses.fault(claim, window, language))
    )


def _lent_fault(claim: str, ours: Sequence[Word], window: str, language: str) -> str:
    """A word that only a title or a neighbour lends may be added to a sentence, not put in the place of its own.

    "A new phone number must be confirmed" from "A new e-mail address must be confirmed", under "E-mail and phone".
    """
    said = frozenset(word.stem for word in ours)
    nearest = meanings.stems(meanings.nearest(claim, _SENTENCE.split(window), language), language)
    for part in _SENTENCE.split(window):  # a neighbour that is said too
        stems = meanings.stems(part, language)
        if 3 * sum(meanings.has(stem, said, language) for stem in stems) >= 2 * len(stems):
            nearest |= stems
    lent = [word.stem for word in ours if not meanings.has(word.stem, nearest, language)]
    lost = [stem for stem in nearest if not meanings.has(stem, said, language)]
    if lent and _MOST_LOST * len(lost) > len(nearest):
        return f"lent {lent[0]}"
    return _instead(claim, ours, window, language) or _crossed(ours, window, language)


def _crossed(ours: Sequence[Word], window: str, language: str) -> str:
    """What two neighbours say comes in their order: the end of the first behind the second makes another sentence."""
    parts = [meanings.stems(part, language) for part in _SENTENCE.split(window)]
    if len(parts) != 2:
        return ""
    homes = [[meanings.has(word.stem, stems, language) for stems in parts] for word in ours]
    first = [at for at, home in enumerate(homes) if home == [True, False]]
    second = [at for at, home in enumerate(homes) if home == [False, True]]
    return "crossed" if first and second and first[-1] > second[0] else ""


def _instead(claim: str, ours: Sequence[Word], window: str, language: str) -> str:
    """A word that stands where the source's sentence, which reads much like this one, has one of its own."""
    tokens = _token_stems(claim, language)
    said = frozenset(word.stem for word in ours)
    for part in _SENTENCE.split(window):
        theirs, has = _token_stems(part, language), meanings.stems(part, language)
        lent = frozenset(stem for stem in said if not meanings.has(stem, has, language))
        lost = frozenset(stem for stem in has if not meanings.has(stem, said, language))
        matcher = SequenceMatcher(None, tokens, theirs, autojunk=False)
        if not lent or matcher.ratio() < _MUCH_ALIKE:
            continue
        for kind, a, b, c, d in matcher.get_opcodes():
            instead = lent.intersection(tokens[a:b]) if kind == "replace" else frozenset[str]()
            held = _held(tokens, theirs, a, b, c, d)
            if instead and (held == 2 or (held and lost.intersection(theirs[c:d]))):
                return f"instead {min(instead)}"
    return ""


def _token_stems(text: str, language: str) -> list[str]:
    """The stem of every word, in order."""
    return [words.stem(token, meanings.base(language)) for token in words.tokens(words.shortened(text))]


def _held(ours: Sequence[str], theirs: Sequence[str], a: int, b: int, c: int, d: int) -> int:
    """On how many sides of both pieces the same stands: a word, or the sentence's beginning or end."""
    before = ours[a - 1 : a] == theirs[c - 1 : c] if a and c else a == c
    behind = ours[b : b + 1] == theirs[d : d + 1]
    return before + behind


def _denial_fault(claim: str, ours: Sequence[Word], window: str, language: str) -> str:
    """A sentence that has next to all words of its source has as many denials."""
    said = frozenset(word.stem for word in ours)
    whole = [
        part for part in _SENTENCE_OR_HEADING.split(window) if _mostly(meanings.stems(part, language), said, language)
    ]
    there = sum(denials.count(polarity.YES_OR_NO.sub("", part), language) for part in whole)
    return "denials" if whole and denials.count(claim, language) != there else ""


def _mostly(stems: frozenset[str], said: frozenset[str], language: str) -> bool:
    return bool(stems) and 5 * sum(meanings.has(stem, said, language) for stem in stems) >= 4 * len(stems)


def _order_fault(claim: str, inside: Sequence[Word], theirs: Sequence[Word], language: str, *, is_row: bool) -> str:
    """Two words side by side in the sentence stand near each other in the source; a comparison in the same order."""
    found = [[at for at, word in enumerate(theirs) if meanings.same(one.stem, word.stem, language)] for one in inside]
    for (one, here), (other, there) in itertools.pairwise(zip(inside, found, strict=True)):
        near = [(a, b) for a in here for b in there if abs(a - b) <= _FAR]
        if len(inside) <= _FEW and not is_row:  # a sentence of two or three words is easily put together from two
            near = [(a, b) for a, b in near if theirs[a].part == theirs[b].part]
        if not near:
            return f"apart {one.stem} {other.stem}"
    if _ORDERED.search(claim):
        first = [here[0] for here in found]
        if first != sorted(first):
            return "order"
    return ""


def _modifier_fault(
    inside: Sequence[Word], theirs: Sequence[Word], above: frozenset[str], language: str, question: str
) -> str:
    """The word beside one of the sentence's is left out wherever that one stands: "unused items" became "items"."""
    said = frozenset(word.stem for word in inside) | above | meanings.stems(question, language)
    for one in inside:
        found = [at for at, word in enumerate(theirs) if meanings.same(one.stem, word.stem, language)]
        lost = [_lost(at, theirs, said, language) for at in found]
        if not one.is_figure and all(lost):
            return f"without {lost[0]}"
    return ""


def _lost(at: int, theirs: Sequence[Word], said: frozenset[str], language: str) -> str:
    """What belongs to the word at a place of the source and is not said: the stem before it, in Spanish behind it."""
    first = at if meanings.base(language) in _NOUN_FIRST else at - 1
    if not 0 <= first < len(theirs) - 1:
        return ""
    left, right = theirs[first], theirs[first + 1]
    word = right if first == at else left
    if right.place != left.place + 1 or right.opens or word.is_figure or meanings.has(word.stem, said, language):
        return ""
    is_noun = meanings.base(language) == "de" and word.is_name
    return "" if is_noun or _BEFORE_A_VERB.fullmatch(left.before) else word.stem


def _quantifier_fault(claim: str, window: str, language: str, question: str) -> str:
    """All, always and only have to be the source's; what may be done only so must not become what may be done."""
    nearest = meanings.nearest(claim, _SENTENCE.split(window), language)
    if strange := _quantifiers(claim) - _quantifiers(nearest):
        return f"for all: {min(strange)}"
    said = meanings.stems(claim, language) | meanings.stems(question, language)
    for only in _ONLY.finditer(nearest):
        behind = meanings.read(nearest[only.end() :], language)
        before = meanings.read(nearest[: only.start()], language)
        focus = (*behind[:1], *before[-1:])[:1]
        if not _ONLY.search(claim) and focus and not meanings.has(focus[0].stem, said, language):
            return "only"
    return ""


def _quantifiers(text: str) -> frozenset[str]:
    return frozenset(words.stem(found.lower(), "en") for found in _FOR_ALL.findall(text))
