"""Whether one sentence of a section, or two neighbours, say all of what a sentence says: word by word, in one language.

`grounding` asks how much is covered; this asks what is not. A model that writes of a neighbouring thing has most of its
words right, so one word that has no counterpart is enough. docs/provider-path.md has the rules with their figures.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from chat.assistant import polarity, words
from chat.assistant.prompt import Shown
from chat.assistant.spans import Span, is_row
from chat.assistant.synonyms import LIGHT, lines_of
from knowledge.stop_words import STOP_WORDS

# Positions of words with a meaning between two that stand side by side in the sentence.
_FAR: Final = 5
# One of so many words of the source's sentence may go unsaid where another comes from its title.
_MOST_LOST: Final = 3
# How much a sentence and its source are one sequence of words (difflib's ratio), so that places can be compared.
_MUCH_ALIKE: Final = 0.5
_FEW: Final = 3
# Words on either side of a figure among which its noun stands.
_BESIDE: Final = 3
_JOINT: Final = re.compile(
    r"\s*;\s+|,\s+(?:and|but|so|while|whereas|und|aber|sondern|während|y|pero|mientras|et|mais|tandis que)\s+", re.I
)
_PAUSES: Final = frozenset(",;:!?()–—.-")
_PAUSE: Final = re.compile(r"((?<=\s)[–—-](?=\s)|[,;:!?–—.](?=\s)|[()])")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_SENTENCE_OR_HEADING: Final = re.compile(r"(?<=[.!?:])\s+")
_FIGURES_APART: Final = re.compile(
    r"[;,]\s+|\s+[–—]\s+|\b(?:and|or|but|while|und|oder|aber|y|o|pero|et|ou|mais)\b", re.I
)
_FOR_ALL: Final = re.compile(
    r"\b(?:only|always|all|every|everyone|everything|any|anyone|both|nur|immer|alle[nrms]?|jede[nrms]?|beide\w*|solo|sólo"
    r"|solamente|siempre|tod[oa]s?|amb[oa]s|seulement|uniquement|toujours|tous|toutes?|chaque)\b",
    re.I,
)
_ONLY: Final = re.compile(r"\b(?:only|nur|solo|sólo|solamente|seulement|uniquement)\b", re.I)
_CONDITION: Final = re.compile(
    r"\b(?:if|when|unless|except|provided|once|as long as|wenn|falls|sofern|außer|sobald|solange|si|cuando|salvo"
    r"|excepto|siempre que|quand|lorsque|sauf|à condition|dès que)\b",
    re.I,
)
# With what a sentence may begin that holds only in some case: "After six wrong passwords, …".
_FIRST_OF_ALL: Final = re.compile(
    r"(?:after|before|during|for|in|on|at|with|without|until|from|since|outside|above|below|under|over|as|to"
    r"|nach|vor|während|für|in|im|an|am|bei|beim|mit|ohne|bis|ab|seit|außerhalb|über|unter|zu|zum|zur"
    r"|tras|después|antes|durante|para|en|con|sin|hasta|desde|fuera|por|a"
    r"|après|avant|pendant|pour|en|dans|à|au|avec|sans|jusqu|depuis|hors|chez)\b(?=[^,.]{3,70},)",
    re.I,
)
_EITHER: Final = re.compile(r"\b(?:and|or|und|oder|y|o|et|ou)\b", re.I)
_EXCEPTION: Final = re.compile(r"\b(?:unless|except|außer|salvo|excepto|sauf|à moins)\b", re.I)
_CAPITAL: Final = re.compile(r"\b[^\W\d_a-zà-ÿ][^\W\d_]+")
_DIGIT: Final = re.compile(r"\d")
_ORDERED: Final = re.compile(r"\b(?:than|instead|rather|als|statt|anstatt|que|en lugar|en vez|au lieu|plutôt)\b", re.I)
_YES_OR_NO: Final = re.compile(r"^\W*(?:yes|no|ja|nein|sí|oui|non)\s*[,.:;!–—]\s*", re.I)
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
# "Check out" is not "check in", and "take-out" is one word.
_WAYS: Final = frozenset(("out", "off", "up", "down"))
_BOUND: Final = re.compile(r"\bup to(?=\s+[€$£]?\d)", re.I)  # `polarity` reads it
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-‑](?=[^\W\d_])")
_NOUN_FIRST: Final = frozenset(("es", "fr", "it", "pt"))


@dataclass(frozen=True)
class _Word:
    """A word with a meaning: its stem, its place among all words, and what stands before it, if no pause does.

    `part` is its place among the parts between colons, semicolons and full stops, `is_name`: it
    has a capital and does not need one there.
    """

    stem: str
    place: int
    part: int
    before: str
    opens: bool
    is_name: bool

    @property
    def is_figure(self) -> bool:
        return self.stem[0].isdigit()


def fault(text: str, section: Shown, pieces: Sequence[Span], *, question: str = "") -> str:
    """What of `text` no sentence of the section and no two neighbours say; empty where all of it is said."""
    if text.rstrip().endswith("?") or _TITLE_AGAIN.match(text):
        return "question"
    claim = _YES_OR_NO.sub("", text)
    whole = _whole_fault(claim, section, pieces, question)
    if not whole:
        return ""
    parts = [part for part in _JOINT.split(claim) if part.strip()]
    long_enough = len(parts) > 1 and all(len(_words(part, section.language)) >= 3 for part in parts)
    if long_enough and not any(_whole_fault(part, section, pieces, question) for part in parts):
        return ""
    return whole


def answers_yes_or_no(text: str, question: str, language: str) -> bool:
    """Whether the "Yes" or "No" before a claim answers the question: the claim says what was asked, or its denial."""
    answer = _YES_OR_NO.match(text)
    if not answer:
        return True
    claim = text[answer.end() :]
    asked, said = _stems(question, language), _stems(claim, language)
    shared = [stem for stem in asked if _in(stem, said, language)]
    of_all = 5 * len(shared) >= 3 * len(asked) or (len(shared) > 1 and 2 * len(shared) >= len(said))
    if not shared or not of_all or polarity.denies(question, language):
        return False
    if any(f"un{one}" in said or one.removeprefix("un") in said - {one} for one in asked):
        return False
    if polarity.opposed(claim, question, language):
        return False
    no = answer.group().strip(" ,.:;!–—").lower() in ("no", "nein", "non")
    return polarity.denies(claim, language) is no


def without_yes_or_no(text: str) -> str:
    """`text` without the word before its claim; empty where that was all."""
    rest = _YES_OR_NO.sub("", text)
    return rest[:1].upper() + rest[1:]


def _whole_fault(claim: str, section: Shown, pieces: Sequence[Span], question: str) -> str:
    language = section.language
    ours = _words(claim, language)
    few = 4 if ":" in claim else 2  # "Tent: Korrel 2" is the beginning of a row
    if len(ours) < few or len(words.tokens(claim)) < 3:
        return "fragment"
    above = _stems(f"{section.title} {section.heading}", language)
    nearest, least = "nothing", -1
    for window in _windows(pieces, section.heading):
        reason = _fault(claim, ours, window, above, language, question)
        if not reason:
            return ""
        shared = sum(_in(word.stem, _stems(window, language), language) for word in ours)
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


def _fault(claim: str, ours: Sequence[_Word], window: str, above: frozenset[str], language: str, question: str) -> str:
    theirs = _words(window, language)
    stems = frozenset(word.stem for word in theirs)
    inside = [word for word in ours if _in(word.stem, stems, language)]
    if strange := [
        word.stem for word in ours if word not in inside and (word.is_figure or not _in(word.stem, above, language))
    ]:
        return f"word {strange[0]}"
    if 2 * len(inside) <= len(ours):
        return "beside"
    return (
        _lent_fault(claim, ours, window, language)
        or _denial_fault(claim, ours, window, language)
        or _figure_fault(claim, ours, window, above, language)
        or _order_fault(claim, inside, theirs, language, is_row=is_row(window))
        or _modifier_fault(inside, theirs, above, language, question)
        or _quantifier_fault(claim, window, language, question)
        or _condition_fault(claim, ours, window, above, language, question)
    )


def _lent_fault(claim: str, ours: Sequence[_Word], window: str, language: str) -> str:
    """A word that only a title or a neighbour lends may be added to a sentence, not put in the place of its own.

    "A new phone number must be confirmed" from "A new e-mail address must be confirmed", under "E-mail and phone".
    """
    said = frozenset(word.stem for word in ours)
    nearest = _stems(_nearest(claim, window, language), language)
    for part in _SENTENCE.split(window):  # a neighbour that is said too
        stems = _stems(part, language)
        if 3 * sum(_in(stem, said, language) for stem in stems) >= 2 * len(stems):
            nearest |= stems
    lent = [word.stem for word in ours if not _in(word.stem, nearest, language)]
    lost = [stem for stem in nearest if not _in(stem, said, language)]
    if lent and _MOST_LOST * len(lost) > len(nearest):
        return f"lent {lent[0]}"
    return _instead(claim, ours, window, language) or _crossed(ours, window, language)


def _crossed(ours: Sequence[_Word], window: str, language: str) -> str:
    """What two neighbours say comes in their order: the end of the first behind the second makes another sentence."""
    parts = [_stems(part, language) for part in _SENTENCE.split(window)]
    if len(parts) != 2:
        return ""
    homes = [[_in(word.stem, stems, language) for stems in parts] for word in ours]
    first = [at for at, home in enumerate(homes) if home == [True, False]]
    second = [at for at, home in enumerate(homes) if home == [False, True]]
    return "crossed" if first and second and first[-1] > second[0] else ""


def _instead(claim: str, ours: Sequence[_Word], window: str, language: str) -> str:
    """A word that stands where the source's sentence, which reads much like this one, has one of its own."""
    tokens = _token_stems(claim, language)
    said = frozenset(word.stem for word in ours)
    for part in _SENTENCE.split(window):
        theirs, has = _token_stems(part, language), _stems(part, language)
        lent = frozenset(stem for stem in said if not _in(stem, has, language))
        lost = frozenset(stem for stem in has if not _in(stem, said, language))
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
    return [words.stem(token, _base(language)) for token in words.tokens(words.shortened(text))]


