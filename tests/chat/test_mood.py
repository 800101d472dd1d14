"""How VADER is held on a support chat."""

import pytest

from chat.mood import score, weighted


@pytest.mark.parametrize(
    "text", ["error 500 when I kill the process", "can I get a refund", "how do I cancel my order"]
)
def test_technical_and_shop_words_are_no_anger(text):
    assert score(text) > -0.3


@pytest.mark.parametrize("text", ["I'll sue you", "this is unacceptable", "you ignored me, useless"])
def test_complaints_that_vader_does_not_know_count(text):
    assert score(text) < -0.4


def test_the_newest_message_counts_most():
    assert weighted([-0.9, 0.8]) > 0 > weighted([0.8, -0.9])


def test_one_sharp_word_alone_is_not_yet_a_mood():
    assert weighted([-0.7]) > -0.5 > weighted([-0.7, -0.7, -0.7])


def test_a_very_long_message_is_judged_quickly_and_by_its_beginning():
    assert score("I hate this. " + "x " * 5000) == score("I hate this. " + "x " * 20000)


@pytest.mark.parametrize("sign", ["😡", "🤬", "😤", "👎", "🖕"])
@pytest.mark.parametrize(
    ("text", "language"),
    [("", "en"), ("Where is my parcel", "en"), ("Wo bleibt mein Paket", "de"), ("荷物はどこですか", "ja")],
)
def test_an_angry_sign_counts_in_every_language(sign, text, language):
    assert score(f"{text} {sign}", language) < -0.4
    assert weighted([score(f"{text} {sign * 3}", language)]) < -0.5


def test_words_of_other_languages_are_read_as_none_of_ours():
    assert score("die die die", "de") == 0
    assert score("danke ❤️", "de") > 0.5
