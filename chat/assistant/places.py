"""Whether a sentence keeps its source's places: who does what, what comes first, and from which amount it holds."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from chat.assistant import meanings, words
from chat.assistant.meanings import Word

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
# An amount from which, or up to which, something holds: no time of day, no range, no time within which.
_AMOUNT: Final = re.compile(
    r"\b(?:from|over|above|below|under|up to|at least|more than|less than|exceeding"
    r"|ab|über|unter|bis zu|mindestens|mehr als|weniger als"
    r"|a partir de|desde|más de|menos de|hasta|superior(?:es)? a|inferior(?:es)? a|al menos"
    r"|à partir de|dès|plus de|moins de|jusqu['’]à|au moins|supérieure?s? à|inférieure?s? à)"
    r"\s+(?:the\s+|a\s+|value\s+of\s+)?[€$£]?\s?(?P<one>\d+(?:[.,]\d+)*)(?!\d|[:.]\d|\s?(?:–|-|to|bis|a|à)\s?\d)"
    r"|[€$£]?(?P<other>\d+(?:[.,]\d+)*)\s*(?:€|%|[^\W\d_]+)?\s+(?:or|oder|o|ou|and|und|y|et)\s+"
    r"(?:more|less|above|over|mehr|weniger|darüber|más|menos|plus|moins)\b",
    re.I,
)
# An amount that is not among those for which it holds: an order of €75 is none "over €75".
_BEYOND: Final = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!\bnicht )(?<!\bpas )\b"
    r"(?:(?P<over>over|above|more than|exceeding|über|mehr als|más de|superior(?:es)? a|plus de|supérieure?s? à"
    r"|più di|oltre|superior[ei] a|mais de|acima de|meer dan|boven|över|mer än|более|больше|свыше|أكثر من)"
    r"|(?P<under>under|below|less than|fewer than|unter|weniger als|menos de|inferior(?:es)? a|moins de"
    r"|inférieure?s? à|meno di|abaixo de|minder dan|onder|mindre än|менее|меньше|أقل من))"
    r"\s+(?:(?:the|a)\s+)?(?:value\s+of\s+)?[€$£]?\s?(?P<number>\d+(?:[.,]\d+)*)",
    re.I,
)
# The time of day before or after which something has to be done ("Orders placed before 14:00").
_TIME: Final = re.compile(
    r"\b(?:(?P<before>before|until|till|by|vor|bis|antes de|hasta|avant|jusqu['’]à)|(?P<after>after|from|nach|ab"
    r"|después de|a partir de|desde|après|à partir de|dès))(?:\s+las?)?\s+"
    r"(?P<time>\d{1,2}(?:[:.]\d\d|\s?h(?:\s?\d\d)?\b))"
    r"(?!\s?(?:–|-|to|until|bis|a|à|hasta)\s?(?:las?\s)?\d)",
    re.I,
)
# Between these and the next comma stands what must have happened first, or last.
_AFTER: Final = (
    re.compile(r"\b(?:after|once|as soon as|nach(?:dem)?|sobald|después de|tras|après|dès que)\b([^,;.]*)", re.I),
    re.compile(r"\b(?:before|until|bevor|bis|antes de|hasta que|avant|jusqu)\b([^,;.]*)", re.I),
)
_WHO: Final = re.compile(
    r"\b(we|you|wir|sie|du|ihr|nosotros|usted|nous|vous)\s+(?:can|may|must|should|have to|need to|will|do|cannot"
    r"|can't|don't|kannst|können|müssen|musst|dürfen|sollten|puede|podemos|debe|debemos|pouvons|pouvez|devons|devez)\b",
    re.I,
)
# How much two sentences are one sequence of words (difflib's ratio), so that a word can be in another's place.
_ALIKE: Final = 0.5
_OURS: Final = frozenset(("we", "wir", "nosotros", "nous"))


def fault(claim: str, inside: Sequence[Word], theirs: Sequence[Word], window: str, language: str, question: str) -> str:
    """What of a sentence stands in another place than in the `window` of its source; empty where nothing does."""
    return (
        _amount_fault(claim, window, language, question)
        or _beyond_fault(claim, window, language, question)
        or _hour_fault(claim, window, language, question)
        or _time_fault(claim, window, language)
        or _who_fault(claim, window)
        or _subject_fault(inside, theirs, language)
        or _exchange_fault(claim, window, language)
    )


def _amount_fault(claim: str, window: str, language: str, question: str) -> str:
    """What holds from an amount on is said with that amount, unless the customer named it."""
    said = meanings.stems(claim, language)
    named = said | meanings.stems(question, language)
    for sentence in _SENTENCE.split(window):
        theirs = meanings.stems(sentence, language)
        if 2 * sum(meanings.has(stem, theirs, language) for stem in said) <= len(said):
            continue
        for amount in _AMOUNT.finditer(sentence):
            figure = words.number(amount["one"] or amount["other"])
            if figure not in named:
                return f"amount {figure}"
    return ""


def _beyond_fault(claim: str, window: str, language: str, question: str) -> str:
    """What holds only over or under an amount is not said of that amount itself, nor of one that was asked about."""
    said = meanings.stems(claim, language)
    ours = _beyond(claim)
    asked = meanings.figures(meanings.stems(question, language)) - {figure for _, figure in _beyond(question)}
    for sentence in _SENTENCE.split(window):
        theirs = meanings.stems(sentence, language)
        if 2 * sum(meanings.has(stem, theirs, language) for stem in said) <= len(said):
            continue
        for side, figure in _beyond(sentence) - ours:
            if figure in said | asked:
                return f"{side} {figure}"
    return ""


def _beyond(text: str) -> set[tuple[str, str]]:
    found = _BEYOND.finditer(words.shortened(text))
    return {("over" if one["over"] else "under", words.number(one["number"])) for one in found}


def _hour_fault(claim: str, window: str, language: str, question: str) -> str:
    """What holds before or after an hour is said with that hour on that side of it, unless the customer named it."""
    said, named = meanings.stems(claim, language), meanings.stems(question, language)
    ours = set(_hours(claim))
    for sentence in _SENTENCE.split(window):
        theirs = meanings.stems(sentence, language)
        if 2 * sum(meanings.has(stem, theirs, language) for stem in said) <= len(said):
            continue
        for side, hour in _hours(sentence):
            if (side, hour) not in ours and hour not in named:
                return f"{side} {hour}"
    return ""


def _hours(text: str) -> list[tuple[str, str]]:
    found = _TIME.finditer(text)
    return [("before" if one["before"] else "after", words.number(re.sub(r"\s?h.*", "", one["time"]))) for one in found]


def _time_fault(claim: str, window: str, language: str) -> str:
    """What the sentence says comes first comes first in the source too."""
    for form in _AFTER:
        ours, theirs = form.search(claim), form.search(window)
        first = meanings.read(ours[1], language)[:1] if ours else ()
        if not first or not theirs:
            continue
        there = meanings.stems(theirs[1], language)
        rest = meanings.stems(window[: theirs.start()] + window[theirs.end() :], language)
        if meanings.has(first[0].stem, rest, language) and not meanings.has(first[0].stem, there, language):
            return f"after {first[0].stem}"
    return ""


def _who_fault(claim: str, window: str) -> str:
    """Who may or must do it: "we" is not "you"."""
    ours, theirs = ({who.lower() in _OURS for who in _WHO.findall(text)} for text in (claim, window))
    return "who" if ours and theirs and not ours <= theirs else ""


def _subject_fault(inside: Sequence[Word], theirs: Sequence[Word], language: str) -> str:
    """A word from behind stands before another in the place of the one that stands there in the source."""
    places = [[at for at, word in enumerate(theirs) if meanings.same(one.stem, word.stem, language)] for one in inside]
    for number in range(1, len(inside)):
        before, at = places[number - 1], places[number]
        if not before or not at or min(before) < max(at) or at[0] == 0 or not inside[number].is_figure:
            continue
        subject = theirs[at[0] - 1]
        if subject.part != theirs[at[0]].part or subject.is_figure:
            continue
        if not any(meanings.same(subject.stem, one.stem, language) for one in inside[:number]):
            return f"instead of {subject.stem}"
    return ""


def _exchange_fault(claim: str, window: str, language: str) -> str:
    """A word that stands where the source has another, which stands elsewhere in the sentence: they changed places."""
    ours, said = _stems(claim, language), meanings.stems(claim, language)
    for sentence in (window, *_SENTENCE.split(window)):
        theirs, has = _stems(sentence, language), meanings.stems(sentence, language)
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        if matcher.ratio() < _ALIKE:
            continue
        codes = [(a, b, c, d) for kind, a, b, c, d in matcher.get_opcodes() if kind == "replace"]
        pairs = {(tuple(ours[a:b]), tuple(theirs[c:d])) for a, b, c, d in codes}
        if mutual := [one for one, other in pairs if (other, one) in pairs]:
            return f"exchanged {' '.join(min(mutual))}"
        for a, b, c, d in codes:
            here, there = said.intersection(ours[a:b]), has.intersection(theirs[c:d])
            moved = (here - there) & has
            if moved and (there - here) & said:
                return f"exchanged {min(moved)}"
    return ""


def _stems(text: str, language: str) -> list[str]:
    return [words.stem(token, meanings.base(language)) for token in words.tokens(words.shortened(text))]