def _held(ours: Sequence[str], theirs: Sequence[str], a: int, b: int, c: int, d: int) -> int:
    """On how many sides of both pieces the same stands: a word, or the sentence's beginning or end."""
    before = ours[a - 1 : a] == theirs[c - 1 : c] if a and c else a == c
    behind = ours[b : b + 1] == theirs[d : d + 1]
    return before + behind


def _denial_fault(claim: str, ours: Sequence[_Word], window: str, language: str) -> str:
    """A sentence that has next to all words of its source has as many denials."""
    said = frozenset(word.stem for word in ours)
    whole = [part for part in _SENTENCE_OR_HEADING.split(window) if _mostly(_stems(part, language), said, language)]
    there = sum(polarity.denials(part, language) for part in whole)
    return "denials" if whole and polarity.denials(claim, language) != there else ""


def _mostly(stems: frozenset[str], said: frozenset[str], language: str) -> bool:
    return bool(stems) and 5 * sum(_in(stem, said, language) for stem in stems) >= 4 * len(stems)


def _figure_fault(claim: str, ours: Sequence[_Word], window: str, above: frozenset[str], language: str) -> str:
    """A figure has to be of what the sentence says it is of: in one sentence, in one part of it, beside its noun."""
    for figure in (word for word in ours if word.is_figure):
        homes = [part for part in _SENTENCE.split(window) if figure.stem in _stems(part, language)]
        if not any(_is_home(figure, claim, home, above, language) for home in homes):
            return f"figure {figure.stem}"
    return ""


