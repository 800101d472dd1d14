"""E-mail addresses as people write them where a form would refuse them."""

import time

import pytest

from supportsite.redact import find


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("janedoe(at)gmail.com", "janedoe(at)gmail.com"),
        ("janedoe [at] gmail.com", "janedoe [at] gmail.com"),
        ("mail: jane.doe{at}gmail.com.", "jane.doe{at}gmail.com"),
        ("mein e-mail: jane.doe(ät)gmx.de", "jane.doe(ät)gmx.de"),
        ("mail: janedoe(@)gmail.com", "janedoe(@)gmail.com"),
        ("janedoe(a)gmail.com", "janedoe(a)gmail.com"),
        ("janedoe(at)mail.co.uk or call me", "janedoe(at)mail.co.uk"),
        ("janedoe (at) gmail (dot) com", "janedoe (at) gmail (dot) com"),
        ("janedoe(at)northpine.example", "janedoe(at)northpine.example"),
        ("janedoe@gmail . com", "janedoe@gmail . com"),
        ("janedoe@gmail. com", "janedoe@gmail. com"),
        ("jane.doe @ gmail . com", "jane.doe @ gmail . com"),
        ("janedoe@mail . co . uk", "janedoe@mail . co . uk"),
        ("janedoe@gmail,com", "janedoe@gmail,com"),
        ("you can reach me at jane.doe at gmail.com", "jane.doe at gmail.com"),
        ("jane.doe AT gmail.com", "jane.doe AT gmail.com"),
        ("jane_doe at posteo.de, please", "jane_doe at posteo.de"),
        ("jane dot doe at gmail.com", "jane dot doe at gmail.com"),
        ("my e-mail is janedoe at northpine.example", "janedoe at northpine.example"),
        ("write to sales at northpine.example please", "sales at northpine.example"),
        ("mail me: janedoe at posteo.de", "janedoe at posteo.de"),
        ("meine Mailadresse ist janedoe at posteo.de", "janedoe at posteo.de"),
        ("mi correo es jane arroba gmail.com", "jane arroba gmail.com"),
        ("mon adresse mail est jane arobase orange.fr", "jane arobase orange.fr"),
        ("meine mail ist janedoe ät gmx punkt de", "janedoe ät gmx punkt de"),
        ("janedoe at gmail.com", "janedoe at gmail.com"),
        ("jane1984 at hotmail.com", "jane1984 at hotmail.com"),
    ],
)
def test_is_found(text, value):
    assert ("EMAIL", value) in [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "look at amazon.com",
        "Look at Amazon.com.",
        "we meet at booking.com",
        "order at northpine.example",
        "I ordered it at northpine.example",
        "you can mail me at booking.com",
        "contact us at northpine.example",
        "I have an account at gmail.com",
        "I signed up at gmail.com and at outlook.com",
        "my e-mail address at booking.com is wrong",
        "I got an e-mail confirmation at booking.com",
        "I paid 4.90 at amazon.com",
        "the PS5 at amazon.com",
        "on 12.03.2024 at amazon.de",
        "e.g. at amazon.com or a.m. at shop.example",
        "see (a) the price at amazon.com (b) the colour",
        "I asked @support . no answer",
        "thanks @support. No answer yet",
        "thanks @support, it works",
        "the hotel(at the lake) is full",
        "we arrive (at 10.30) today",
        "is it open at 10.30?",
    ],
)
def test_is_left_alone(text):
    assert "EMAIL" not in [span.kind for span in find(text)]


def test_addresses_are_looked_for_in_no_time_whatever_is_written():
    began = time.perf_counter()
    for text in (
        "a at b " * 600,
        "a(at)" * 800,
        "a.b-" * 1000 + " at gmail.com",
        " at " * 1000,
        "a dot " * 700 + "at b.com",
    ):
        find(text)
    assert time.perf_counter() - began < 10, "it takes half a second"
