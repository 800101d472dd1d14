"""Whether two texts say yes and no to the same thing: denials, opposites, bounds of a figure, and who pays.

A small model that is given the right article says the opposite in a quarter of its answers; this is the simple check.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chat.assistant import denials, meanings, opposites, words

YES_OR_NO: Final = re.compile(r"^\W*(?:yes|no|ja|nein|sí|oui|non)\s*(?:[,:;!–—]|\.(?!\s*\d))\s*", re.I)
_UPPER: Final = (
    r"within|up to|until|before|at most|no more than|under|below|less than|fewer than|maximum(?: of)?"
    r"|innerhalb(?: von)?|bis(?: zu)?|binnen|höchstens|maximal|unter|weniger als"
    r"|hasta|dentro de|antes de|como máximo|menos de|en un plazo de"
    r"|jusqu['’]à|dans(?: les| un délai de)?|sous|avant|au plus|moins de|maximum"
)
_LOWER: Final = (
    r"after|from|at least|more than|over|above|longer than|minimum(?: of)?|starting(?: at| from)?"
    r"|nach|ab|mindestens|mehr als|über"
    r"|después de|desde|a partir de|al menos|más de|mínimo"
    r"|après|à partir de|dès|au moins|plus de|minimum"
)
_BOUND: Final = re.compile(
    rf"\b(?:(?P<upper>{_UPPER})|(?P<lower>{_LOWER}))\s+(?:the\s+|den\s+|los\s+|les\s+)?[€$£]?\s?"
    r"(?P<number>\d+(?:[.,]\d+)*)",
    re.I,
)
_OR_MORE: Final = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)\s*(?:€|\w+)?\s+(?:or|oder|o|ou)\s+"
    r"(?:(?P<lower>more|mehr|más|plus)|(?P<upper>less|weniger|menos|moins))",
    re.I,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_CONTRAST: Final = re.compile(
    r"\b(?:but|unless|except|although|whereas|while|however|because|if|when|since"
    r"|aber|sondern|außer|jedoch|während|weil|wenn|falls|pero|sino|salvo|excepto|mientras|porque|si|cuando"
    r"|mais|sauf|tandis que|cependant|parce que|quand|lorsque)\b",
    re.I,
)
# "in the garden, in the restaurant however not": what is denied stands before the word of contrast.
_DENIED_BEFORE: Final = re.compile(
    r",\s*([^,.;:]{1,80}?)\s+(aber|jedoch|hingegen|dagegen|allerdings|however|though|en cambio)\s*,?\s*"
    r"(nicht|nie|kein\w*|not|no)\b",
    re.I,
)
# "…, but not in the restaurant", "…, not to islands": no verb of its own, so the clause before lends it its words.
_ELIDED: Final = re.compile(
    r"(?:,|\b(?:but|and|aber|sondern|jedoch|und|pero|y|sino|mais|et))\s+(?P<denied>(?:not|never|nicht|nie|no|nunca|pas|jamais"
    r"|non)\s+(?!only\b|just\b|nur\b|solo\b|sólo\b|solamente\b|seulement\b|uniquement\b)"
    r"|(?:no|kein\w*|ning\w+|aucune?)\s+|(?=[^,;.!?:]{2,60}?\s(?:not|nicht|no|non|pas)\s*(?:[.!?;]|$)))"
    r"(?P<what>[^,;.!?:–—()]+)",
    re.I,
)
_CLAUSE: Final = re.compile(r"\s*[;:–—()]\s*|,\s+(?:and|so|und|also|y|así que|et|donc)\b", re.I)
# Clauses that are as near to a sentence as the nearest one, or almost; chosen on benchmarks/check.py.
_NEAR: Final = 0.9
# What stands for something that the clause before has named; in Spanish the verb alone does.
_PRONOUN: Final = re.compile(
    r"\b(?:they|them|their|it|its|these|those|this|both|sie|er|es|ihn|ihm|ihnen|diese[mnrs]?|dies|ell[oa]s?|est[aeo]s?|lo"
    r"|las?|los|ils?|elles?|ce(?:la|tte|s)?|les?|leur|essi|esse|questi|eles?|elas?|ze|deze|dit|het)\b"
    r"|^\s*(?:no\s+|não\s+|non\s+)?(?:se|si|pueden?|deben?|son|es|están?|tienen?|hay|possono|sono|podem|são)\b",
    re.I,
)
_WITH: Final = re.compile(r"\b(?:with|mit|con|avec)\s+(?P<what>\w+(?:\s+\w+){0,2})", re.I)
_WITHOUT: Final = re.compile(r"\b(?:without|ohne|sin|sans)\s+(?P<what>\w+(?:\s+\w+){0,2})", re.I)
_PAYS: Final = re.compile(
    r"\b(?:(?P<we>we|wir|nosotros|nous)|(?P<you>you|sie|usted|vous|customer|kunde|cliente|client))\b[^.;]{0,40}?"
    r"\b(?:pay|cover|bear|refund|zahlen|bezahlen|tragen|übernehmen|erstatten|paga|pagamos|payez|payons)",
    re.I,
)


def differs(
    text: str, source: Sequence[str], language: str, *, section: Sequence[str] = (), title: str = "", heading: str = ""
) -> str:
    """Why `text` says another thing than the pieces of `source`, which have its words; empty where it does not.

    What it affirms or denies is held against all pieces of the `section`, where that is given, with
    its title and its heading.
    """
    everything = " ".join(source)
    if bounds_differ(text, everything):
        return "bound"
    if _payer_differs(text, everything):
        return "payer"
    if _company_differs(text, everything, language):
        return "opposite_word"
    theirs = [clause for piece in section or source for clause in _clauses(piece, language)]
    ours = _clauses(text, language)
    for clause in ours:
        if reason := _clause_differs(clause, theirs, language):
            return reason
    for clause in ours:
        if _home_differs(clause, ours, theirs, title, heading, language):
            return "opposite"
    return ""


@dataclass(frozen=True)
class _Clause:
    """A clause and the stems of its words. Of one without a verb, `own` are those that the one before does not lend."""

    said: str
    stems: frozenset[str]
    own: frozenset[str] = frozenset()

    def like(self, stems: frozenset[str]) -> float:
        """How near it is to a clause of these words."""
        return 0.0 if self.own and self.own.isdisjoint(stems) else likeness(self.stems, stems)


def _clause_differs(clause: _Clause, theirs: Sequence[_Clause], language: str) -> str:
    best = [other.said for other in _nearest(clause, theirs)]
    if any(denials.denies(source, language) != denials.denies(clause.said, language) for source in best):
        return "opposite"
    return "opposite_word" if best and all(opposites.opposed(clause.said, source, language) for source in best) else ""


def _nearest(clause: _Clause, theirs: Sequence[_Clause]) -> list[_Clause]:
    alike = [(other.like(clause.stems), other) for other in theirs]
    nearest = max((likeness for likeness, _ in alike), default=0.0)
    return [other for likeness, other in alike if likeness >= _NEAR * nearest > 0]


def _home_differs(
    clause: _Clause, ours: Sequence[_Clause], theirs: Sequence[_Clause], title: str, heading: str, language: str
) -> bool:
    """Whether a clause that alone has a word of this one says no where it says yes, or yes where it says no.

    A long clause is not near to a short one: "cats" may stand only in "Large dogs and cats are not permitted in …".
    """
    near, says_no = _nearest(clause, theirs), denials.denies(clause.said, language)
    meant = [one for one, other in itertools.pairwise(theirs) if other in near and _PRONOUN.search(other.said)]
    for home in _homes(clause, theirs, meanings.stems(f"{title} {heading}", language), language) if near else ():
        under_heading = heading and home.said.startswith(heading)  # which may say no of its own
        differs = denials.denies(home.said, language) != says_no
        if differs and home not in meant and not under_heading and not _is_said(home, ours, language):
            return True
    return False


def _homes(clause: _Clause, theirs: Sequence[_Clause], above: frozenset[str], language: str) -> list[_Clause]:
    """The clauses that alone have a word of this one; those of a title or heading belong to all."""
    found = []
    for stem in (clause.own or clause.stems) - above:
        having = [other for other in theirs if meanings.has(stem, other.stems, language)]
        found += having if len(having) == 1 else []
    return found


def _is_said(home: _Clause, ours: Sequence[_Clause], language: str) -> bool:
    """Whether the sentence says all of a clause, and has one with its yes or no: it joins two statements."""
    said, says_no = frozenset[str]().union(*(one.stems for one in ours)), denials.denies(home.said, language)
    alike = any(denials.denies(one.said, language) == says_no for one in ours)
    return alike and all(meanings.has(stem, said, language) for stem in home.stems)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of two clauses' words is one: of several, the nearest has the highest."""
    shared = len(one & other)
    return shared / len(one | other) ** 0.5 if shared else 0.0


