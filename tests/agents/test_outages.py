"""After a mail server was away, or refused all, what is owed goes out by itself, and nobody's address was lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents import attending, inbox, letters, unread
from agents.models import Letter
from chat import lifecycle
from chat.models import Call, Event, Visitor
from tests.agents.waiting import PERSON, rule
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
RELAY = "554 5.7.1 <someone@shop.example>: Relay access denied"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def mailbox(settings):
    with mail_server(settings) as made:
        yield made


@pytest.fixture
def away(mailbox, settings):
    """Where the server is while nobody listens; set `EMAIL_PORT` to it to mend that."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    return port


def answered(cast, name: str):
    """A customer with an address of theirs, whom a person has answered."""
    conversation = cast.says(name, PERSON)
    Visitor.objects.filter(pk=conversation.visitor_id).update(email=f"{name}@shop.example")
    cast.does(lifecycle.claim, cast.agent, conversation)
    cast.does(lifecycle.agent_message, cast.agent, conversation, text=f"It ships today, {name}.")
    return conversation


def sweeps(start, long, step=MINUTE):
    """The clock's rounds over a time; when the last one was."""
    now = start
    while now < start + long:
        unread.write_due(now=now)
        letters.send_due(now=now)
        now += step
    return now


def later():
    return timezone.now() + 3 * MINUTE


def write(name: str, now) -> Letter:
    return letters.write(to=f"{name}@shop.example", subject="S", text="https://x.example/secret\n", now=now)


def of(conversation) -> str:
    return Visitor.objects.get(conversation=conversation).email


def notes(conversation) -> list[str]:
    return [event.body["text"] for event in Event.objects.filter(conversation=conversation, kind="note")]


@pytest.mark.parametrize("hours", [1, 9, 40, 200])
def test_however_long_it_was_away_everything_goes_out_minutes_after_it_is_back(cast, mailbox, away, settings, hours):
    answered(cast, "ann")
    bob = answered(cast, "bob")
    now = sweeps(later(), hours * HOUR, step=hours * MINUTE)
    assert not letters.is_well()
    assert not mailbox.letters
    settings.EMAIL_PORT = away
    sweeps(now, 7 * MINUTE)
    assert sorted(letter["To"] for letter in mailbox.letters) == ["ann@shop.example", "bob@shop.example"]
    assert letters.is_well()
    assert of(bob) == "bob@shop.example"
    assert not notes(bob)


def test_an_invitation_waits_as_long_as_its_link_works_and_then_forgets_it(mailbox, away, settings):
    now = later()
    letter = write("ann", now)
    now = sweeps(now, 40 * HOUR, step=HOUR)
    settings.EMAIL_PORT = away
    now = sweeps(now, 6 * MINUTE)
    assert [one["To"] for one in mailbox.letters] == ["ann@shop.example"]
    settings.EMAIL_PORT = 9
    letter = write("bob", now)
    sweeps(now, 73 * HOUR, step=HOUR)
    letter.refresh_from_db()
    assert (letter.due_at, letter.text) == (None, "")
    assert "ConnectionRefused" in letter.error


def test_while_it_is_away_one_login_in_five_minutes_is_all_that_is_tried(mailbox, settings, monkeypatch):
    tried = []
    monkeypatch.setattr("agents.mail_login.error", lambda: tried.append(1) or "ConnectionRefusedError")
    now = later()
    for name in ("ann", "bob", "cleo"):
        write(name, now)
    settings.EMAIL_PORT = 9
    letters.send_due(now=now)
    assert Letter.objects.exclude(tried_at=None).count() == 1, "who finds it away is the last"
    sweeps(now + MINUTE, HOUR)
    assert 10 <= len(tried) <= 13


def test_a_login_that_is_refused_is_tried_again_and_mends_itself(mailbox, settings):
    now = later()
    write("ann", now)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tandem", "wrong"  # this server takes no login at all
    now = sweeps(now, HOUR)
    assert not letters.is_well()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    sweeps(now, 6 * MINUTE)
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    "answer", [RELAY, "550 5.4.5 Daily user sending quota exceeded", "451 4.7.1 Too many messages"]
)
@pytest.mark.parametrize("where", ["refuses_all", "refuses_texts"])
def test_a_server_that_refuses_all_is_down_keeps_every_address_and_mends_itself(cast, mailbox, answer, where):
    ann, bob = answered(cast, "ann"), answered(cast, "bob")
    setattr(mailbox, where, answer)
    now = sweeps(later(), 18 * HOUR, step=20 * MINUTE)
    assert not letters.is_well()
    assert letters.health().error.startswith(answer[:9])
    assert (of(ann), of(bob)) == ("ann@shop.example", "bob@shop.example")
    assert not inbox.row(ann.pk).has_email, "the composer promises no e-mail"
    setattr(mailbox, where, "")
    sweeps(now, 7 * MINUTE)
    assert sorted(letter["To"] for letter in mailbox.letters) == ["ann@shop.example", "bob@shop.example"]
    assert letters.is_well()
    assert not notes(ann)


