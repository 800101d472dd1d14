"""Personal data is taken out before anything leaves, and put back."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportsite.redact import Redactor, find


def kinds(text: str, *countries: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text, countries or ("US",))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jo.doe+x@mail.example, please", [("EMAIL", "jo.doe+x@mail.example")]),
        ("card 4111 1111 1111 1111.", [("CARD", "4111 1111 1111 1111")]),
        ("card 4111-1111-1111-1111", [("CARD", "4111-1111-1111-1111")]),
        ("DE89 3704 0044 0532 0130 00", [("IBAN", "DE89 3704 0044 0532 0130 00")]),
        ("gb82west12345698765432 is mine", [("IBAN", "gb82west12345698765432")]),
        ("call +49 30 901820", [("PHONE", "+49 30 901820")]),
        ("call (212) 555-0123 today", [("PHONE", "(212) 555-0123")]),
        ("from 192.168.1.20", [("IP", "192.168.1.20")]),
        ("from 2001:db8::ff00:42:8329", [("IP", "2001:db8::ff00:42:8329")]),
        ("see https://shop.example/reset?token=abc.", [("URL", "https://shop.example/reset?token=abc")]),
        ("https://jo:secret@shop.example/", [("URL", "https://jo:secret@shop.example/")]),
        ("https://shop.example/t/a81bc81bdeadbeef4e5d", [("URL", "https://shop.example/t/a81bc81bdeadbeef4e5d")]),
    ],
)
def test_is_found(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "order NP-123456789 of 12 March",
        "4111 1111 1111 1112",  # not a card: Luhn
        "0000 0000 0000 0000",
        "DE88 3704 0044 0532 0130 00",  # not an IBAN: its checksum
        "version 1.2.3 costs 4.90 €",
        "between 10:30 and 18:00",
        "999.999.999.999",
        "https://shop.example/returns",
        "size 42, 3 x 2.5 m",
        "she said @home",
    ],
)
def test_is_left_alone(text):
    assert kinds(text) == []


def test_a_number_without_its_countrys_prefix_is_found_where_the_customer_is_from():
    assert kinds("Tel. 030 901820", "DE") == [("PHONE", "030 901820")]
    assert kinds("Tel. 030 901820", "US") == []


def test_the_same_value_is_the_same_placeholder_throughout():
    redactor = Redactor(["I am jo@mail.example", "Jo@Mail.example again, and ann@mail.example"])
    assert redactor.redact("jo@mail.example or ann@mail.example?") == "[EMAIL_1] or [EMAIL_2]?"
    assert redactor.counts == {"EMAIL": 2}


def test_numbers_do_not_depend_on_what_is_redacted_first():
    lines = ["first@mail.example", "second@mail.example"]
    assert Redactor(lines).redact(lines[1]) == Redactor(lines).redact(lines[1]) == "[EMAIL_2]"


def test_a_placeholder_that_somebody_wrote_stays_theirs():
    redactor = Redactor(["what is [EMAIL_1]? mine is jo@mail.example"])
    assert redactor.redact("jo@mail.example") == "[EMAIL_2]"
    assert redactor.restore("[EMAIL_1] [EMAIL_2]") == "[EMAIL_1] jo@mail.example"
    assert not redactor.knows("[EMAIL_1]")


@given(st.text(max_size=300))
def test_whatever_is_written_comes_back_equal(text):
    redactor = Redactor([text])
    assert redactor.restore(redactor.redact(text)) == text


def test_naughty_strings_come_back_equal():
    path = Path(__file__).parents[2].parent / "shared" / "data" / "naughty-strings" / "blns.json"
    naughty = (
        json.loads(path.read_text("utf-8")) if path.exists() else ["http://[::1]:80/?x", "𝒴ℴ@ℯ.example", "\u202e@"]
    )
    for text in naughty:
        redactor = Redactor([text])
        assert redactor.restore(redactor.redact(text)) == text
