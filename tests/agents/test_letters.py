"""E-mail: it leaves through a real server, is tried again when that fails, and never twice; its links are forgotten."""

from datetime import timedelta

import pytest

from agents import letters
from agents.models import Letter
from tests.conftest import NOW
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings):
    with mail_server(settings) as made:
        yield made


def write(to: str = "ann@shop.example") -> Letter:
    """A letter with a link that opens a door."""
    return letters.write(to=to, subject="Willkommen, Zoë", text="https://x.example/secret-link\n", now=NOW)


def test_it_arrives_whole_once_and_its_text_is_forgotten(mailbox):
    letter = write()
    assert letters.send_due(now=NOW) == 1
    assert letters.send_due(now=NOW + timedelta(days=1)) == 0
    (taken,) = mailbox.letters
    assert (taken["To"], taken["Subject"]) == ("ann@shop.example", "Willkommen, Zoë")
    assert "https://x.example/secret-link" in taken.get_content()
    assert taken["Auto-Submitted"] == "auto-generated"
    letter.refresh_from_db()
    assert (letter.sent_at, letter.text, letter.error) == (NOW, "", "")
    assert letters.health().is_well


def test_a_server_that_is_away_is_tried_again_under_the_same_name(mailbox, settings):
    write()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # where nobody listens
    assert letters.send_due(now=NOW) == 0
    assert "ConnectionRefused" in letters.health().error
    settings.EMAIL_PORT = port
    assert letters.send_due(now=NOW + timedelta(seconds=1)) == 0, "not at once"
    assert letters.send_due(now=NOW + timedelta(minutes=5)) == 1
    assert mailbox.letters[0]["Message-ID"].startswith("<letter-")
    assert letters.health().is_well


def test_a_mailbox_that_is_full_is_tried_again_one_that_is_not_there_is_given_up(mailbox):
    mailbox.refuses = ["452 mailbox full"]
    full = write()
    letters.send_due(now=NOW)
    full.refresh_from_db()
    assert full.due_at
    assert full.text
    mailbox.refuses = ["550 no such mailbox: bob@shop.example"]
    wrong = write("bob@shop.example")
    letters.send_due(now=NOW)
    wrong.refresh_from_db()
    assert (wrong.due_at, wrong.text) == (None, "")
    assert "bob" not in wrong.error
    assert letters.send_due(now=NOW + timedelta(hours=1)) == 1
    assert [letter["To"] for letter in mailbox.letters] == ["ann@shop.example"]


def test_one_wrong_address_is_no_sign_that_e_mail_does_not_go_out(mailbox):
    mailbox.refuses = ["550 no such mailbox"]
    write("bob@shop.example")
    assert letters.send_due(now=NOW) == 0
    assert letters.health().is_well


@pytest.mark.parametrize("word", ["450 4.1.2 Domain not found", "452 mailbox full", "550 no such mailbox"])
def test_one_address_that_is_refused_stops_nobody_elses_e_mail(mailbox, word):
    write("x@nodomain.invalid")
    mailbox.refuses.append(word)
    letters.send_due(now=NOW)
    assert letters.health().is_well
    assert not letters.is_refused("ann@shop.example")
    write()
    assert letters.send_due(now=NOW) == 1


def test_one_address_that_can_be_none_holds_no_other_letter_up_and_is_given_up_at_once(mailbox):
    wrong = write("anna@" + "äöüéßçñø" * 6 + ".com")
    good = [write(f"{name}@shop.example") for name in ("ann", "bob", "cleo")]
    assert letters.send_due(now=NOW) == len(good)
    wrong.refresh_from_db()
    assert (wrong.due_at, wrong.text, wrong.error) == (None, "", "NoAddress")
    assert letters.is_refused(wrong.to)
    write("dora@müller-schön.de")
    assert letters.send_due(now=NOW) == 1, "a domain beyond ASCII is one"
    assert letters.health().is_well


def test_a_sender_that_is_none_is_no_fault_of_the_recipients(mailbox, settings):
    sender, settings.DEFAULT_FROM_EMAIL = settings.DEFAULT_FROM_EMAIL, f"tandem@{'ü' * 58}.de"
    letter = write()
    assert letters.send_due(now=NOW) == 0
    assert not letters.health().is_well
    assert not letters.is_refused(letter.to)
    settings.DEFAULT_FROM_EMAIL = sender
    assert letters.send_due(now=NOW + timedelta(minutes=5)) == 1


def test_a_server_that_closes_or_takes_no_sender_is_down_until_a_letter_arrives(mailbox, settings):
    write()
    mailbox.refuses.append("421 closing")
    letters.send_due(now=NOW)
    assert "421" in letters.health().error or not letters.health().is_well
    assert letters.send_due(now=NOW + timedelta(minutes=5)) == 1
    assert letters.health().is_well


def test_it_gives_up_after_ten_tries_that_were_its_own_and_forgets_the_link(mailbox):
    letter = write()
    mailbox.refuses_all = "452 mailbox full"
    for day in range(12):
        letters.send_due(now=NOW + timedelta(days=day))
    letter.refresh_from_db()
    assert (letter.tries, letter.due_at, letter.text) == (10, None, "")


def test_of_two_senders_one_sends(mailbox, monkeypatch):
    write()
    due = list(Letter.objects.all())
    letters.send_due(now=NOW)
    assert not letters._send(due[0], NOW)
    assert len(mailbox.letters) == 1


def test_without_a_server_it_waits(db):
    letter = write()
    assert letters.send_due(now=NOW) == 0
    letter.refresh_from_db()
    assert letter.due_at == NOW
    assert not letters.health().is_well