@lru_cache(maxsize=4096)
def _clauses(text: str, language: str) -> tuple[_Clause, ...]:
    """The clauses that say something; a short one goes with the one before it, unless a word of contrast parts them."""
    found: list[_Clause] = []
    for sentence in _SENTENCE.split(YES_OR_NO.sub("", text)):
        whole = _DENIED_BEFORE.sub(r" \2 \3 \1", sentence)
        rest = _ELIDED.sub(" ", whole)
        clauses = [clause for segment in _CONTRAST.split(rest) for clause in _parts(segment, language)]
        found += clauses
        for elided in _ELIDED.finditer(whole):
            own = words.content(elided["what"], language)
            lent = words.content(rest, language)
            found.append(_Clause(elided.group(), own | lent, own - lent))
    return tuple(found)


def _parts(segment: str, language: str) -> list[_Clause]:
    found: list[_Clause] = []
    for part in _CLAUSE.split(segment):
        stems = words.content(part, language)
        if found and (len(stems) < 2 or len(found[-1].stems) < 2):
            found[-1] = _Clause(f"{found[-1].said} {part}", found[-1].stems | stems)
        else:
            found.append(_Clause(part, stems))
    return [clause for clause in found if clause.stems]


def bounds_differ(text: str, source: str) -> bool:
    """Whether a figure is the most in one and the least in the other."""
    ours, theirs = _bounds(text), _bounds(source)
    return any(number in theirs and sides.isdisjoint(theirs[number]) for number, sides in ours.items())


