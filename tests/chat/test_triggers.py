"""When a person is called at once, and when not."""

import pytest

from chat import mood
from chat.triggers import is_yes, judge


def codes(text: str, *earlier: float, alarm_words=()) -> list[str]:
    moods = [*earlier, mood.score(text)]
    return [r.code for r in judge(text=text, moods=moods, alarm_words=alarm_words, mood_threshold=-0.5)]


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "can i please speak with a real person",
        "let me speak to your manager",
        "get me a human",
        "human please",
        "AGENT",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Kann ich bitte mit einem echten Menschen reden?",
        "Quiero hablar con una persona",
        "páseme con un agente",
        "Je voudrais parler à un conseiller",
        "passez-moi un humain s'il vous plaît",
    ],
)
def test_asking_for_a_person_is_understood(text):
    assert "asked" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to talk to a human, just tell me the price",
        "Can another person collect my parcel?",
        "Do you have a size guide for people over 2 m?",
        "Wie lange dauert die Lieferung?",
        "¿Puede recogerlo otra persona?",
        "Une autre personne peut-elle récupérer mon colis ?",
        "do I need an agent to sign for it?",
        "How do I become a rescue operator member?",
    ],
)
def test_a_question_that_names_people_asks_for_none(text):
    assert codes(text) == []


@pytest.mark.parametrize("text", ["This is a scam!", "Das ist Betrug", "Esto es una estafa", "C'est une arnaque"])
def test_anger_in_words_calls_a_person(text):
    assert "angry" in codes(text)


def test_all_capitals_call_a_person_but_a_short_code_does_not():
    assert codes("WHERE IS MY ORDER ALREADY") == ["shouting"]
    assert codes("OK") == codes("GTX 300 SL") == codes("Order NP-2231 from DHL") == []


def test_a_mood_that_stays_low_calls_a_person_where_one_word_does_not():
    grumble = "The zip broke and the seam is bad"
    assert codes(grumble) == []
    assert codes(grumble, -0.7, -0.7) == ["angry"]


def test_the_sites_own_words_count_as_whole_words():
    assert codes("My child fell because the clip failed", alarm_words=["fell"]) == ["angry"]
    assert codes("A fellow hiker told me", alarm_words=["fell"]) == []


@pytest.mark.parametrize("text", ["yes", "Yes, please", "ok", "Ja, bitte", "Sí", "oui", " YES! "])
def test_a_short_yes_is_a_yes(text):
    assert is_yes(text)


@pytest.mark.parametrize("text", ["yes but how long does it take", "no", "yesterday", "please tell me the price"])
def test_anything_else_is_a_question(text):
    assert not is_yes(text)
