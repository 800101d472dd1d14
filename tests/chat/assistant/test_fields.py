"""What is read from an answer: numbers, days and order numbers as the language writes them, and a plain yes."""

from datetime import date

import pytest

from chat.assistant.doing import fields, figures
from chat.assistant.doing.asides import is_aside
from chat.assistant.doing.fields import FieldKind, Reading

TODAY = date(2026, 11, 29)


def reading(language: str = "en", forms: tuple[str, ...] = (), region: str = "") -> Reading:
    return Reading(forms, TODAY, region, language)


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("1,000", "en", ["1000"]),
        ("€1,000", "en", ["1000"]),
        ("1.000", "de", ["1000"]),
        ("1.500", "en", ["1500", "1.500"]),
        ("1,500", "de", ["1500", "1.500"]),
        ("1.500", "fr", ["1500", "1.500"]),
        ("1,500", "es", ["1500", "1.500"]),
        ("1.500,50 €", "en", ["1500.50"]),
        ("1,500.50", "de", ["1500.50"]),
        ("1 500,50", "fr", ["1500.50"]),
        ("1\u202f500", "en", ["1500"]),
        ("1'500", "de", ["1500"]),
        ("2.000.000", "en", ["2000000"]),
        ("0.500", "de", ["0.500"]),
        ("49,90", "en", ["49.90"]),
        ("49.9", "de", ["49.9"]),
        ("-3", "en", ["-3"]),
        ("it was 20 or 30", "en", ["20", "30"]),
        ("20 of the 20", "en", ["20"]),
        ("1.2.3", "en", []),
        ("1st", "en", []),
        ("none", "en", []),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(text, language, numbers):
    assert list(figures.readings(text, language)) == numbers


def test_dates_and_addresses_hold_no_number():
    how = reading()
    assert fields.numbers("on 2026-11-03 or 3.11.2026, ada7@example.com, 12 pieces", how) == ("12",)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("yesterday", "en", "2026-11-28"),
        ("hier", "fr", "2026-11-28"),
        ("aujourd’hui", "fr", "2026-11-29"),
        ("Gestern war das", "de", "2026-11-28"),
        ("ayer", "es", "2026-11-28"),
        ("yesterday", "it", "2026-11-28"),
        ("hier ist sie", "de", ""),
        ("hier", "en", ""),
        ("today or yesterday", "en", ""),
    ],
)
def test_a_day_word_counts_in_its_language(text, language, day):
    assert fields.answer(FieldKind.DATE, text, reading(language)) == day
    assert fields.said_before(FieldKind.DATE, [text], reading(language)) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("it is order ab-12345", "AB-12345"),
        ("4711223344", "4711223344"),
        ("my order number is 4711223344", "4711223344"),
        ("20481", "20481"),
        ("I paid 1200 euros, it is 20481", "20481"),
        ("I paid 1200 euros", ""),
        ("$1200", ""),
        ("1.200 € and it took 100 days", ""),
        ("2024-05-12", ""),
        ("on 12.05.2024", ""),
        ("call me on +49 171 2345678", ""),
        ("my card 4111 1111 1111 1111", ""),
        ("my card 4111111111111111", ""),
        ("1200 Main Street, Springfield", ""),
        ("ada1234@example.com", ""),
        ("DE89370400440532013000", ""),
    ],
)
def test_an_order_number_of_no_form_is_none_of_the_other_kinds(text, number):
    assert fields.answer(FieldKind.ORDER, text, reading()) == number
    assert fields.said_before(FieldKind.ORDER, [text], reading()) == ""


def test_an_order_number_of_the_sites_form_is_found_in_any_line():
    how = reading(forms=("NP-######",))
    assert fields.said_before(FieldKind.ORDER, ["np-123456 cost 1200 euros", "hello"], how) == "NP-123456"
    assert fields.answer(FieldKind.ORDER, "20481", how) == ""


@pytest.mark.parametrize(
    "typed", ["NP 654321", "it is np654321", "NP—654321", "no. NP - 654321, thanks", "ＮＰ６５４３２１"]
)
def test_an_order_number_is_read_as_the_site_writes_it(typed):
    how = reading(forms=("SH##-#", "NP-######"))
    assert fields.answer(FieldKind.ORDER, typed, how) == "NP-654321"
    assert fields.said_before(FieldKind.ORDER, [typed], how) == "NP-654321"


@pytest.mark.parametrize("typed", ["NP 65432", "NP of 654321", "snp654321", "in 654321 NP"])
def test_another_number_is_not_made_one_of_the_form(typed):
    assert fields.answer(FieldKind.ORDER, typed, reading(forms=("NP-######",))) == ""


@pytest.mark.parametrize(
    "text",
    [
        "first tell me how long delivery takes",
        "how long does it take",
        "Wait, what's the price",
        "can I change it later",
        "Wie lange dauert die Lieferung",
        "كم يستغرق التوصيل",
        "لكن أولا أريد أن أعرف السعر",
        "erst sag mir, was das kostet",
        "Können Sie mir das erklären",
        "cuánto cuesta el envío",
        "primero dígame el precio",
        "combien coûte la livraison",
        "dites-moi d'abord le prix",
        "The zip, why?",
    ],
)
def test_a_question_or_an_instruction_is_no_text(text):
    assert is_aside(text)


@pytest.mark.parametrize(
    "text",
    [
        "12 High Street, Leeds",
        "When I opened the parcel the zip was broken",
        "What happened: it fell",
        "My name is Will Can",
        "Als ich es öffnete, war der Reißverschluss kaputt",
        "Quand j'ai ouvert le colis, il était cassé",
        "Calle Mayor 5, Madrid",
        "شارع الملك فهد 12، الرياض",
        "The tent is too small",
        "Is broken",
    ],
)
def test_an_ordinary_text_is_taken(text):
    assert not is_aside(text)
