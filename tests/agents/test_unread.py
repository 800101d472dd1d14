"""A person's message that is unread for two minutes goes by e-mail, once, with a link that resumes safely."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from agents import inbox, letters, unread
from agents.models import Letter
from chat import lifecycle, resume, tokens
from chat.identity import Claims
from chat.models import Conversation, Event, Visitor
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings):
    with mail_server(settings) as box:
        yield box


@pytest.fixture
def answered(cast):
    """A customer with an e-mail address whom a person has answered."""
    conversation = cast.says("v", "I want to talk to a person")
    Visitor.objects.filter(pk=conversation.visitor_id).update(email="ana@example.com")
    cast.does(lifecycle.agent_message, cast.agent, conversation, text="It ships today.")
    return Conversation.objects.select_related("visitor", "site").get(pk=conversation.pk)


def in_minutes(n):
    return timezone.now() + dt.timedelta(minutes=n)


def link_in(text):
    return next(line for line in text.splitlines() if "/resume/" in line)


def test_unread_for_two_minutes_it_goes_out_once_and_arrives(answered, mailbox):
    assert unread.write_due(now=in_minutes(1)) == 0
    assert unread.write_due(now=in_minutes(3)) == 1
    assert unread.write_due(now=in_minutes(3)) == 0
    letters.send_due(now=in_minutes(3))
    (letter,) = mailbox.letters
    assert letter["To"] == "ana@example.com"
    assert letter["Subject"] == "Maya of Northpine has answered you"
    assert "It ships today." in letter.get_content()


def test_what_was_read_does_not_go_out_and_a_new_one_does(cast, answered, mailbox):
    lifecycle.visitor_has_read(conversation_id=answered.pk, seq=answered.last_seq)
    assert unread.write_due(now=in_minutes(3)) == 0
    cast.does(lifecycle.agent_message, cast.agent, answered, text="Anything else?")
    assert unread.write_due(now=in_minutes(3)) == 1
    text = Letter.objects.get().text
    assert "Anything else?" in text
    assert "It ships today." not in text


def test_the_assistants_answers_notes_and_who_left_no_address_get_no_letter(cast, answered, mailbox):
    lifecycle.visitor_has_read(conversation_id=answered.pk, seq=answered.last_seq)
    cast.does(lifecycle.note, cast.agent, answered, text="Secret")
    other = cast.says("w", "I want to talk to a person")
    cast.does(lifecycle.agent_message, cast.agent, other, text="Hello")
    assert unread.write_due(now=in_minutes(3)) == 0


def test_without_a_mail_server_nothing_is_written_and_nothing_is_lost(answered, settings):
    assert unread.write_due(now=in_minutes(3)) == 0
    with mail_server(settings):
        assert unread.write_due(now=in_minutes(4)) == 1


def test_the_link_leads_its_visitor_and_nobody_else_back(answered, mailbox):
    unread.write_due(now=in_minutes(3))
    page, _hash, signed = link_in(Letter.objects.get().text).partition("#")
    assert page.endswith("/resume/")
    answer = Client().post("/resume/", json.dumps({"link": signed}), content_type="text/plain")
    told = answer.json()
    assert tokens.held_by(told["site"], told["token"]).visitor == answered.visitor.public_id
    assert told["conversation"] == answered.public_id
    for bad in ("", signed[:-2], signed.replace(signed[4], "x", 1) + "y", tokens.token_of("site", "x")):
        assert Client().post("/resume/", json.dumps({"link": bad}), content_type="text/plain").status_code == 404
    assert Client().post("/resume/", "[" * 1990, content_type="text/plain").status_code == 404


def test_a_customers_letter_leads_to_the_owners_own_site_and_an_earlier_link_opens_nothing(cast, answered, mailbox):
    earlier = resume.link(base="", row=answered)[1:]
    assert resumed(earlier).status_code == 200
    who = {"claims": Claims("ada", email="ada@example.com"), "visitor_id": answered.visitor.public_id}
    lifecycle.identify(site=cast.site, **who, now=timezone.now())
    assert resumed(earlier).status_code == 404
    unread.write_due(now=in_minutes(3))
    text = Letter.objects.get().text
    assert "It ships today." in text
    assert text.endswith("log in at Northpine and open the chat there.\nhttps://shop.example\n")
    assert "resume" not in text


def test_an_old_link_opens_nothing(answered, monkeypatch):
    link = resume.link(base="", row=answered)[1:]
    monkeypatch.setattr(resume, "VALID_FOR", dt.timedelta(seconds=-1))
    assert resume.named_by(link) is None


def resumed(link):
    return Client().post("/resume/", json.dumps({"link": link}), content_type="text/plain")


def test_a_link_that_went_to_a_mistyped_address_ends_with_its_correction(cast, mailbox):
    where = cast.says("v", "I want to talk to a person")
    cast.says("v", "wrong@example.com")
    link = resume.link(base="", row=Conversation.objects.select_related("visitor", "site").get(pk=where.pk))[1:]
    assert resumed(link).status_code == 200
    cast.says("v", "right@example.com")
    assert resumed(link).status_code == 404


def test_the_token_that_a_link_gives_ends_with_it(answered):
    link = resume.link(base="", row=answered)[1:]
    token = resumed(link).json()["token"]
    site, visitor, now = answered.site.key, answered.visitor.public_id, timezone.now().timestamp()
    assert tokens.held_by(site, token, now=now + 6 * 86400).visitor == visitor
    assert tokens.held_by(site, token, now=now + 7 * 86400 + 1) is None


def test_an_address_that_can_be_none_goes_and_the_agent_is_told(answered, mailbox):
    Visitor.objects.update(email="anna@" + "äöüéßçñø" * 6 + ".com")
    unread.write_due(now=in_minutes(3))
    letters.send_due(now=in_minutes(3))
    assert "is refused" in Event.objects.get(conversation=answered, kind="note").body["text"]
    assert not inbox.row(answered.pk).has_email


def test_an_address_that_is_refused_is_none_and_the_agent_is_told(cast, answered, mailbox):
    unread.write_due(now=in_minutes(3))
    mailbox.refuses.append("550 5.1.1 no such user")
    letters.send_due(now=in_minutes(3))
    note = Event.objects.get(conversation=answered, kind="note")
    assert note.body["text"].startswith("An e-mail to the customer did not arrive")
    assert "ana@" not in note.body["text"]
    assert not inbox.row(answered.pk).has_email
    Visitor.objects.update(email="ana.lee@example.com")
    assert unread.write_due(now=in_minutes(9)) == 1, "what they have not read goes to the new one"


def test_the_composer_promises_e_mail_only_where_it_goes_out(answered, settings):
    assert not inbox.row(answered.pk).has_email
    with mail_server(settings):
        assert inbox.row(answered.pk).has_email


def test_while_the_server_was_down_nobodys_address_is_lost(answered, mailbox, settings):
    unread.write_due(now=in_minutes(3))
    settings.EMAIL_PORT, port = 9, settings.EMAIL_PORT
    for day in range(12):
        letters.send_due(now=in_minutes(3 + day * 1440))
    assert Letter.objects.get().due_at is None
    settings.EMAIL_PORT = port
    letters.write(to="owner@example.com", subject="A test", text="It works", now=in_minutes(20000))
    letters.send_due(now=in_minutes(20000))
    assert unread.write_due(now=in_minutes(20001)) == 1


def test_what_arrived_is_not_sent_again_with_what_was_lost(cast, answered, mailbox, settings):
    unread.write_due(now=in_minutes(3))
    letters.send_due(now=in_minutes(3))
    cast.does(lifecycle.agent_message, cast.agent, answered, text="Here is its number.")
    unread.write_due(now=in_minutes(6))
    settings.EMAIL_PORT, port = 9, settings.EMAIL_PORT
    for day in range(12):
        letters.send_due(now=in_minutes(6 + day * 1440))
    settings.EMAIL_PORT = port
    letters.write(to="owner@example.com", subject="A test", text="It works", now=in_minutes(20000))
    letters.send_due(now=in_minutes(20000))
    assert unread.write_due(now=in_minutes(20001)) == 1
    again = Letter.objects.last()
    assert "Here is its number." in again.text
    assert "It ships today." not in again.text


@pytest.mark.parametrize("body", ["", "[]", "null", '{"link": 5}', "{" * 3000, '{"link": "' + "x" * 3000 + '"}'])
def test_what_is_no_link_is_404_and_nothing_breaks(db, body):
    assert Client().post("/resume/", body, content_type="text/plain").status_code == 404


def test_the_page_tells_no_other_page_where_one_came_from_and_is_kept_nowhere(db):
    page = Client().get("/resume/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
