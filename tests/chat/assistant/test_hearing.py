"""What is heard in a message: a call, an offer where that is not certain, or nothing."""

import pytest

from chat.assistant.hearing import Heard, hear
from chat.assistant.steps import Answer, Doing, Handoff
from chat.assistant.trace import Trace
from chat.assistant.transcript import Line, Transcript
from chat.signals.feeling import UNFELT, Feeling
from chat.weighing import Policy

WISH = "Honestly I would rather not deal with a machine, how long does shipping take?"
WEARY = Feeling(upset=0.25, negative=0.6)


def heard(text: str, felt: Feeling = UNFELT, *, answers: int = 0, moods=(0.0,), mid_procedure: bool = False) -> Heard:
    """What is heard in a message after so many answers."""
    before = [Line(seq, role, "?") for seq in range(1, 2 * answers, 2) for role in ("visitor", "assistant")]
    lines = (*before, Line(99, "visitor", text))
    transcript = Transcript("c", "en", "", lines, 99, 99, moods)
    return hear(felt, transcript, Policy(), Trace(lambda: 0.0), mid_procedure=mid_procedure)


@pytest.mark.parametrize(
    ("text", "felt", "unsure"),
    [
        (WISH, Feeling(wants_person=0.21), ("asked",)),
        ("Your page confuses me, where do I enter the code?", WEARY, ("angry",)),
        ("HOW LONG DOES SHIPPING TAKE PLEASE", UNFELT, ("shouting",)),
        ("So how long is it", Feeling(dissatisfied=0.75), ("stuck",)),
    ],
)
def test_what_is_heard_and_not_certain_has_a_person_offered(text, felt, unsure):
    found = heard(text, felt, answers=2)
    assert (found.calls, found.unsure) == (None, unsure)


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        (WISH, Feeling(wants_person=0.15)),
        ("hi I need a hand with something", Feeling(wants_person=0.33)),
        ("I do not need a person, how long do I have to return something?", Feeling(wants_person=0.3)),
        ("> I want a manager\nis what a customer of mine wrote, how do I answer him?", Feeling(wants_person=0.39)),
        ("nein die andere", Feeling(upset=0.32, negative=0.61)),
        ("My neighbour drives me mad, which panels stop noise?", Feeling(emotion="anger", sure=0.6, negative=0.5)),
        ("So how long is it", Feeling(dissatisfied=0.6)),
    ],
)
def test_what_is_hardly_heard_has_nobody_offered(text, felt):
    assert heard(text, felt, answers=2) == Heard(felt)


def test_what_was_said_before_a_person_was_called_off_has_nobody_offered():
    assert heard(WISH, Feeling(wants_person=0.3), moods=()).unsure == ()


def test_who_is_called_is_not_offered():
    found = heard("I want a person", Feeling(wants_person=0.9))
    assert isinstance(found.calls, Handoff)
    assert found.unsure == ()


def test_nobody_is_stuck_in_what_a_procedure_asked_for():
    felt = Feeling(dissatisfied=0.95)
    assert heard("no, NP-123457", felt, answers=3).calls
    assert heard("no, NP-123457", felt, answers=3, mid_procedure=True) == Heard(felt)


ANSWER = Answer("Three days.", (), "answer", "en", {})


def test_the_offer_comes_after_an_answer_that_asks_for_nothing():
    unsure = Heard(UNFELT, unsure=("angry",))
    assert unsure.after(ANSWER).offers == "unsure"
    assert Heard(UNFELT).after(ANSWER) == ANSWER
    others = (
        Answer("Which order?", (), "clarify", "en", {}, procedure={"id": 1}),
        Answer("I don't know.", (), "unknown", "en", {}),
        Answer("I am sorry.", (), "answer", "en", {}, offers="complaint"),
        Doing("Looking"),
    )
    assert [unsure.after(one) for one in others] == list(others)
