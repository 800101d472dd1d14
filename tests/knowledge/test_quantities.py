"""Amounts, periods and clock times as readers of four languages write them."""

import pytest

from knowledge.quantities import Quantity, quantities

DAY = 24.0


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Standard delivery takes 3 to 5 working days.", [("time", 3 * DAY), ("time", 5 * DAY)]),
        ("en", "A 30-day return; above €1,250 or $12 it is free.", [("time", 30 * DAY), ("EUR", 1250), ("USD", 12)]),
        (
            "en",
            "From 9:00 am to 5:30 pm, two weeks, 10% off.",
            [("clock", 540), ("clock", 1050), ("time", 336), ("%", 10)],
        ),
        ("de", "Innerhalb von 30 Tagen, 4,90 €, ab 1.250 Euro.", [("time", 30 * DAY), ("EUR", 4.9), ("EUR", 1250)]),
        ("de", "2–3 Werktage, 10:00 bis 17.30 Uhr", [("time", 48), ("time", 72), ("clock", 600), ("clock", 1050)]),
        ("es", "Dos días laborables, 6,90 €.", [("time", 48), ("EUR", 6.9)]),
        ("fr", "De deux à trois jours\u202f: 1 250 €.", [("time", 48), ("time", 72), ("EUR", 1250)]),
        ("en", "A part of Pay in 3 costs €12, and 20 % of it", [("EUR", 12), ("%", 20)]),
        ("en", "Order 4711 of 25 November, version 1.2, on day 30.", []),
    ],
)
def test_each_amount_is_read_with_its_unit(language, text, found):
    assert [(one.kind, one.value) for one in quantities(text, language)] == found


def test_the_same_period_in_other_units_is_the_same():
    def one(text: str) -> Quantity:
        return quantities(text, "en")[0]

    assert one("14 days").equals(one("2 weeks"))
    assert one("1 year").equals(one("12 months"))
    assert one("30 days").equals(one("1 month"))
    assert not one("30 days").equals(one("28 days"))
    assert not one("14 days").equals(one("€14"))


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "The big tent costs €1.299,00.", [1299]),
        ("en", "The bond is 1.500.000 euros, or 1,500,000 dollars.", [1_500_000, 1_500_000]),
        ("de", "Das kostet $1,299.50 oder 1,500,000 Euro.", [1299.5, 1_500_000]),
        ("fr", "Soit 1,299.50 USD, 1 299,50 € ou 1'299.50 CHF.", [1299.5, 1299.5, 1299.5]),
        ("en", "At 1,234,567.89 euros and 1.234.567,89 euros", [1234567.89, 1234567.89]),
        ("en", "Weighs 1.234.56 kg or 1.250 kg", [1_234_560, 1250]),
        ("de", "Wiegt 1.250 kg oder 1,250 kg", [1_250_000, 1250]),
        ("tr", "30 MİN ve 5 mın; ſix dayſ", [0.5, 5 / 60, 144]),
        ("ar", "١٢ kg", [12000]),
    ],
)
def test_a_number_in_another_lands_notation_is_read_and_never_breaks(language, text, values):
    assert [one.value for one in quantities(text, language)] == pytest.approx(values)
