"""What holds only in some case, or with or for somebody, is said with that case."""

import pytest

from chat.assistant import alignment, prompt, spans, yes_or_no
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


WIFI = "Wi-Fi is free in the lobby. In the rooms Wi-Fi costs 5 euros a day."
RATE = "Breakfast is included in the Comfort rate. In the Basic rate it costs €15."
WLAN = "WLAN ist in der Lobby kostenlos. In den Zimmern kostet es 5 Euro am Tag."
DESAYUNO = "El desayuno está incluido en la tarifa Confort. En la tarifa Básica cuesta 15 €."
PETIT = "Le wifi est gratuit dans le hall. Dans les chambres il coûte 5 euros par jour."


@pytest.mark.parametrize(
    ("language", "source", "question", "said"),
    [
        ("en", WIFI, "Is wifi free in the rooms?", "Yes, Wi-Fi is free."),
        ("en", WIFI, "Is the Wi-Fi in the rooms free?", "Wi-Fi is free."),
        ("en", RATE, "Is breakfast included in the basic rate?", "Yes, breakfast is included."),
        ("en", "Smoking is allowed on the balcony.", "Can I smoke in the lobby?", "Smoking is allowed."),
        ("en", "You can pay by card at the front desk.", "Can I pay by card at the bar?", "You can pay by card."),
        ("de", WLAN, "Ist WLAN in den Zimmern kostenlos?", "Ja, WLAN ist kostenlos."),
        ("de", WLAN, "ist wlan in den zimmern kostenlos", "WLAN ist kostenlos."),
        ("es", DESAYUNO, "¿Está incluido el desayuno en la tarifa básica?", "Sí, el desayuno está incluido."),
        ("fr", PETIT, "Le wifi est-il gratuit dans les chambres ?", "Oui, le wifi est gratuit."),
    ],
)
def test_what_is_so_in_another_place_than_was_asked_is_said_with_its_place(language, source, question, said):
    assert fault(said, source, language, question)


@pytest.mark.parametrize(
    ("language", "source", "question", "said"),
    [
        ("en", WIFI, "Is wifi free in the rooms?", "Wi-Fi is free in the lobby."),
        ("en", WIFI, "Is wifi free in the rooms?", "In the rooms Wi-Fi costs 5 euros a day."),
        ("en", WIFI, "Is wifi free in the lobby?", "Yes, Wi-Fi is free."),
        ("en", WIFI, "Is wifi free?", "Wi-Fi is free in the lobby."),
        ("en", RATE, "Is breakfast included in the comfort rate?", "Yes, breakfast is included."),
        ("en", "Wi-Fi is free in the hotel lobby.", "Is wifi free in the lobby?", "Yes, Wi-Fi is free."),
        ("en", "Wi-Fi is free in all rooms.", "Is the wifi in my room free?", "Yes, Wi-Fi is free."),
        ("en", "Refunds arrive in 5 days.", "When do I get a refund in Austria?", "Refunds arrive in 5 days."),
        ("en", "You can pay the rest in cash.", "Can I pay the rest at the bar?", "You can pay the rest in cash."),
        ("de", WLAN, "Ist WLAN in der Lobby kostenlos?", "Ja, WLAN ist kostenlos."),
        ("de", WLAN, "Ist WLAN in den Zimmern kostenlos?", "WLAN ist in der Lobby kostenlos."),
        ("es", DESAYUNO, "¿Está incluido el desayuno en la tarifa Confort?", "Sí, el desayuno está incluido."),
        ("fr", PETIT, "Le wifi est-il gratuit dans le hall ?", "Oui, le wifi est gratuit."),
    ],
)
def test_the_place_that_was_asked_about_or_is_told_is_enough(language, source, question, said):
    assert fault(said, source, language, question) == ""


@pytest.mark.parametrize(
    ("language", "question", "said", "holds"),
    [
        ("en", "Is wifi free in the rooms?", "Yes, Wi-Fi is free in the lobby.", False),
        ("en", "Is breakfast included in the basic rate?", "Yes, breakfast is included in the Comfort rate.", False),
        ("en", "Is wifi free in the lobby?", "Yes, Wi-Fi is free in the lobby.", True),
        ("en", "Is wifi free in the lobby?", "Yes, Wi-Fi is free in the lobby and the bar.", True),
        ("en", "Is wifi free in your hotel?", "Yes, Wi-Fi is free.", True),
        ("de", "Ist WLAN in den Zimmern kostenlos?", "Ja, WLAN ist in der Lobby kostenlos.", False),
        ("de", "Ist WLAN in der Lobby kostenlos?", "Ja, WLAN ist in der Lobby kostenlos.", True),
        ("es", "¿Es gratis el wifi en las habitaciones?", "Sí, el wifi es gratis en el vestíbulo.", False),
        ("fr", "Le wifi est-il gratuit dans les chambres ?", "Oui, le wifi est gratuit dans le hall.", False),
    ],
)
def test_a_yes_is_not_of_another_place(language, question, said, holds):
    assert yes_or_no.answers(said, question, language) is holds
