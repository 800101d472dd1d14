"""What a text says: stems and facts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import Stemmer

from chat.assistant import words


@pytest.mark.parametrize(
    ("text", "number"),
    [("4,90", "4.9"), ("4.90", "4.9"), ("1,000", "1000"), ("1.000", "1000"), ("1 500", "1500"), ("1,234.50", "1234.5"),
     ("007", "7"), ("0", "0"), ("08:00", "8:00")],
)  # fmt: skip
def test_a_number_has_one_plain_form(text, number):
    assert words.number(text) == number


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("within 45 days", ("45", "day")),
        ("innerhalb von 45 Tagen", ("45", "day")),
        ("in 5 working days", ("5", "day")),
        ("it costs €4.90 now", ("4.9", "EUR")),
        ("es kostet 4,90 €", ("4.9", "EUR")),
        ("three years", ("3", "year")),
        ("drei Jahre", ("3", "year")),
        ("at most 30 % off", ("30", "percent")),
        ("order 5512", ("5512", "")),
        ("down to −16 °C", ("-16", "")),
        ("3–5 working days", ("3", "day")),
        ("занимает 3 рабочих дня", ("3", "day")),
        ("خلال 45 يومًا", ("45", "day")),
        ("trwa 2 tygodnie", ("2", "week")),
        ("стоит 300 рублей", ("300", "RUB")),
        ("by 24 December within 45 days", ("24", "")),
    ],
)
def test_a_quantity_has_its_unit(text, quantity):
    assert quantity in words.quantities(text)


def test_facts_are_addresses_codes_and_dates():
    text = "Write to help@shop.example by 25 December, see shop.example/returns, code RF99."
    assert words.facts(text) == {"help@shop.example", "shop.example/returns", "rf99", "month 12"}
    assert words.facts("bis zum 25. Dezember") == {"month 12"}


def test_a_country_and_its_short_form_are_one():
    assert words.content("sent to the United Kingdom", "en") == words.content("sent to the UK", "en")
    assert "uk" in words.facts("nach dem Vereinigten Königreich")


def test_names_are_capitals_in_mid_sentence():
    assert words.names("Send it to Northpine in Venlo", "en") == {"northpine", "venlo"}
    assert words.names("Senden Sie das Paket an uns", "de") == frozenset()


def test_a_small_letter_of_any_alphabet_is_no_capital():
    assert words.names("Мы не доставляем заказы в Россию", "ru") == {"россию"}
    assert words.names("Mogę jutro łatwo zwrócić do Łodzi", "pl") == {"łodzi"}
    assert words.names("التوصيل يكلف 5 يورو", "ar") == frozenset()


def test_words_of_a_script_without_spaces_are_pairs_of_signs():
    assert words.tokens("退货期限") == ["退货", "货期", "期限"]


def test_forms_of_a_word_have_one_stem():
    assert words.content("returned items", "en") == words.content("returning an item", "en")
    assert words.content("l'article", "fr") == words.content("articles", "fr")


def test_threads_that_stem_at_once_get_what_one_alone_gets():
    """A stemmer keeps the word that it works on: unguarded, some of these raise or come out as others."""
    made = [
        begin + middle + end
        for begin in ("re", "un", "over")
        for middle in ("turn", "pay", "ship", "order")
        for end in ("ing", "ed", "s", "ation", "fulness", "ability", "izers", "ements", "ically", "ousness")
    ]

    def stem_all(salt: str) -> list:
        return [words.stem(word, "en") for word in (salt + one for one in made)]

    salts = [a + b for a in "bcdfg" for b in "aeiou"]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem_all, salts))
    fresh = [Stemmer.Stemmer("english").stemWord(salt + one) for salt in salts for one in made]
    got = [one for found in together for one in found]
    assert [one[0] if isinstance(one, list) else one for one in got] == fresh