def _is_home(figure: _Word, claim: str, home: str, above: frozenset[str], language: str) -> bool:
    here = _part_with(figure.stem, claim, language)
    others = [word for word in _words(here, language) if not word.is_figure]
    theirs = _stems(home, language) | above
    if 2 * sum(_in(word.stem, theirs, language) for word in others) <= len(others):
        return False
    if not _beside_its_noun(figure.stem, here, home, language):
        return False
    return any(_fits(figure.stem, here, part, home, language) for part in _parts(home, figure.stem, language))


def _fits(figure: str, here: str, part: str, home: str, language: str) -> bool:
    """Whether nothing that the sentence says beside its figure belongs to another figure of the source's sentence."""
    if polarity.bounds_differ(here, part):
        return False
    mine, said = _stems(part, language), _stems(here, language)
    if all(_in(stem, said, language) for stem in mine):
        mine |= _stems(_DIGIT.split(home, maxsplit=1)[0], language)  # "Parcels wait for 7 days here and for 3 there"
    elsewhere = [_stems(other, language) for other in _FIGURES_APART.split(home) if other and other not in part]
    figures_here = {word.stem for word in _words(here, language) if word.is_figure}
    for word in _words(here, language):
        if word.is_figure or _in(word.stem, mine, language):
            continue
        others = [stems for stems in elsewhere if _in(word.stem, stems, language)]
        if others and all(_figures(stems) - figures_here for stems in others):
            return False
    return True


