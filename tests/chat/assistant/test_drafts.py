"""A stream becomes sentences, wherever it is cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st

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
    drafts = Drafts()
    return [draft for piece in pieces for draft in drafts.feed(piece)] + drafts.finish(whole=whole)


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
    drafts = Drafts()
    assert drafts.feed("Yes, you can [1].") == []
    assert drafts.feed(" ") == []
    assert drafts.feed("W") == [Draft("Yes, you can.", (1,), False)]


@given(st.text(max_size=200))
def test_nothing_a_model_writes_breaks_it(text):
    heard(list(text))
