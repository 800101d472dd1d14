"""The language of a message, quickly and steadily."""

import pytest

from chat.assistant import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is my parcel and when does it arrive?", "en"),
        ("Wo bleibt mein Paket, und wann kommt es an?", "de"),
        ("¿Dónde está mi paquete y cuándo llega?", "es"),
        ("Où est mon colis et quand arrive-t-il ?", "fr"),
        ("Dov'è il mio pacco e quando arriva?", "it"),
        ("Onde está a minha encomenda e quando chega?", "pt"),
        ("Waar is mijn pakket en wanneer komt het aan?", "nl"),
        ("Gdzie jest moja paczka i kiedy dotrze?", "pl"),
        ("Kargom nerede ve ne zaman gelecek?", "tr"),
        ("Где моя посылка и когда она придёт?", "ru"),
        ("أين طردي ومتى يصل؟", "ar"),
        ("我的包裹在哪里？", "zh"),
        ("荷物はどこですか？", "ja"),
        ("मेरा पार्सल कहाँ है और कब आएगा?", "hi"),
        ("Πού είναι το δέμα μου;", "el"),
        ("พัสดุของฉันอยู่ที่ไหน", "th"),
    ],
)
def test_detects(text, expected):
    assert language.detect(text) == expected
    assert language.quick(text, "en") == expected


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "42",
        "DHL",
        "NP-123456789",
        "https://shop.example/de/",
        "jo@mail.example",
        "Skarn 3",
        "👍",
        "",
        "  ",
        "hotel taxi",
    ],
)
@pytest.mark.parametrize("spoken", ["en", "de", "fr"])
def test_a_short_or_empty_message_keeps_the_language_that_was_spoken(text, spoken):
    assert language.quick(text, spoken) == spoken


def test_a_text_without_words_has_the_default():
    assert language.detect("12 34", "de") == "de"


@pytest.mark.parametrize(
    ("text", "locale", "spoken"),
    [
        ("gift card balance", "en", "en"),
        ("tell me a joke", "en-GB", "en"),
        ("wo ist mein paket", "en", "de"),
        ("12 34", "de-AT", "de"),
    ],
)
def test_first_words_are_in_the_browsers_language_unless_they_plainly_are_not(text, locale, spoken):
    assert language.of_first(text, locale) == spoken


LOG = """2026-11-30 08:12:01 ERROR [main] Could not connect to the server: Connection refused
2026-11-30 08:12:02 WARN  [main] Retrying in 5 seconds because the host is not available
[08:12:07] ERROR The request could not be completed, please check your network settings and try again"""


@pytest.mark.parametrize(
    ("spoken", "question"),
    [
        ("es", "¿Qué significa este error?"), ("ar", "ماذا يعني هذا الخطأ؟"), ("zh", "这个错误是什么意思？"),
        ("ru", "Что значит эта ошибка?"), ("de", "Was heißt das?"),
    ],
)  # fmt: skip
def test_a_pasted_log_does_not_change_the_language(spoken, question):
    assert language.quick(f"{question}\n{LOG}", spoken) == spoken


@pytest.mark.parametrize(
    ("spoken", "text"),
    [
        ("ar", "ماذا يعني هذا: Could not connect to the server, the connection was refused by the host"),
        ("ru", "Что значит: Could not connect to the server, the connection was refused by the host"),
    ],
)
def test_whoever_quotes_another_script_goes_on_in_their_own(spoken, text):
    assert language.quick(text, spoken) == spoken


@pytest.mark.parametrize(("spoken", "text"), [("zh", "Hello, where is my order and when does it come?")])
def test_whoever_goes_over_to_another_script_does(spoken, text):
    assert language.quick(text, spoken) == "en"


@pytest.mark.parametrize("text", ["سفارش من کجاست", "میرا آرڈر کہاں ہے"])
def test_persian_and_urdu_are_not_arabic(text):
    assert language.quick(text, "en") == "en"
    assert language.quick("أين طلبي ومتى يصل", "en") == "ar"
