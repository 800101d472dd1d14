"""Whose fault it is that an e-mail did not leave: the server's (our account's there), the address's, or this letter's.

By the enhanced status codes of RFC 3463 and IANA's registry where the server gives one, which nearly all do.
"""

import re
import smtplib
from dataclasses import dataclass
from typing import Final

from chat.sent_out import Fault

LONGEST: Final = 120  # what a row keeps
NO_ADDRESS: Final = "NoAddress"
_ENHANCED: Final = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_ANSWER: Final = re.compile(r"([45]\d\d)\b")
# What stands in an answer without an enhanced code where our account is meant.
_ACCOUNT: Final = re.compile(r"\brelay|\bauthenti|\bsender\b|\bsending\b", re.IGNORECASE)
_OF_SERVER: Final = frozenset({"421", "454", "530", "534", "535", "538"})  # closing, TLS, logins (RFC 4954)
_SENDER: Final = ((1, 7), (1, 8))  # the sender's mailbox or domain
_SYSTEM: Final = ((3, 0), (3, 1), (3, 2), (3, 5), (4, 3), (4, 5))  # full, closed, misconfigured, over a quota
_NO_MAILBOX: Final = (2, 1)  # 2.2 is a mailbox that is full: it is there
_POLICY, _ADDRESSING = 7, 1
_HAS_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:]*@[^\s<>()\[\],;:]*")


class NoAddress(ValueError):
    """No e-mail can bear this recipient's address: none goes there, however often it is tried."""


@dataclass(frozen=True)
class Refusal:
    """Why a letter did not leave. `said`: the server's code and words, without anybody's address.

    `is_answer`: said of this letter, not on the way to it. `is_final`: trying this one again changes nothing.
    """

    fault: Fault
    said: str
    is_answer: bool
    is_final: bool


def refusal(error: Exception, *, to: str) -> Refusal:
    """What this error of a try to send to `to` means."""
    if isinstance(error, NoAddress):
        return Refusal(Fault.ADDRESS, NO_ADDRESS, is_answer=True, is_final=True)
    said = said_of(error, to=to)
    is_answer = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
    fault = fault_of(said) if is_answer else Fault.SERVER
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != 552:  # the size stands in that command too
        fault = Fault.SERVER
    if isinstance(error, smtplib.SMTPDataError) and fault is Fault.ADDRESS:
        fault = Fault.LETTER  # the address was taken before
    is_final = isinstance(error, smtplib.SMTPRecipientsRefused) and said.startswith("5")
    return Refusal(fault, said, is_answer, is_final)


def fault_of(said: str) -> Fault:
    """Whose fault an answer tells of; the letter's where it does not say. What is no answer is the server's."""
    code = _ANSWER.match(said)
    if code is None:
        return Fault.ADDRESS if said == NO_ADDRESS else Fault.SERVER
    if code[1] in _OF_SERVER:
        return Fault.SERVER
    if (enhanced := _ENHANCED.search(said)) is None:
        return Fault.SERVER if _ACCOUNT.search(said) else Fault.LETTER
    subject = int(enhanced[1]), int(enhanced[2])
    if subject[0] == _POLICY or subject in _SENDER or subject in _SYSTEM:
        return Fault.SERVER
    return Fault.ADDRESS if subject[0] == _ADDRESSING or subject == _NO_MAILBOX else Fault.LETTER


def said_of(error: Exception, *, to: str = "") -> str:
    """An error in a line: without a person's address, which servers like to repeat."""
    words: str | bytes
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return f"{type(error).__name__} {getattr(error, 'strerror', '') or ''}".strip()[:LONGEST]
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(f"{code} {_without_address(text, to)}".split())[:LONGEST]


def _without_address(text: str, to: str) -> str:
    text = _HAS_ADDRESS.sub("…", "".join(sign if sign.isprintable() else " " for sign in text))
    local = to.partition("@")[0]
    return re.sub(rf"(?<!\w){re.escape(local)}(?!\w)", "…", text, flags=re.IGNORECASE) if local else text
