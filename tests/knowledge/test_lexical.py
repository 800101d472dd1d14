"""Words as terms, in any script."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import Stemmer

from knowledge.lexical import terms


def test_the_forms_of_a_word_share_a_term():
    for first, second, language in (
        ("returning", "Returns", "en"),
        ("Rückgaben", "rückgabe", "de"),
        ("devoluciones", "devolución", "es"),
        ("возврата", "возврату", "ru"),
        ("siparişler", "siparişim", "tr"),
    ):
        assert set(terms(first, language)) & set(terms(second, language)), (first, second)


@pytest.mark.parametrize("word", ["المدرسة", "والمدرسة", "بالمدرسة", "للمدرسة", "المـــدرسة"])
def test_what_arabic_writes_at_the_front_of_a_word_does_not_hide_it(word):
    assert set(terms(word, "ar")) & set(terms("مدرسة", "ar"))


def test_accents_need_not_be_typed():
    assert terms("envio", "es")[0] == terms("envío", "es")[0]
    assert set(terms("ruckgabefrist", "de")) & set(terms("Rückgabefrist", "de"))


@pytest.mark.parametrize(("text", "language"), [("返品したい", "ja"), ("退货政策", "zh"), ("คืนสินค้า", "th")])
def test_scripts_without_spaces_are_read_in_pairs(text, language):
    assert terms(text, language) == [text[i : i + 2] for i in range(len(text) - 1)]


def test_a_latin_word_among_them_stays_a_word():
    assert "tent" in terms("tentを返品", "ja")


def test_the_vowel_signs_of_hindi_belong_to_their_word():
    assert len([t for t in terms("वापसी नीति", "hi") if not t.startswith("~")]) == 2


def test_a_language_without_a_stemmer_is_read_all_the_same():
    assert set(terms("tilbakebetalingen", "xx")) & set(terms("tilbakebetaling", "xx"))


def test_repetitions_are_kept_and_nothing_is_nothing():
    assert terms("tent tent", "en") == ["tent", "tent"]
    assert terms("", "en") == terms("!? …", "en") == []


def test_threads_that_stem_at_once_get_what_one_alone_gets():
    """A stemmer keeps the word that it works on: unguarded, some of these raise or come out as others."""
    made = [
        begin + middle + end
        for begin in ("re", "un", "over")
        for middle in ("turn", "pay", "ship", "order")
        for end in ("ing", "ed", "s", "ation", "fulness", "ability", "izers", "ements", "ically", "ousness")
    ]

    def stem_all(salt: str) -> list:
        return [terms(word, "en") for word in (salt + one for one in made)]

    salts = [a + b for a in "bcdfg" for b in "aeiou"]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem_all, salts))
    fresh = [Stemmer.Stemmer("english").stemWord(salt + one) for salt in salts for one in made]
    got = [one for found in together for one in found]
    assert [one[0] if isinstance(one, list) else one for one in got] == fresh
