"""An amount keeps its currency, however that is written."""

import pytest

from chat.assistant import grounding, words
from chat.assistant.drafts import Draft
from chat.assistant.prompt import Shown

COSTS = {
    "en": "Shipping to Austria costs €7.90 and takes 4 days.",
    "de": "Der Versand nach Österreich kostet 7,90 €.",
    "es": "El envío a Austria cuesta 7,90 €.",
    "fr": "La livraison en Autriche coûte 7,90 €.",
    "it": "La spedizione in Austria costa 7,90 €.",
}


def reason(text: str, source: str, language: str) -> str:
    section = Shown(1, "Info", "", language, source)
    return grounding.check(Draft(text, (1,), True), [section], language=language, hosts=()).reason


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Shipping to Austria costs $7.90 and takes 4 days."),
        ("en", "Shipping to Austria costs £7.90."),
        ("en", "Shipping to Austria costs ¥7.90."),
        ("en", "Shipping to Austria costs US$7.90."),
        ("en", "Shipping to Austria costs 7.90 CHF."),
        ("en", "Shipping to Austria costs CHF 7.90."),
        ("en", "Shipping to Austria costs 7.90 dollars."),
        ("en", "Shipping to Austria costs -€7.90."),
        ("en", "Shipping to Austria costs €-7.90."),
        ("de", "Der Versand nach Österreich kostet 7,90 $."),
        ("de", "Der Versand nach Österreich kostet 7,90 Franken."),
        ("es", "El envío a Austria cuesta 7,90 dólares."),
        ("fr", "La livraison en Autriche coûte 7,90 £."),
        ("it", "La spedizione in Austria costa $7,90."),
    ],
)
def test_another_currency_or_sign_is_another_amount(language, said):
    assert reason(said, COSTS[language], language).startswith("figure")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Shipping to Austria costs 7.90 euros."),
        ("en", "Shipping to Austria costs EUR 7.90."),
        ("en", "Shipping to Austria is priced at €7.90."),
        ("en", "Shipping to Austria costs 7.90 € and takes 4 days."),
        ("de", "Der Versand nach Österreich kostet 7,90 Euro."),
        ("de", "Der Versand nach Österreich kostet EUR 7,90."),
        ("es", "El envío a Austria cuesta 7,90 euros."),
        ("fr", "La livraison en Autriche coûte 7,90 euros."),
        ("it", "La spedizione in Austria costa 7,90 euro."),
    ],
)
def test_one_currency_may_be_written_in_several_ways(language, said):
    assert reason(said, COSTS[language], language) == ""


def test_of_two_amounts_each_keeps_its_currency():
    source = "Shipping costs €7.90 within Europe. Shipping to the United States costs $9.50, express $7.90."
    assert reason("Shipping costs $7.90 within Europe.", source, "en")
    assert reason("Shipping costs €7.90 within Europe.", source, "en") == ""
    assert reason("Shipping to the United States costs $9.50.", source, "en") == ""


def test_a_currency_that_the_source_does_not_say_is_not_added():
    assert reason("Shipping to Austria costs €790.", "Shipping to Austria costs 790 Ft.", "en")
    assert reason("Shipping to Austria costs $7.90.", "Shipping to Austria costs A$7.90.", "en")
    assert reason("Shipping costs €5 to €10.", "Shipping costs €5–10.", "en") == ""


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("EUR 4.90", ("4.9", "EUR")), ("4,90 Euro", ("4.9", "EUR")), ("4,90 евро", ("4.9", "EUR")),
        ("US$4.90", ("4.9", "USD")), ("costs$5", ("5", "USD")), ("C$5", ("5", "CAD")), ("¥500", ("500", "JPY")),
        ("£ 5", ("5", "GBP")), ("-€4.90", ("-4.9", "EUR")), ("−4,90 €", ("-4.9", "EUR")), ("€5-€10", ("10", "EUR")),
        ("7,90 € 10 Tage", ("10", "day")), ("7,90 € 10 Tage", ("7.9", "EUR")), ("Pay in 3 costs €12", ("3", "")),
    ],
)  # fmt: skip
def test_a_currency_is_known_by_its_sign_its_word_and_its_code(text, quantity):
    assert quantity in words.quantities(text)


def test_across_languages_the_currency_counts_too():
    assert words.has(words.quantities("Der Versand kostet 7,90 Euro."), "7.9", "EUR")
    assert not words.has(words.quantities("Der Versand kostet 7,90 $."), "7.9", "EUR")
    section = Shown(1, "Shipping", "", "en", "Shipping to Austria costs €7.90 and takes 4 days.")
    said = {sign: f"Österreich: 7,90 {sign}, 4 Tage Versand." for sign in ("€", "$")}
    found = {
        sign: grounding.check(Draft(text, (1,), True), [section], language="de", hosts=()).reason
        for sign, text in said.items()
    }
    assert found["€"] == ""
    assert found["$"]
