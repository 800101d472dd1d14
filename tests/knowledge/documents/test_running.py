"""What runs along the pages goes, and no number of a clause with it."""

import pytest

from knowledge.documents.running import without_running_lines

NAMES = "abcdefghijklmnop"


def kept(tops: list[str], bottoms: list[str]) -> list[list[str]]:
    """What is left of pages beside their text, which is another one on each."""
    pages = [
        [*filter(None, [top]), f"Tenant {name} pays.", f"In full, {name}.", *filter(None, [bottom])]
        for name, top, bottom in zip(NAMES, tops, bottoms, strict=False)
    ]
    left = without_running_lines(pages)
    assert all(
        f"Tenant {name} pays." in lines and f"In full, {name}." in lines
        for name, lines in zip(NAMES, left, strict=False)
    )
    return [[line for line in lines if not line.startswith(("Tenant", "In full"))] for lines in left]


@pytest.mark.parametrize(
    "lines",
    [
        [f"Clause {n}" for n in range(1, 11)],
        [f"§ {n}" for n in range(1, 11)],
        [f"Clause {n}" for n in (1, 4, 5, 9, 12, 13)],
        [f"Fee no. {n} of the list" for n in (1, 4, 9, 16, 25, 36)],
    ],
)
def test_a_numbered_heading_on_top_of_many_pages_stays(lines):
    assert kept(lines, [""] * 16) == [[line] for line in lines]


@pytest.mark.parametrize(
    "lines",
    [
        ["Flat lease"] * 5,
        ["Version 2.1 of 12 May 2026"] * 5,
        ["Lease 2026"] * 5,
        [f"Page {n} of 5" for n in range(1, 6)],
        [f"Seite {n}" for n in range(7, 12)],
        [f"Handbook of the fees {n}" for n in range(11, 16)],
        [f"- {n} -" for n in range(1, 6)],
        ["iii", "iv", "v", "1", "2"],
        ["Chapter 3 | 30", "Chapter 3 | 31", "Chapter 4 | 32", "Chapter 4 | 33", "Chapter 4 | 34"],
    ],
)
@pytest.mark.parametrize("at_top", [True, False])
def test_titles_and_page_numbers_go(lines, at_top):
    none = [""] * 5
    assert kept(lines if at_top else none, none if at_top else lines) == [[]] * 5


def test_a_bare_number_goes_only_where_it_is_the_page_s():
    assert kept([""] * 3, ["1", "700", "12"]) == [[], ["700"], ["12"]]
    assert kept([""] * 2, ["41", "42"]) == [[], []]


def test_words_of_roman_letters_are_words():
    lines = ["il", "civil", "music 7", "# 7", "mild"]
    assert kept(lines, [""] * 5) == [[line] for line in lines]


def test_three_thousand_pages_take_no_time():
    assert len(without_running_lines([[f"Clause {n}", "Text.", str(n)] for n in range(3000)])) == 3000
