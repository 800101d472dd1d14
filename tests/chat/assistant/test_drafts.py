"""A stream becomes sentences, wherever it is cut into pieces."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.assistant import drafts
from chat.assistant.drafts import Draft, Drafts

TEXT = (
    "You have 45 days, e.g. for tents [1]. It costs 4.90 EUR on Mondays.[2][3] Ask [EMAIL_1] [1, 2]!\n"
    "1. Open **Account** [2].\n- Confirm now. Done。好的。 And so [4]"
)
EXPECTED = [
    Draft("You have 45 days, e.g. for tents.", (1,), False),
    Draft("It costs 4.90 EUR on Mondays.", (2, 3), False),
    Draft("Ask [EMAIL_1]!", (1, 2), False),
    Draft("Open Account.", (2,), True),
    Draft("Confirm now.", (), True),
    Draft("Done。", (), False),
    Draft("好的。", (), False),
    Draft("And so", (4,), False),
]


def heard(pieces: list[str], *, whole: bool = True) -> list[Draft]:
    stream = Drafts()
    return [draft for piece in pieces for draft in stream.feed(piece)] + stream.finish(whole=whole)


@given(st.lists(st.integers(1, 12), min_size=150, max_size=150))
def test_sentences_do_not_depend_on_the_pieces(sizes):
    pieces, at = [], 0
    for size in sizes:
        pieces.append(TEXT[at : at + size])
        at += size
    assert heard([*pieces, TEXT[at:]]) == EXPECTED


def test_a_sentence_that_was_cut_off_is_left_out():
    assert heard([TEXT], whole=False) == EXPECTED[:-1]


def test_a_sentence_is_given_as_soon_as_the_next_begins():
    stream = Drafts()
    assert list(stream.feed("Yes, you can [1].")) == []
    assert list(stream.feed(" ")) == []
    assert list(stream.feed("W")) == [Draft("Yes, you can.", (1,), False)]


@given(st.text(max_size=200))
def test_nothing_a_model_writes_breaks_it(text):
    heard(list(text))


@pytest.mark.parametrize("endless", ["1. ", "e.g. ", "a.", "!? ", "。", "[", '."', ". [1", " ", "\n"])
@pytest.mark.parametrize("size", [1, 3, 10_000_000])
def test_a_megabyte_without_sense_is_given_up_after_few_looks(endless, size, monkeypatch):
    looks = Looks()
    monkeypatch.setattr(drafts, "_STOP", looks)
    stream, text = drafts.Drafts(), endless * 300_000
    with contextlib.suppress(ValueError):
        for at in range(0, len(text), size):
            for number, _sentence in enumerate(stream.feed(text[at : at + size])):
                if number > 40:
                    break
            if at > 3 * drafts.LONGEST:
                break
    assert looks.stops < 15_000


def test_who_takes_one_sentence_of_a_megabyte_has_one_looked_for(monkeypatch):
    looks = Looks()
    monkeypatch.setattr(drafts, "_STOP", looks)
    assert next(iter(drafts.Drafts().feed("Go on. " * 150_000))) == Draft("Go on.", (), False)
    assert looks.stops == 1


class Looks:
    """Stands in for the pattern of a sentence's end, and counts what it finds."""

    def __init__(self) -> None:
        self.stops = 0
        self._pattern = drafts._STOP

    def finditer(self, text, begin):
        for stop in self._pattern.finditer(text, begin):
            self.stops += 1
            yield stop
