"""Articles that state different figures of the same thing: 30 days to return it in one, 14 in another.

Rather silent than wrong: what two sentences speak of is held to be one thing only where one of them says nothing that
the other, with the titles above it, does not. A curator who sees three false alarms stops looking.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from .models import FindingKind, Section
from .nearby import Near, near
from .noticed import Noticed, Side, pair
from .statements import Statement, statements, stems

# How they were chosen: docs/care.md.
_OF_THE_LONGER: Final = 0.5
_IN_COMMON: Final = 3
# So many values of one thing are a thing that has many: each size, each hotel its own.
_MANY: Final = 3
_SHARED_HEADINGS: Final = 2
_MOST: Final = 20  # of two articles, those with most in common


@dataclass(frozen=True)
class Conflict:
    """Two statements of two sections, and the kind of the figures that differ."""

    here: Section
    there: Section
    one: Statement
    another: Statement
    kind: str

    def turned(self) -> "Conflict":
        """The same from the other side."""
        return Conflict(self.there, self.here, self.another, self.one, self.kind)


def contradictions(pairs: Iterable[Near]) -> list[Noticed]:
    """A finding for each two statements of two articles, which say the same of the same thing with other figures."""
    found = []
    by_article = sorted(pairs, key=lambda one: one.there.version.article_id)
    for _article, group in groupby(by_article, key=lambda one: one.there.version.article_id):
        together = list(group)
        if not _are_siblings(together):
            once = _each_once(conflict for one in together for conflict in conflicts(one.here, one.there))
            found += _without_many(once[:_MOST])
    return [_noticed(conflict) for conflict in found]


def conflicts(here: Section, there: Section) -> Iterator[Conflict]:
    """The statements of two sections that speak of one thing and differ in a kind of figures."""
    language = here.version.article.language
    theirs = statements(there.text, language)
    for one in statements(here.text, language):
        for another in theirs:
            kinds = [kind for kind in _kinds(one, another) if _apart(one.spans(kind), another.spans(kind))]
            if kinds and _speak_of_one_thing(one, _names(here), another, _names(there)):
                yield Conflict(here, there, one, another, kinds[0])


def _kinds(one: Statement, another: Statement) -> list[str]:
    return sorted({figure.kind for figure in one.figures} & {figure.kind for figure in another.figures})


def _apart(ours: Sequence[tuple[float, float]], theirs: Sequence[tuple[float, float]]) -> bool:
    """Whether no figure of one is a figure of the other: ranges that overlap go together; a month is about 30 days."""
    return not any(a <= d * 1.045 and c <= b * 1.045 for a, b in ours for c, d in theirs)


def _speak_of_one_thing(one: Statement, names: frozenset[str], another: Statement, others: frozenset[str]) -> bool:
    """Whether one of them says nothing that the other does not, and much of what the other says."""
    if len(one.stems & another.stems) < _IN_COMMON:
        return False
    more, less = one.stems - another.stems - others, another.stems - one.stems - names
    if any(map(_is_numbered, more | less)):
        return False
    return not (more and less) and len(more | less) <= (1 - _OF_THE_LONGER) * max(len(one.stems), len(another.stems))


def _is_numbered(stem: str) -> bool:
    """Zone 1 and zone 2, model X100 and X200 are two things."""
    return any(map(str.isdigit, stem))


def _names(section: Section) -> frozenset[str]:
    return stems(f"{section.version.title} {section.heading}", section.version.article.language)


def _are_siblings(pairs: Sequence[Near]) -> bool:
    """Whether two articles are made alike, each of its own thing: same headings, or a title with one part changed."""
    here, there = (
        {one.heading for one in side if one.heading} for side in zip(*((p.here, p.there) for p in pairs), strict=True)
    )
    if len(here & there) >= _SHARED_HEADINGS:
        return True
    first, second = pairs[0].here.version, pairs[0].there.version
    same, changed = _pattern(first.title.casefold().split(), second.title.casefold().split())
    shorter = min(len(first.title.split()), len(second.title.split()))
    return changed and 2 * len(same) >= shorter and bool(stems(" ".join(same), first.article.language))


def _pattern(words: list[str], others: list[str]) -> tuple[list[str], bool]:
    """What two titles have in common, and whether the rest stands for each other.

    `Alder Inn: when is check-in?` and `Birch House: when is check-in?`
    """
    steps = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    same = [word for what, start, end, _, _ in steps if what == "equal" for word in words[start:end]]
    return same, any(what == "replace" for what, *_ in steps)


def _each_once(found: Iterable[Conflict]) -> list[Conflict]:
    """The one with most in common for each statement."""
    kept: list[Conflict] = []
    ours: set[Statement] = set()
    theirs: set[Statement] = set()
    for conflict in sorted(found, key=_in_common, reverse=True):
        if conflict.one not in ours and conflict.another not in theirs:
            kept.append(conflict)
            ours.add(conflict.one)
            theirs.add(conflict.another)
    return kept


def _in_common(conflict: Conflict) -> tuple[int, list[str]]:
    """The same from either side, as is what is kept."""
    return len(conflict.one.stems & conflict.another.stems), sorted((conflict.one.text, conflict.another.text))


def _without_many(found: Sequence[Conflict]) -> list[Conflict]:
    """Those of two articles of which the articles around do not say yet other figures. Both sides' are asked."""
    if not found:
        return []
    here, there = found[0].here.version.article, found[0].there.version.article
    around = (_by_section(near(here, [there.pk])), _by_section(near(there, [here.pk])))
    return [conflict for conflict in found if not _has_many(conflict, *around)]


_Around = Mapping[int, Sequence[Near]]


def _by_section(pairs: Iterable[Near]) -> _Around:
    found: dict[int, list[Near]] = {}
    for one in pairs:
        found.setdefault(one.here.pk, []).append(one)
    return found


def _has_many(conflict: Conflict, here: _Around, there: _Around) -> bool:
    values: list[Sequence[tuple[float, float]]] = []
    elsewhere = (*_elsewhere(conflict, here), *_elsewhere(conflict.turned(), there))
    for spans in (conflict.one.spans(conflict.kind), *elsewhere):
        if all(_apart(spans, others) for others in values):
            values.append(spans)
    return len(values) >= _MANY


def _elsewhere(conflict: Conflict, around: _Around) -> Iterator[Sequence[tuple[float, float]]]:
    """What is said of it in the articles around the one here."""
    for one in around.get(conflict.here.pk, ()):
        same = (found for found in conflicts(one.here, one.there) if found.one.text == conflict.one.text)
        yield from (found.another.spans(conflict.kind) for found in same if found.kind == conflict.kind)


def _noticed(conflict: Conflict) -> Noticed:
    here, there = (
        _side(conflict.here, conflict.one, conflict.kind),
        _side(conflict.there, conflict.another, conflict.kind),
    )
    return pair(FindingKind.CONTRADICTION, here, there)


def _side(section: Section, one: Statement, kind: str) -> Side:
    return Side(section.version.article, one.text, section.anchor, section.heading, one.said(kind))
