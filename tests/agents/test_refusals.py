"""Whose fault an answer of a mail server tells of: its own and our account's there, the address's, or the letter's."""

import smtplib

import pytest

from agents.refusals import Fault, refusal

TO = "ann.lee@shop.example"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("554 5.7.1 <ann.lee@shop.example>: Relay access denied", Fault.SERVER),
        ("550 5.7.1 Unable to relay", Fault.SERVER),
        ("530 5.7.0 Authentication required", Fault.SERVER),
        ("550 5.7.26 Unauthenticated email from shop.example is not accepted", Fault.SERVER),
        ("451 4.7.500 Server busy", Fault.SERVER),
        ("550 5.4.5 Daily user sending quota exceeded", Fault.SERVER),
        ("550-5.4.5 Daily sending limit\n550 5.4.5 exceeded", Fault.SERVER),
        ("452 4.3.1 Insufficient system storage", Fault.SERVER),
        ("553 5.1.8 Sender address rejected: Domain not found", Fault.SERVER),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Fault.SERVER),
        ("550 relay not permitted", Fault.SERVER),
        ("421 closing", Fault.SERVER),
        ("550 5.1.1 no such user", Fault.ADDRESS),
        ("550-5.1.1 The email account that you tried to reach does not exist", Fault.ADDRESS),
        ("450 4.1.2 Domain not found", Fault.ADDRESS),
        ("556 5.1.10 Recipient address has null MX", Fault.ADDRESS),
        ("550 5.2.1 The account is disabled", Fault.ADDRESS),
        ("552 5.2.2 Mailbox full", Fault.LETTER),
        ("452 mailbox full", Fault.LETTER),
        ("550 no such mailbox", Fault.LETTER),
        ("554 refused by 10.5.7.1", Fault.LETTER),
        ("552 5.3.4 Message too big", Fault.LETTER),
        ("550 5.4.1 no route", Fault.LETTER),
    ],
)
def test_an_answer_says_whose_fault_it_is(answer, fault):
    assert refusal(of_recipient(answer), to=TO).fault is fault


def of_recipient(answer: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({TO: (int(answer[:3]), answer[4:].encode())})


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong"),
        smtplib.SMTPSenderRefused(550, b"no", "tandem@shop.example"),
    ],
)
def test_who_is_not_let_in_learns_nothing_of_the_address(error):
    assert refusal(error, to=TO).fault is Fault.SERVER


def test_a_text_that_is_refused_says_nothing_of_the_address_that_was_taken():
    assert refusal(smtplib.SMTPDataError(550, b"5.1.1 no"), to=TO).fault is Fault.LETTER
    assert refusal(smtplib.SMTPDataError(550, b"5.4.5 quota"), to=TO).fault is Fault.SERVER
    assert refusal(smtplib.SMTPSenderRefused(552, b"5.3.4 too big", "x"), to=TO).fault is Fault.LETTER


@pytest.mark.parametrize(
    "words", ["no ann.lee@shop.example here", "<Ann.Lee@shop.example>: no", "user ANN.LEE unknown"]
)
def test_what_is_kept_of_an_answer_names_nobody(words):
    said = refusal(of_recipient(f"550 {words}"), to=TO).said
    assert said.startswith("550 ")
    assert "ann.lee" not in said.lower()