def _parts(home: str, figure: str, language: str) -> list[str]:
    return [part for part in _FIGURES_APART.split(home) if figure in _stems(part, language)]


def _part_with(figure: str, claim: str, language: str) -> str:
    """The part of the sentence that has the figure; the whole where it has no other figure."""
    if len({word.stem for word in _words(claim, language) if word.is_figure}) < 2:
        return claim
    return next((part for part in _FIGURES_APART.split(claim) if figure in _stems(part, language)), claim)


def _beside_its_noun(figure: str, here: str, home: str, language: str) -> bool:
    """Whether the next word after the figure stands near it in the source too."""
    ours, theirs = words.tokens(here), [words.stem(token, language) for token in words.tokens(home)]
    stop = STOP_WORDS.get(_base(language), frozenset())
    nouns = [
        words.stem(ours[at + 1], language)
        for at, token in enumerate(ours[:-1])
        if words.stem(token, language) == figure and ours[at + 1] not in stop and not ours[at + 1][0].isdigit()
    ]
    for noun in nouns:
        near = [
            set(theirs[max(0, at - _BESIDE) : at + _BESIDE + 1]) for at, stem in enumerate(theirs) if stem == figure
        ]
        if not any(_in(noun, frozenset(stems), language) for stems in near):
            return False
    return True


def _order_fault(claim: str, inside: Sequence[_Word], theirs: Sequence[_Word], language: str, *, is_row: bool) -> str:
    """Two words side by side in the sentence stand near each other in the source; a comparison in the same order."""
    places = [[at for at, word in enumerate(theirs) if _same(one.stem, word.stem, language)] for one in inside]
    for (one, here), (other, there) in itertools.pairwise(zip(inside, places, strict=True)):
        near = [(a, b) for a in here for b in there if abs(a - b) <= _FAR]
        if len(inside) <= _FEW and not is_row:  # a sentence of two or three words is easily put together from two
            near = [(a, b) for a, b in near if theirs[a].part == theirs[b].part]
        if not near:
            return f"apart {one.stem} {other.stem}"
    if _ORDERED.search(claim):
        first = [here[0] for here in places]
        if first != sorted(first):
            return "order"
    return ""


def _modifier_fault(
    inside: Sequence[_Word], theirs: Sequence[_Word], above: frozenset[str], language: str, question: str
) -> str:
    """The word beside one of the sentence's is left out wherever that one stands: "unused items" became "items"."""
    said = frozenset(word.stem for word in inside) | above | _stems(question, language)
    for one in inside:
        places = [at for at, word in enumerate(theirs) if _same(one.stem, word.stem, language)]
        lost = [_lost(at, theirs, said, language) for at in places]
        if not one.is_figure and all(lost):
            return f"without {lost[0]}"
    return ""


def _lost(at: int, theirs: Sequence[_Word], said: frozenset[str], language: str) -> str:
    """What belongs to the word at a place of the source and is not said: the stem before it, in Spanish behind it."""
    first = at if _base(language) in _NOUN_FIRST else at - 1
    if not 0 <= first < len(theirs) - 1:
        return ""
    left, right = theirs[first], theirs[first + 1]
    word = right if first == at else left
    if right.place != left.place + 1 or right.opens or word.is_figure or _in(word.stem, said, language):
        return ""
    is_noun = _base(language) == "de" and word.is_name
    return "" if is_noun or _BEFORE_A_VERB.fullmatch(left.before) else word.stem


