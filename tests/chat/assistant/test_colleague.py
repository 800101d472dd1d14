"""A colleague's reply as the customer reads it."""

import pytest

from chat.assistant import colleague
from chat.assistant.trace import Trace
from chat.assistant.transcript import Reply

OTHERS = ("Noor", "Tom Becker", "Will May", "Support Team", "Li Wu", "Zo\u00eb K", "王伟", "田中", "Ana de la Paz", "")


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
        ("I am maya from shipping.", "I am a colleague from shipping."),
        ("MAYA KERN: yes.", "a colleague: yes."),
        ("Yes.\n\nlg maya", "Yes."),
        ("Ask Tom in returns, or tom  becker.", "Ask a colleague in returns, or a colleague."),
        ("Das liegt in Mayas Team.", "Das liegt in a colleague Team."),
        ("It is Tom's and Noor’s.", "It is a colleague's and a colleague’s."),
        ("我是王伟,可以的。问Tom吧。", "我是a colleague,可以的。问a colleague吧。"),
        ("私は田中です。", "私はa colleagueです。"),
        ("Yes, Li here.", "Yes, a colleague here."),
        ("Yes, Zoe\u0308.", "Yes, a colleague."),
        ("Mail maya.kern@shop.example or mkern@shop.example.", "Mail a colleague or a colleague."),
        ("Mail help@shop.example.", "Mail help@shop.example."),
        (
            "See https://shop.example/Maya, /help/Tom and maya.example.",
            "See https://shop.example/Maya, /help/Tom and maya.example.",
        ),
        ("Will be sent in May, we will mark it.", "Will be sent in May, we will mark it."),
        ("Ask Will May.", "Ask a colleague."),
        ("Our support team will tell.", "Our support team will tell."),
        ("The Mayan calendar ends in May.", "The Mayan calendar ends in May."),
    ],
)
def test_nobodys_name_is_told(written, told):
    assert colleague.nameless(written, "Maya Kern", OTHERS, "en") == told


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Will be sent in May.", ["Will", "May"]),
        ("We will send it, you may keep it.", []),
        ("I am maya from shipping.", ["maya"]),
        ("Ask tom becker, or Tom.", []),
        ("Yes.\n\nlg maya", []),
        ("La tienda abre en mayo. Support is open.", []),
        ("See https://shop.example/May-sale.", []),
    ],
)
def test_a_word_that_may_be_a_name_is_in_doubt(written, words):
    assert colleague.doubtful(written, "Maya Kern", OTHERS) == words


def test_a_reply_that_is_nothing_but_a_name_tells_none():
    assert "Maya" not in read("Maya").text


def test_a_short_part_of_a_name_is_no_name():
    assert colleague.nameless("Of all the tents", "Jo of Al", (), "en") == "Of all the tents"