def test_while_all_is_refused_the_server_is_left_in_peace(cast, mailbox):
    for name in ("ann", "bob", "cleo", "dora"):
        answered(cast, name)
    mailbox.refuses_all = RELAY
    sweeps(later(), 2 * HOUR)
    assert len(mailbox.asked) <= 4 + 2 * 12 + 1, "each once, then one of them in five minutes"


@pytest.mark.parametrize("answer", ["550 denied", "554 Transaction failed"])
def test_refusals_without_a_word_of_why_are_the_servers_where_they_befall_several(cast, mailbox, answer):
    people = [answered(cast, name) for name in ("ann", "bob", "cleo")]
    mailbox.refuses_all = answer
    now = sweeps(later(), HOUR)
    assert letters.health().error == answer
    assert all(map(of, people))
    mailbox.refuses_all = ""
    sweeps(now, 7 * MINUTE)
    assert {letter["To"] for letter in mailbox.letters} == {f"{name}@shop.example" for name in ("ann", "bob", "cleo")}
    assert letters.is_well()


def test_one_that_is_refused_without_a_word_of_why_keeps_its_address_and_the_team_reads_the_words(cast, mailbox):
    ann = answered(cast, "ann")
    mailbox.refuses_all = "550 we do not like ann@shop.example"
    sweeps(later(), HOUR)
    assert of(ann) == "ann@shop.example"
    (note,) = notes(ann)
    assert "550 we do not like …" in note
    assert letters.is_well()
    assert len(mailbox.asked) == 1


def test_one_recipient_whom_policy_refuses_holds_up_nobody_else_for_long(cast, mailbox):
    ann = answered(cast, "ann")
    mailbox.refuses_these["ann@shop.example"] = "550 5.7.1 You are not allowed to write to this group"
    now = sweeps(later(), 2 * MINUTE)
    answered(cast, "bob")
    now = sweeps(now + 3 * MINUTE, 12 * MINUTE)
    assert [letter["To"] for letter in mailbox.letters] == ["bob@shop.example"]
    assert letters.is_well()
    assert of(ann) == "ann@shop.example"
    assert "not allowed to write" in notes(ann)[0]


def test_addresses_that_are_none_take_no_e_mail_from_the_others(cast, mailbox):
    for name in ("x", "y", "z", "w"):
        answered(cast, name)
        mailbox.refuses_these[f"{name}@shop.example"] = "550 5.1.1 no such user"
    now = sweeps(later(), 5 * MINUTE)
    assert letters.is_well()
    assert not any(Visitor.objects.values_list("email", flat=True))
    answered(cast, "bob")
    sweeps(now + 3 * MINUTE, 2 * MINUTE)
    assert [letter["To"] for letter in mailbox.letters] == ["bob@shop.example"]


def test_made_up_addresses_at_a_server_that_gives_no_reasons_take_no_e_mail_from_the_others(cast, mailbox):
    for name in ("x", "y", "z", "w"):
        answered(cast, name)
        mailbox.refuses_these[f"{name}@shop.example"] = "550 unknown"
    now = sweeps(later(), 5 * MINUTE)
    answered(cast, "bob")
    sweeps(now + 3 * MINUTE, 2 * MINUTE)
    assert [letter["To"] for letter in mailbox.letters] == ["bob@shop.example"]


def test_the_e_mail_about_a_customer_for_whom_nobody_came_goes_out_once_the_server_takes_it(cast, mailbox):
    rule(cast.site, unclaimed_rule="mail", unclaimed_email="team@shop.example", unclaimed_after=15)
    waiting = cast.says("v", PERSON)
    mailbox.refuses_all = RELAY
    now = timezone.now()
    for minute in range(40):
        attending.attend(now=now + minute * MINUTE)
        letters.send_due(now=now + minute * MINUTE)
    assert not letters.is_refused("team@shop.example")
    assert not letters.is_well()
    mailbox.refuses_all = ""
    sweeps(now + 40 * MINUTE, 7 * MINUTE)
    assert [letter["To"] for letter in mailbox.letters] == ["team@shop.example"]
    assert Call.objects.get(conversation=waiting, ended_at=None).step == Call.Step.GIVEN_UP
