"""What a question is read with: by itself, or with what was asked before it."""

import pytest

from chat.assistant import follow_up

NORWAY = "do u ship to norway"


@pytest.mark.parametrize(
    ("earlier", "read_with"),
    [
        ([], ""),
        ([NORWAY], NORWAY),
        ([NORWAY, "how much"], NORWAY),
        ([NORWAY, "and to Iceland?", "how long"], f"{NORWAY}\nand to Iceland?"),
        (["Where is my order?", NORWAY], NORWAY),
        ([NORWAY, "ok thanks"], NORWAY),
        (["hey"], "hey"),
    ],
)
def test_it_goes_on_from_the_last_question_that_stands_by_itself(earlier, read_with):
    assert follow_up.goes_on_from(earlier) == read_with


@pytest.mark.parametrize(
    "question",
    [
        "how much",
        "And how long does it take?",
        "und wie lange?",
        "y cuanto cuesta",
        "et combien de temps ?",
    ],
)
def test_what_asks_about_nothing_by_itself_is_known(question):
    assert follow_up.says_nothing(question)
    assert follow_up.leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "what temperature", "is it washable", "and for shoes?", "2 days?", "", "何日", "Where are you?",
        "Wer sind Sie?", "How much is Plus?", "Do you have a van?", "why not?",
    ],
)  # fmt: skip
def test_what_names_something_is_searched_for(question):
    assert not follow_up.says_nothing(question)
