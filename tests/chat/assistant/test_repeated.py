"""The same answer to different messages: nobody needs a word of any language to be stuck."""

import pytest

from chat.assistant import repeated
from chat.assistant.hearing import Heard, hear
from chat.assistant.trace import Trace
from chat.assistant.transcript import Line, Transcript
from chat.signals.feeling import UNFELT, Feeling
from chat.weighing import Policy

ANSWER = "Adresinizi Hesap, Adresler altında görebilirsiniz."
ASKED = ("Teslimat adresini değiştirebilir miyim?", "Ben bunu sormadım.", "Sipariş verildi, adresi nasıl değiştiririm?")
LAST = "Üzgünüm, bu hâlâ soruma cevap vermiyor."


def after(*answers: str, asked=ASKED, last: str = LAST, returned_at: int = 0) -> Transcript:
    """A talk in which these were the answers, to one message each."""
    before = [text for pair in zip(asked, answers, strict=False) for text in pair]
    lines = [Line(at, ("assistant", "visitor")[at % 2], text) for at, text in enumerate([*before, last], start=1)]
    return Transcript("c", "tr", "", tuple(lines), len(lines), len(lines), (0.0,), returned_at=returned_at)


def heard(transcript: Transcript, felt: Feeling = UNFELT, *, mid_procedure: bool = False) -> Heard:
    return hear(felt, transcript, Policy(), Trace(lambda: 0.0), mid_procedure=mid_procedure)


def test_the_same_answer_twice_has_a_person_offered_and_a_third_time_calls_one():
    assert heard(after(ANSWER, ANSWER)).unsure == ("stuck",)
    found = heard(after(ANSWER, ANSWER, ANSWER))
    assert [reason.code for reason in found.calls.reasons] == ["stuck"]


def test_a_kind_line_before_it_makes_no_other_answer():
    assert heard(after(ANSWER, f"Üzgünüm, haklısınız. {ANSWER}")).unsure == ("stuck",)


@pytest.mark.parametrize(
    "transcript",
    [
        after(ANSWER),
        after(ANSWER, "Siparişten sonra adres değişmez."),
        after(ANSWER, ANSWER, last="teşekkürler"),
        after("Rica ederim.", "Rica ederim.", asked=("teşekkürler", "sağ ol")),
        after(ANSWER, ANSWER, asked=(ASKED[0], ASKED[0])),
        after(ANSWER, ANSWER, returned_at=4),
    ],
    ids=["once", "another answer", "thanks", "thanks before", "the same question", "before a person came"],
)
def test_what_is_no_second_answer_to_another_message_says_nothing(transcript):
    assert repeated.weight(transcript) == 0


def test_who_is_glad_of_it_and_who_answers_a_procedure_is_not_stuck():
    assert heard(after(ANSWER, ANSWER), Feeling(positive=0.8)).unsure == ()
    assert heard(after(ANSWER, ANSWER), mid_procedure=True).unsure == ()
