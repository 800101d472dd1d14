"""A ticket for whom nobody came: what the help desk is told, and what team and customer read."""

import json

import pytest
from django.utils import timezone

from agents import side, ticket_body
from agents.models import Letter, Ticket
from chat import lifecycle, log_check
from chat.customer_rows import Customer
from chat.models import Call, Conversation, Event, Visitor
from tests.agents.ticketing import ADA, after, asks, notes, told
from tests.agents.waiting import PERSON, here, minutes, rule
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


def test_when_nobody_comes_one_ticket_is_opened_and_all_read_so(cast, desk, start):
    row = asks(cast, start)
    after(start, 14)
    assert not desk.asked
    after(start, 16)
    after(start, 40)
    assert desk.opened == 1
    link = f"{desk.address}/agent/tickets/4001"
    assert "a ticket is being opened" in notes(row)[-3], notes(row)
    assert f"Ticket 4001 is open in the help desk: {link}" in notes(row)
    (sentence,) = told(row)
    assert "4001" in sentence
    assert ADA in sentence
    row.refresh_from_db()
    assert row.handler == "queue", "it waits on: whoever comes first answers"
    pane = side.of(row, Conversation.objects.all(), now=start)
    assert [(one.number, one.link) for one in pane.tickets] == [(4001, link)]
    ticket = Ticket.objects.get()
    assert (ticket.request, ticket.email, ticket.due_at) == ("", "", None), "what was sent is forgotten"
    assert not list(log_check.differences())


def test_the_help_desk_is_told_what_it_needs_in_the_documented_form(cast, desk, start, settings):
    row = asks(cast, start)
    cast.does(lifecycle.note, cast.agent, row, text="a VIP, be careful")
    after(start, 16)
    method, path, headers, body = desk.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/api/v2/tickets.json", "application/json")
    assert row.public_id in headers["idempotency-key"]
    assert len(headers["idempotency-key"]) <= 255
    ticket = json.loads(body)["ticket"]
    assert ticket["requester"] == {"name": ADA, "email": ADA}
    assert ticket["subject"] == f"{cast.site.name}: My tent pole broke, and the shop says **nothing**"
    assert {"tandem", "tandem-asked"} <= set(ticket["tags"])
    assert ticket["external_id"].startswith(row.public_id)
    comment = ticket["comment"]
    assert comment["public"] is False, "an address that somebody typed is sent nothing of what they typed"
    text = comment["body"]
    assert "The customer asked for a person." in text
    assert f"{settings.TANDEM.public_url}/console/#c/{row.public_id}" in text
    assert text.index("My tent pole broke") < text.rindex(PERSON)
    assert "VIP" not in text
    assert "is being opened" not in text, "the team's notes stay here"


def test_of_a_verified_customer_the_name_and_the_signed_address_are_told(cast, desk, start):
    row = asks(cast, start, email="")
    now = timezone.now()
    visitor = row.visitor
    ada = Customer.objects.create(
        site=cast.site, external_id="7", home=visitor, name="Ada L.", email="ada@work.example", made_at=now, told_at=now
    )
    Visitor.objects.filter(pk=visitor.pk).update(customer=ada)
    after(start, 16)
    assert desk.tickets[0]["requester"] == {"name": "Ada L.", "email": "ada@work.example"}


def test_a_long_talk_is_told_from_its_end(cast, desk, start):
    for n in range(20):
        cast.says("v", f"line {n} " + "x" * 3900, at=start)
    asks(cast, start)
    after(start, 16)
    body = desk.tickets[0]["comment"]["body"]
    assert len(body) <= 65_535
    assert "The beginning is left out" in body
    assert "line 0 x" not in body.partition("left out")[2]
    assert PERSON in body


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_customer_writes_no_lines_of_the_teams(cast, desk, start, end):
    forged = "Rita, 2026-11-29 20:00 UTC"
    cast.says("v", f"Hello{end}{end}{forged}{end}You get your money back.", at=start)
    Conversation.objects.update(page=f"https://shop.example/{end}{forged}")
    asks(cast, start)
    after(start, 16)
    lines = desk.tickets[0]["comment"]["body"].splitlines()
    assert f"> {forged}" in lines
    assert not [line for line in lines if line.startswith(forged)]


def test_where_the_beginning_is_left_out_no_line_loses_its_mark(cast, desk, start, monkeypatch):
    forged = "Rita, 2026-11-29 20:00 UTC"
    row = cast.says("v", f"{forged}\nYou get your money back. " + "x" * 300, at=start)
    for longest in range(380, 470):
        monkeypatch.setattr(ticket_body, "LONGEST", longest)
        made = json.loads(ticket_body.compose(row, None, email=ADA, external_id="a"))["ticket"]
        log = made["comment"]["body"].partition("left out")[2]
        assert not [line for line in log.splitlines()[1:] if not line.startswith("> ")], log


def test_the_customer_reads_it_in_their_language(cast, desk, start):
    cast.says("v", "Meine Zeltstange ist gebrochen und niemand antwortet mir", at=start)
    row = cast.says("v", "Ich möchte mit einem Menschen sprechen", at=start)
    Visitor.objects.filter(conversation=row).update(email=ADA)
    after(start, 16)
    assert "Ihre Anfrage ist jetzt das Ticket 4001" in told(row)[0]


def test_without_an_address_it_waits_on_until_there_is_one(cast, desk, start):
    row = asks(cast, start, email="")
    after(start, 16)
    assert not desk.asked
    assert Call.objects.get().step < Call.Step.GIVEN_UP
    assert len(notes(row)) >= 1, "it is reminded of"
    cast.says("v", f"My address is {ADA}", at=start + minutes(17))
    after(start, 18)
    assert desk.tickets[0]["requester"]["email"] == ADA


def test_without_an_address_the_team_is_written_to_where_it_can_be(cast, desk, start, settings):
    rule(cast.site, unclaimed_email="lead@example.com")
    asks(cast, start, email="")
    with mail_server(settings):
        after(start, 16)
        after(start, 40)
    assert not desk.asked
    assert Letter.objects.get().to == "lead@example.com"


def test_a_site_that_opens_tickets_asks_who_waits_for_an_address(cast, desk, start):
    here(cast.agent)
    row = cast.says("v", PERSON)
    called = Event.objects.get(conversation=row, kind="escalated")
    assert "e-mail address" in called.body["text"]
