"""Lines that run along the pages of a document: its title, a chapter's, the page's number. They are no text of it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

_ROMAN = r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_NUMBER = re.compile(rf"\d+|\b(?=[ivxlc]){_ROMAN}(?<=[ivxlc])\b")
_MARK = "\0"  # in a number's place: no text that was read holds one
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_HEADING = re.compile(r"([^\W\d_]+|§)\.?\s*\0(?:\.\0)*[.:)]?")
_BARE = re.compile(r"[\0\s/|–—-]+")
_FEWEST = 3  # pages
_SHARE = 0.2
# What a page's number is called; after any other word a number may be a clause's.
# fmt: off
_PAGE = frozenset({
    "page", "pages", "p", "pp", "pg", "seite", "seiten", "s", "página", "páginas", "pagina", "pagine", "pág", "pag",
    "strona", "str", "sida", "side", "sivu", "strana", "stránka", "oldal", "страница", "стр", "σελίδα", "صفحة",
    "עמוד", "sayfa", "halaman", "trang", "页", "頁", "ページ", "쪽",
})
# fmt: on
Numbered = tuple[int, tuple[int, ...]]  # a page, and the numbers in its line


def without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages' lines, less what stands at the top or the bottom of many of them.

    A numbered line runs along where its numbers stay, or count with the pages. "Clause 4" on top of page 4 is text.
    """
    kept = [list(lines) for lines in pages]
    for place in (0, -1):
        for page in _running(kept, place):
            del kept[page][place]
    return kept


def _running(pages: Sequence[list[str]], place: int) -> list[int]:
    """The pages whose first or last line is such a one."""
    alike: dict[str, list[Numbered]] = defaultdict(list)
    for page, lines in enumerate(pages):
        if lines:
            alike[_NUMBER.sub(_MARK, lines[place])].append((page, _numbers(lines[place])))
    found: set[int] = set()
    for shape, lines_alike in alike.items():
        along = _along(lines_alike, stays_only=place == 0 and _may_be_heading(shape))
        if len(along) >= max(_FEWEST, len(pages) * _SHARE):
            found |= along
        elif _BARE.fullmatch(shape) and len(pages) > 1:
            found |= _counting(lines_alike)
    return sorted(found)


def _may_be_heading(shape: str) -> bool:
    found = _HEADING.fullmatch(shape)
    return found is not None and found[1].lower() not in _PAGE


def _along(lines: Sequence[Numbered], *, stays_only: bool) -> set[int]:
    """The pages from which to the next, or the one before, each number stays, or counts with them."""
    found: set[int] = set()
    for (page, numbers), (then, following) in pairwise(lines):
        steps = [b - a for a, b in zip(numbers, following, strict=True)]
        if all(step == 0 or (step == then - page and not stays_only) for step in steps):
            found |= {page, then}
    return found


def _counting(lines: Sequence[Numbered]) -> set[int]:
    """A page's bare number is a running line too, however few there are."""
    counted = {page for page, numbers in lines if numbers[0] == page + 1}
    for (page, numbers), (then, following) in pairwise(lines):
        if following[0] - numbers[0] == then - page:
            counted |= {page, then}
    return counted


def _numbers(line: str) -> tuple[int, ...]:
    return tuple(int(word) if word.isdigit() else _value(word) for word in _NUMBER.findall(line))


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
