"""What holds only in some case, or with or for somebody, is said with that case."""

import pytest

from chat.assistant import alignment, prompt, spans
from tests.chat.assistant.shop import Passage


def fault(text: str, source: str, language: str = "en", question: str = "") -> str:
    section = prompt.shown([Passage(1, "Info", "", source, language=language)])[0]
    return alignment.fault(text, section, spans.spans(section.text, language), question=question)


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "Orders placed before 14:00 leave the same day.", "Orders leave the same day."),
        ("en", "Orders placed before 14:00 leave the same day.", "Orders placed at 14:00 leave the same day."),
        ("de", "Bestellungen vor 14:00 Uhr gehen am selben Tag hinaus.", "Bestellungen gehen am selben Tag hinaus."),
        ("es", "Los pedidos antes de las 14:00 salen el mismo día.", "Los pedidos salen el mismo día."),
        ("fr", "Les commandes avant 14 h partent le jour même.", "Les commandes partent le jour même."),
        ("en", "Children under 12 are admitted with an adult.", "Children under 12 are admitted."),
        ("en", "Standard delivery is included for members.", "Standard delivery is included."),
        ("en", "Late rooms are given on request.", "Late rooms are given."),
        ("de", "Kinder unter 12 sind mit einem Erwachsenen willkommen.", "Kinder unter 12 sind willkommen."),
    ],
)  # fmt: skip
def test_a_case_that_went_missing_is_seen(language, source, said):
    assert fault(said, source, language)


def test_a_case_that_is_told_or_was_asked_about_is_enough():
    source = "Children under 12 are admitted with an adult. Orders placed before 14:00 leave the same day."
    assert fault("Children under 12 are admitted with an adult.", source) == ""
    assert fault("Orders placed before 14:00 leave the same day.", source) == ""
    assert fault("Children under 12 are admitted.", source, question="May children come with an adult?") == ""
    assert fault("Orders leave the same day.", source, question="When does an order of 14:00 leave?") == ""


def test_what_another_part_of_the_sentence_is_with_may_go_unsaid():
    source = "You can share a list with a link; guests with the link buy things without you."
    assert fault("A list can be shared with a link.", source) == ""
