"""Translations of one article whose figures differ: 30 days in one language, 14 in another."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from .editions import live_sections
from .models import Article, FindingKind, Section, SectionKind
from .noticed import Noticed, Side, pair
from .quantities import Quantity, quantities

_MOST: Final = 20  # of two languages and a kind, the first: a price list that was never translated anew is one thing
_NEAR: Final = 0.05  # what is further apart is never equal (Quantity.equals)


def differing(article: Article) -> list[Noticed]:
    """What is published of an article against its translations for the same region.

    Two figures differ where each is missing in the other language, both are of one kind, and each side has as many:
    what only one text has is a matter of how much it says.
    """
    if article.published is None:
        return []
    same = Article.objects.filter(site=article.site_id, slug=article.slug, region=article.region)
    others = same.filter(published__isnull=False).exclude(pk=article.pk)
    ours = _said(article)
    return [found for other in others for found in _compared(article, ours, other, _said(other))]


_Said = Sequence[tuple[Section, Quantity]]


def _said(article: Article) -> _Said:
    rows = (
        live_sections(article.site_id).filter(version=article.published_id, kind=SectionKind.TEXT).order_by("position")
    )
    return [(section, one) for section in rows for one in quantities(section.text, article.language)]


def _compared(article: Article, ours: _Said, other: Article, theirs: _Said) -> list[Noticed]:
    here, there = _missing(ours, theirs), _missing(theirs, ours)
    kinds = sorted({one.kind for _section, one in here} & {one.kind for _section, one in there})
    found = []
    for kind in kinds:
        mine, yours = (_first_each(said, kind) for said in (here, there))
        if len(mine) == len(yours):
            sides = (_side(article, one) for one in mine[:_MOST]), (_side(other, one) for one in yours[:_MOST])
            found += [pair(FindingKind.TRANSLATION, a, b) for a, b in zip(*sides, strict=True)]
    return found


def _missing(said: _Said, elsewhere: _Said) -> _Said:
    there: dict[str, dict[float, Quantity]] = {}
    for _section, one in elsewhere:
        there.setdefault(one.kind, {}).setdefault(one.value, one)
    ranked = {kind: sorted(values.values(), key=_value) for kind, values in there.items()}
    return [(section, one) for section, one in said if not _is_among(one, ranked.get(one.kind, ()))]


def _is_among(one: Quantity, ranked: Sequence[Quantity]) -> bool:
    """Whether one of these, in the order of their values, says the same: only those near it are compared."""
    start = bisect_left(ranked, one.value * (1 - _NEAR), key=_value)
    end = bisect_right(ranked, one.value * (1 + _NEAR), lo=start, key=_value)
    return any(map(one.equals, ranked[start:end]))


def _value(one: Quantity) -> float:
    return one.value


def _first_each(said: _Said, kind: str) -> list[tuple[Section, Quantity]]:
    """Each value once, where it stands first."""
    values: dict[float, tuple[Section, Quantity]] = {}
    for section, one in said:
        if one.kind == kind:
            values.setdefault(one.value, (section, one))
    return list(values.values())


def _side(article: Article, said: tuple[Section, Quantity]) -> Side:
    section, one = said
    return Side(article, section.text, section.anchor, section.heading, one.written)
