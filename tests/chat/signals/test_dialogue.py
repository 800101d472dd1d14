"""The figures of a conversation: what repeats, what is refused, what failed."""

from dataclasses import replace

import pytest

from chat.signals import conversations, feeling
from chat.signals.dialogue import Said, measure
from chat.signals.feeling import Asked


def talk(*said: str) -> list[Said]:
    """Lines in turn, the customer's first."""
    return [Said(at % 2 == 0, text) for at, text in enumerate(said)]


def test_the_same_question_again_is_seen():
    again = measure(talk("Where is my tent order?", "It is on its way.", "But where is my tent order now?"))
    other = measure(talk("Where is my tent order?", "It is on its way.", "Thanks, and how do I return boots?"))
    assert again["repeats"] > 0.8 > other["repeats"]


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("我的订单什么时候到？", "怎么退货？"),
        ("注文はいつ届きますか？", "返品はできますか？"),
        ("พัสดุของฉันจะมาถึงเมื่อไหร่", "คืนสินค้าได้ไหม"),
    ],
)
def test_the_same_question_again_is_seen_where_words_have_no_spaces(asked, other):
    assert measure(talk(asked, "?", asked))["repeats"] == 1
    assert measure(talk(asked, "?", other))["repeats"] < 0.5


def test_a_mood_is_read_in_english_alone():
    german = [replace(line, language="de") for line in talk("Passt die Hülle auf die Kamera?")]
    assert measure(german)["mood_0"] == 0
    assert measure(talk("This is useless"))["mood_0"] < 0


def test_the_language_of_the_talk_reaches_the_reader():
    class Reader:
        def dissatisfied(self, rows):
            return [measure(lines)["mood_0"] for lines in rows]

    found = feeling._dissatisfied([Asked("", talk("Passt die Hülle auf die Kamera?"), "de")], Reader())
    assert found == [0.0]


def test_a_refusal_counts_in_other_languages():
    for text in ("No, the other one", "Nein, die andere", "Non, l'autre", "Não, o outro"):
        assert measure(talk("hi", "Is this right?", text))["refuses_0"] == 1, text
    assert measure(talk("hi", "Is this right?", "Yes, that's right"))["refuses_0"] == 0


def test_what_comes_after_the_customers_last_line_is_not_read():
    lines = talk("Where is it?", "Sorry, I could not find that.")
    assert measure(lines) == measure(lines[:1])


def test_a_conversation_without_any_line_is_measured_too():
    assert set(measure([]).values()) <= {0.0}


def test_polite_dissatisfaction_scores_above_a_talk_that_goes_well():
    bad = talk(
        "Why was I charged twice?", "Payments are collected when the order ships.",
        "That's not what I asked, I see two charges.", "Payments are collected when the order ships.",
        "No, you did not answer my question.",
    )  # fmt: skip
    good = talk(
        "Why was I charged twice?", "The second one is a reservation and goes away.",
        "I see. And when?", "Within three days.", "Perfect, thank you!",
    )  # fmt: skip
    worse, better = conversations.shipped().dissatisfied([bad, good])
    assert worse > 0.85
    assert better < 0.5