def _quantifier_fault(claim: str, window: str, language: str, question: str) -> str:
    """All, always and only have to be the source's; what may be done only so must not become what may be done."""
    nearest = _nearest(claim, window, language)
    if strange := _quantifiers(claim) - _quantifiers(nearest):
        return f"for all: {min(strange)}"
    said = _stems(claim, language) | _stems(question, language)
    for only in _ONLY.finditer(nearest):
        behind, before = _words(nearest[only.end() :], language), _words(nearest[: only.start()], language)
        focus = (*behind[:1], *before[-1:])[:1]
        if not _ONLY.search(claim) and focus and not _in(focus[0].stem, said, language):
            return "only"
    return ""


def _nearest(claim: str, window: str, language: str) -> str:
    """Of two neighbours the one that has more of the sentence's words; both where they share them."""
    said, parts = _stems(claim, language), _SENTENCE.split(window)
    counts = [sum(_in(stem, _stems(part, language), language) for stem in said) for part in parts]
    return " ".join(part for part, count in zip(parts, counts, strict=True) if count == max(counts))


def _quantifiers(text: str) -> frozenset[str]:
    return frozenset(words.stem(found.lower(), "en") for found in _FOR_ALL.findall(text))


def _condition_fault(
    claim: str, ours: Sequence[_Word], window: str, above: frozenset[str], language: str, question: str
) -> str:
    """What holds only in some case is said with that case, unless the customer asked about it."""
    said = frozenset(word.stem for word in ours)
    known = said | above | _stems(question, language)
    for sentence in _SENTENCE.split(window):
        cases, main = _condition(sentence, language)
        own = main - frozenset[str]().union(*cases)
        if not cases or not any(_in(stem, said, language) for stem in own):
            continue
        if _EXCEPTION.search(sentence) and not _EXCEPTION.search(claim):
            return "exception"
        if not any(_is_told(case, known, language) for case in cases):
            return "condition"
    return ""


def _is_told(condition: frozenset[str], known: frozenset[str], language: str) -> bool:
    return 2 * sum(_in(stem, known, language) for stem in condition) >= len(condition)


@lru_cache(maxsize=4096)
def _condition(sentence: str, language: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The stems of a sentence's case ("if …", "After six wrong passwords, …"), and of the rest.

    A case that names several ("on Sundays and holidays") is several, of which one is enough; no case, no stems.
    """
    found = _CONDITION.search(sentence)
    if found and sentence[: found.start()].strip(" ,–—"):  # what comes behind "if" up to the next comma
        case, _, after = sentence[found.end() :].partition(",")
        return _cases(case, language), _stems(f"{sentence[: found.start()]} {after}", language)
    start = found or _FIRST_OF_ALL.match(sentence)
    case, comma, main = sentence[start.end() :].partition(",") if start else ("", "", "")
    return (_cases(case, language), _stems(main, language)) if comma else ((), frozenset())


def _cases(case: str, language: str) -> tuple[frozenset[str], ...]:
    found = [_stems(part, language) for part in _EITHER.split(case)]
    return tuple(stems for stems in found if stems)


@lru_cache(maxsize=8192)
def _words(text: str, language: str) -> tuple[_Word, ...]:
    base = _base(language)
    idle = (STOP_WORDS.get(base, frozenset()) | LIGHT.get(base, frozenset())) - _WAYS
    found: list[_Word] = []
    place = 0
    capitals = {name.lower() for name in _CAPITAL.findall(text)}
    part = 0
    for segment in _PAUSE.split(_HYPHEN.sub("", _BOUND.sub("", words.shortened(text)))):
        if segment in _PAUSES:
            part += segment != ","
            continue
        before = ""
        for token in words.tokens(segment):
            stem = words.stem(token, base)
            if stem[0].isdigit() or (token not in idle and len(token) > 1):
                found.append(_Word(stem, place, part, before, not before, bool(before) and token in capitals))
            before, place = token, place + 1
    return tuple(found)


@lru_cache(maxsize=8192)
def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(word.stem for word in _words(text, language))


def _figures(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for stem in stems if stem[0].isdigit())


def _in(stem: str, stems: frozenset[str], language: str) -> bool:
    return stem in stems or any(_same(stem, other, language) for other in stems)


@lru_cache(maxsize=65536)
def _same(one: str, other: str, language: str) -> bool:
    """One stem, two forms of a word, or two words of one line of ours."""
    if one == other:
        return True
    if one[0].isdigit() or other[0].isdigit():
        return False
    if not lines_of(one, language).isdisjoint(lines_of(other, language)):
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
