"""A change of a text, to be read."""

from knowledge.diff import Mark, changes


def shown(old: str, new: str) -> list[tuple[str, str]]:
    """Each line's mark and its words, with what was taken out in brackets."""
    return [
        (line.mark.value, "".join(f"[{p.text}]" if p.mark is Mark.REMOVED else p.text for p in line.parts))
        for line in changes(old, new)
    ]


def test_equal_texts_have_no_changes():
    assert changes("a\nb", "a\nb") == []


def test_a_changed_line_shows_its_words():
    assert shown("You have 30 days.", "You have 60 days.") == [("changed", "You have [30]60 days.")]


def test_far_lines_are_left_out():
    old = "\n".join("abcdefgh")
    assert shown(old, old.replace("h", "h\ni")) == [("skipped", ""), ("same", "h"), ("added", "i")]


def test_lines_that_are_gone_and_new_are_told_apart():
    assert shown("a\nb\nc", "a\nc") == [("same", "a"), ("removed", "[b]"), ("same", "c")]
