"""A colleague's reply as the customer reads it."""

import pytest

from chat.assistant import colleague
from chat.assistant.trace import Trace
from chat.assistant.transcript import Reply


def read(text, *, name="Maya Kern", others=("Noor",), spoken="en"):
    reply = Reply(text, name, others, "2026-11-25")
    return colleague.answer(reply, spoken, "Northpine", Trace(lambda: 0.0))


def test_the_reply_is_sent_as_it_was_written_with_the_team_as_its_source():
    told = read("We do, from March on. See https://shop.example/pianos.")
    assert told.text == "I have a reply from a colleague:\n\nWe do, from March on. See https://shop.example/pianos. [1]"
    assert (told.answered, told.offers, told.asks) == ("answer", "", False)
    source = told.sources[0]
    assert (source.n, source.title, source.date) == (1, "Reply from the team of Northpine", "2026-11-25")
    assert source.quote == "We do, from March on. See https://shop.example/pianos."


def test_it_is_introduced_in_the_customers_language_and_says_that_it_is_in_another():
    told = read("You can have it repaired in our workshop, and you pay for the parts only.", spoken="de")
    assert told.text.startswith("Ich habe eine Antwort aus unserem Team. Sie ist auf Englisch, ich zitiere sie:\n\nYou")
    assert told.sources[0].language == "en"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Yes, until May.\nBest regards,\nMaya", "Yes, until May."),
        ("Yes, until May.\n\n– Maya Kern", "Yes, until May."),
        ("Ja, bis Mai.\nViele Grüße\nMaya", "Ja, bis Mai."),
        ("Yes, until May. Best, Maya", "Yes, until May."),
        ("Yes, until May – Maya", "Yes, until May"),
        ("Maya here: yes, until May.", "a colleague here: yes, until May."),
        ("Ask for Kern at the desk.", "Ask for a colleague at the desk."),
        ("Noor knows: until May.", "a colleague knows: until May."),
        ("The Mayan calendar ends in May.", "The Mayan calendar ends in May."),
    ],
)
def test_nobodys_name_is_told(written, told):
    assert colleague.nameless(written, "Maya Kern", ("Noor",), "en") == told


def test_a_reply_that_is_nothing_but_a_name_tells_none():
    assert "Maya" not in read("Maya").text


def test_a_short_part_of_a_name_is_no_name():
    assert colleague.nameless("Of all the tents", "Jo of Al", (), "en") == "Of all the tents"
