"""A figure stays with what it is of, also where its neighbour has none of its own."""

import pytest

from chat.assistant import alignment, prompt, spans, words
from tests.chat.assistant.shop import Passage


def fault(text: str, source: str, language: str = "en") -> str:
    section = prompt.shown([Passage(1, "Info", "", source, language=language)])[0]
    return alignment.fault(text, section, spans.spans(section.text, language))


DAYS = "Standard shipping takes three days, express shipping one day."
YEARS = "Tents have a warranty of two years and batteries of one year."


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "Standard shipping takes 3 days, express shipping is overnight.", "Express shipping takes 3 days."),
        ("en", "Express shipping is overnight, standard shipping takes 3 days.", "Express shipping takes 3 days."),
        ("en", "Express shipping is overnight and standard shipping takes 3 days.", "Express shipping takes 3 days."),
        ("en", DAYS, "Express shipping takes three days."),
        ("en", DAYS, "Standard shipping takes one day."),
        (
            "en",
            "Standard shipping takes 3 days, express shipping is overnight.",
            "Standard and express shipping take 3 days.",
        ),
        (
            "en",
            "Standard shipping takes 3 days, express shipping is overnight.",
            "For express shipping, it takes 3 days.",
        ),
        ("en", "Standard shipping takes 3 days, express shipping one.", "Express shipping takes 3 days."),
        ("en", YEARS, "Batteries have a warranty of two years."),
        ("en", YEARS, "Tents have a warranty of one year."),
        (
            "en",
            "Tents have a warranty of 5 years, backpacks a lifetime warranty.",
            "Backpacks have a warranty of 5 years.",
        ),
        ("en", "Card refunds take 5 days, voucher refunds are immediate.", "Voucher refunds take 5 days."),
        ("en", "Adults pay €10, children pay nothing.", "Children pay €10."),
        (
            "de",
            "Der Standardversand dauert drei Tage, der Expressversand einen Tag.",
            "Der Expressversand dauert drei Tage.",
        ),
        ("de", "Rucksäcke haben lebenslange Garantie, Zelte zwei Jahre.", "Rucksäcke haben zwei Jahre Garantie."),
        ("de", "Zelte haben zwei Jahre Garantie, Rucksäcke eines.", "Rucksäcke haben zwei Jahre Garantie."),
        (
            "es",
            "Las tiendas tienen dos años de garantía y las mochilas un año.",
            "Las mochilas tienen dos años de garantía.",
        ),
        (
            "es",
            "Las tiendas tienen dos años de garantía y las mochilas de por vida.",
            "Las mochilas tienen dos años de garantía.",
        ),
        (
            "fr",
            "Le colis standard arrive en trois jours, le colis express le lendemain.",
            "Le colis express arrive en trois jours.",
        ),
        (
            "nl",
            "Standaard verzending duurt drie dagen, express verzending één dag.",
            "Express verzending duurt drie dagen.",
        ),
        (
            "it",
            "La spedizione standard richiede tre giorni, la spedizione espressa un giorno.",
            "La spedizione espressa richiede tre giorni.",
        ),
        (
            "pt",
            "A entrega normal demora três dias, a entrega expressa é imediata.",
            "A entrega expressa demora três dias.",
        ),
    ],
)
def test_a_figure_of_the_neighbour_is_seen(language, source, said):
    assert fault(said, source, language)


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", DAYS, "Standard shipping takes 3 days."),
        ("en", DAYS, "Standard shipping takes three days and express shipping one day."),
        ("en", YEARS, "Tents have a warranty of 2 years."),
        ("en", "Standard shipping takes 3 days, express shipping is overnight.", "Standard shipping takes 3 days."),
        (
            "en",
            "Standard shipping takes 3 days, express shipping is overnight.",
            "Standard shipping takes three days and express shipping is overnight.",
        ),
        ("en", "Batteries have a warranty of one year.", "Batteries have a warranty of a year."),
        ("en", "The bank takes a week.", "The bank takes one week."),
        ("en", "Shipping to Germany and Austria takes 3 days.", "It takes 3 days to ship to Germany and Austria."),
        ("en", "Shipping to Germany and Austria takes 3 days.", "Shipping to Germany takes 3 days."),
        ("en", "We refund the price, including the shipping, within 14 days.", "We refund the price within 14 days."),
        (
            "en",
            "If an item arrives damaged, write to us within 7 days.",
            "Write to us within 7 days if an item arrives damaged.",
        ),
        (
            "en",
            "Items can be returned within 45 days, unused and in the box.",
            "Unused items can be returned within 45 days.",
        ),
        (
            "en",
            "You can return an item within 45 days, and we pay for the label.",
            "You can return an item within 45 days and we pay for the label.",
        ),
        ("en", "Parcels wait for 7 days in a shop or in a locker.", "Parcels wait for 7 days in a locker."),
        (
            "en",
            "The buyer must be 18 or older and the driver checks the age at the door.",
            "The buyer must be 18 or older and the driver checks the age.",
        ),
        ("en", "The deposit is 5 euros a day.", "The deposit is €5 a day."),
        (
            "de",
            "Der Standardversand dauert drei Tage, der Expressversand einen Tag.",
            "Der Standardversand dauert 3 Tage.",
        ),
        ("de", "Die Bank braucht eine Woche.", "Die Bank braucht 1 Woche."),
        (
            "es",
            "Las tiendas tienen dos años de garantía y las mochilas un año.",
            "Las tiendas tienen 2 años de garantía.",
        ),
        ("fr", "Les tentes ont deux ans de garantie et les sacs un an.", "Les tentes ont 2 ans de garantie."),
        (
            "it",
            "La spedizione standard richiede tre giorni, la spedizione espressa un giorno.",
            "La spedizione standard richiede 3 giorni.",
        ),
        (
            "nl",
            "Standaard verzending duurt drie dagen, express verzending één dag.",
            "Standaard verzending duurt 3 dagen.",
        ),
    ],
)
def test_a_figure_of_the_thing_itself_passes(language, source, said):
    assert fault(said, source, language) == ""


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("one day", ("1", "day")),
        ("one working day", ("1", "day")),
        ("valid for a year", ("1", "year")),
        ("einen Tag", ("1", "day")),
        ("innerhalb eines Jahres", ("1", "year")),
        ("un año", ("1", "year")),
        ("una semana", ("1", "week")),
        ("un an", ("1", "year")),
        ("une heure", ("1", "hour")),
        ("één dag", ("1", "day")),
        ("un anno", ("1", "year")),
        ("one euro", ("1", "EUR")),
    ],
)
def test_one_before_a_unit_is_a_figure(text, quantity):
    assert quantity in words.quantities(text)


@pytest.mark.parametrize(
    "text", ["one of the days", "the wrong one", "ein Zelt", "una tienda", "€5 a day", "twice a week"]
)
def test_one_before_anything_else_is_none(text):
    assert "1" not in {number for number, _ in words.quantities(text)}
