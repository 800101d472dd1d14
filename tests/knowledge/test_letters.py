"""What a question and a text have in common letter by letter."""

import pytest

from knowledge import letters


def test_endings_and_compounds_that_no_stemmer_joins_count():
    texts = ["Die Zeltplanenreparatur dauert zehn Tage.", "Die Lieferung dauert zehn Tage."]
    first, second = letters.shares("Wie lange dauert es, eine Zeltplane zu reparieren?", texts, [1, 2])
    assert first > 2 * second


def test_a_turn_of_phrase_counts_more_than_its_words_apart():
    texts = ["You pay for the return label.", "The label says who can return the parcel; you pay at the door for it."]
    first, second = letters.shares("Do I pay for the return label?", texts, [1, 2])
    assert first > second


def test_what_all_texts_have_decides_nothing():
    texts = ["where is my order of tents", "where is my order of boots", "where is my order of mats"]
    shares = letters.shares("Where is my order of boots?", texts, [1, 2, 3])
    assert shares.argmax() == 1
    assert shares[0] < 0.5 * shares[1]


def test_another_text_of_the_same_article_helps():
    texts = ["Wash it by hand.", "The down jacket.", "Wash it by hand."]
    shares = letters.shares("How do I wash a down jacket by hand?", texts, [1, 1, 2])
    assert shares[0] > shares[2]


def test_case_marks_and_the_arabic_article_are_the_same():
    assert letters.shares("PARCEL—cost", ["parcel cost", "x"], [1, 2])[0] == pytest.approx(1)
    assert letters.shares("والشحن", ["شحن", "x"], [1, 2])[0] == pytest.approx(1)


@pytest.mark.parametrize("question", ["", "?!", "\x00", "a"])
def test_a_question_without_words_shares_next_to_nothing(question):
    assert letters.shares(question, ["a parcel", ""], [1, 2]).shape == (2,)


def test_nothing_to_read():
    assert letters.shares("a parcel", [], []).shape == (0,)


def test_a_long_question_is_read_the_same_way():
    texts = ["wash a down jacket", "something else"]
    asked = f"how do I wash a down jacket {' '.join(map(str, range(100)))}"
    assert len(asked) > letters._FEW
    first, second = letters.shares(asked, texts, [1, 2])
    assert 0 < first < 0.2
    assert second < first
