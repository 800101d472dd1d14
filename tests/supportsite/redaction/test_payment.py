"""Numbers of cards and accounts, however they are set apart, and glued to what stands beside them."""

import re
import time

import pytest

from supportsite.redact import Redactor, find


def left(text: str) -> str:
    """What would leave of the digits, the placeholders' own aside."""
    return "".join(re.findall(r"\d", re.sub(r"\[[A-Z]+_\d+\]", "", Redactor([text]).redact(text))))


@pytest.mark.parametrize(
    "text",
    [
        "Visa4111111111111111",
        "VISA4111111111111111 was charged",
        "Mastercard5500000000000004",
        "Karte4111111111111111",
        "CC4111111111111111",
        "x4111111111111111",
        "4111111111111111abc",
        "card_4111111111111111",
        "a4111 1111 1111 1111",
        "amex378282246310005x",
        "Visa4222222222222",
        "Diners30569309025904",
        "Maestro6759649826438453",
        "Visa4111-1111-1111-1111",
        "4111  -  1111  -  1111 - 1111",
        "4111 / 1111-1111 . 1111",
        "card 4111 1111 1111 1111x",
    ],
)
def test_a_card_glued_to_letters_or_set_apart_unevenly_is_found(text):
    assert [span.kind for span in find(text)] == ["CARD"]
    assert left(text) == ""


def test_what_stands_behind_a_glued_card_stays():
    assert Redactor([]).redact("visa 4111111111111111exp12/27") == "visa [CARD_1]exp12/27"


@pytest.mark.parametrize(
    "text",
    [
        "SKU4111111111111112",  # no checksum
        "ref1234567890123452",  # the checksum, but no issuer
        "JD014600003828",
        "3.4111111111111111",
        "+4915123456787",  # a phone's, though it has the checksum
        "in 2019, 2020, 2021 and 2022",
        "2019 - 2020 / 2021 . 2022",
        "4111, 1111 pieces, 1111 and 1111",
    ],
)
def test_what_only_looks_like_a_glued_card_is_none(text):
    assert "CARD" not in [span.kind for span in find(text)]


@pytest.mark.parametrize(
    "broken", ["card 4111 1111\n1111 1111", "4111 1111 1111\n1111", "4111\r\n1111\r\n1111\r\n1111"]
)
def test_a_card_broken_over_lines_of_a_long_message_is_taken_out_whole(broken):
    text = "a line\n" * 9 + broken + "\nbye"
    assert left(text) == ""
    assert Redactor([text]).counts == {"CARD": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("iban DE89.3704.0044.0532.0130.00", "DE89.3704.0044.0532.0130.00"),
        ("DE89/3704/0044/0532/0130/00", "DE89/3704/0044/0532/0130/00"),
        ("IBAN DE89_3704_0044_0532_0130_00.", "DE89_3704_0044_0532_0130_00"),
        ("IBAN DE89  3704  0044  0532  0130  00", "DE89  3704  0044  0532  0130  00"),
        ("D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0"),
        ("my iban GB82 WEST.1234.5698.7654.32", "GB82 WEST.1234.5698.7654.32"),
        ("DE 89-3704 0044-0532 0130-00", "DE 89-3704 0044-0532 0130-00"),
        ("IBANDE89370400440532013000", "DE89370400440532013000"),
        ("DE89370400440532013000please", "DE89370400440532013000"),
        ("DE89 3704 0044 0532 0130 00 and more", "DE89 3704 0044 0532 0130 00"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
        ("at 12 30 my account is DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("IBAN: DE88.3704.0044.0532.0130.00. Thanks", "DE88.3704.0044.0532.0130.00"),  # a slip of the pen
    ],
)
def test_an_account_is_found_whatever_is_between_its_groups(text, value):
    assert [(span.kind, text[span.start : span.end]) for span in find(text)] == [("IBAN", value)]


def test_an_account_broken_over_lines_of_a_long_message_is_taken_out_whole():
    assert left("a line\n" * 9 + "IBAN: DE89 3704 0044\n0532 0130 00\nbye") == ""


@pytest.mark.parametrize(
    "text",
    [
        "at 10:30 we will meet for a tour of the whole town",
        "is 12/11 of the year 2024 a day on which you open",
        "in 24 hours, it said, no 15 of the list",
        "DE89.3704.0044.0532.0130.01",  # no checksum, and nothing says that it is one
    ],
)
def test_what_only_begins_like_an_account_is_none(text):
    assert "IBAN" not in [span.kind for span in find(text)]


def test_pasted_text_is_searched_for_cards_and_accounts_in_no_time():
    began = time.perf_counter()
    for text in ("4111 " * 800, "DE89 " * 800, "4" * 4000, "D E 8 9 " * 500, "4111" + " " * 3900, "DE89" + "." * 3900):
        find(text)
    assert time.perf_counter() - began < 10, "it takes half a second"