def bounds_are_read(language: str) -> bool:
    """Whether there are words for the bounds of a figure in this language."""
    return language.split("-")[0] in ("en", "de", "es", "fr")


def has_bound(text: str) -> bool:
    """Whether a figure of `text` is the most or the least."""
    return bool(_bounds(text))


def _bounds(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in (*_BOUND.finditer(text), *_OR_MORE.finditer(text)):
        side = "upper" if match.group("upper") else "lower"
        found.setdefault(words.number(match.group("number")), set()).add(side)
    return found


def _payer_differs(text: str, source: str) -> bool:
    ours, theirs = _payers(text), _payers(source)
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _company_differs(text: str, source: str, language: str) -> bool:
    """Whether one is with what the other is without, though there may be something else that it is with."""
    ours, theirs = _company(text, language), _company(source, language)
    swapped = (ours[0] & theirs[1] - theirs[0]) | (ours[1] & theirs[0] - theirs[1])
    return bool(swapped - (ours[0] & ours[1]))


def _company(text: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """What stands behind "with", and behind "without": the words up to two further."""
    behind = ([match["what"] for match in form.finditer(text)] for form in (_WITH, _WITHOUT))
    having, lacking = (frozenset[str]().union(*(words.content(one, language) for one in ones)) for ones in behind)
    return having, lacking


def _payers(text: str) -> set[str]:
    return {"we" if match.group("we") else "you" for match in _PAYS.finditer(text)}
