"""The help desk is away, refuses or asks for patience: nobody is dropped, and it is not asked more than it likes."""

import datetime as dt

import pytest
from django.utils import timezone

from agents import attending, help_desk, letters, tasks, tickets
from agents.models import Ticket
from chat import ledger, log_check
from chat.models import Call, Event, Outbound
from tests.agents.ticketing import ADA, after, asks, notes, told
from tests.agents.waiting import minutes, rule
from tests.fakes.help_desk import FAILURES, TOKEN, help_desk_server, named
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fails", ["500", "503", "429", "409", "html", "deep", "lost"])
def test_what_passes_is_tried_again(cast, desk, start, fails):
    row = asks(cast, start)
    desk.fails = [fails]
    after(start, 16)
    assert not told(row)
    assert Ticket.objects.get().due_at is not None
    after(start, 19)
    assert desk.opened == 1
    assert told(row)


def test_it_waits_as_long_as_the_help_desk_asks_and_not_for_ever(cast, desk, start):
    asks(cast, start)
    desk.fails = ["429"]
    at = start + minutes(16)
    attending.carry_on(at)
    tickets.open_due(now=at)
    tickets.open_due(now=at + dt.timedelta(seconds=92))
    assert len(desk.asked) == 1
    tickets.open_due(now=at + dt.timedelta(seconds=94))
    assert desk.opened == 1
    asks(cast, start, visitor="w")
    desk.fails = ["429 for a day"]
    after(start, 17)
    assert Ticket.objects.last().due_at is None


@pytest.mark.parametrize(
    "told",
    ["inf", "nan", "9" * 400, "-inf", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", f"Fri, 31 Dec 2026 23:59 +{'9' * 30}"],
)
def test_a_patience_that_is_no_sane_time_keeps_no_ticket_for_ever(cast, desk, start, monkeypatch, told):
    monkeypatch.setitem(FAILURES, "429", (429, {"Retry-After": told}, "Rate limit exceeded"))
    rows = [asks(cast, start, visitor=f"v{n}") for n in range(2)]
    desk.fails = ["429"] * 1000
    for n in range(16, 90):
        after(start, n)
    assert not Ticket.objects.filter(due_at__isnull=False)
    assert all("No ticket was opened in the help desk: it asks for patience (429)." in notes(row) for row in rows)


def test_who_asks_for_patience_is_left_alone_by_every_ticket_also_a_new_one(cast, desk, start):
    for visitor in ("v", "w", "x"):
        asks(cast, start, visitor=visitor)
    desk.fails = ["429"]
    at = start + minutes(16)
    after(start, 16)
    asks(cast, start, visitor="new")
    for second in range(0, 93, 10):
        attending.carry_on(at + dt.timedelta(seconds=second))
        tickets.open_due(now=at + dt.timedelta(seconds=second))
        tickets.look_again(now=at + dt.timedelta(seconds=second))
    assert Ticket.objects.count() == 4
    assert len(desk.asked) == 1, "the others are not asked for before Retry-After"
    assert tickets.is_well()
    for n in (18, 19):
        after(start, n)
    assert desk.opened == 4
    assert not list(log_check.differences())


def test_who_asks_for_more_patience_than_a_ticket_has_is_not_asked_for_the_others_nor_the_login(cast, desk, start):
    rows = [asks(cast, start, visitor=visitor) for visitor in ("v", "w")]
    desk.fails = ["429 for a day"]
    for n in range(16, 60):
        after(start, n)
        tickets.look_again(now=start + minutes(n))
    assert len(desk.asked) == 1
    first, second = (sum("No ticket was opened" in note for note in notes(row)) for row in rows)
    assert (first, second) == (1, 1)
    assert any("external ID" in note for note in notes(rows[0]))
    assert not any("external ID" in note for note in notes(rows[1])), "for this one nothing was ever asked"
    tickets.look_again(now=start + minutes(16 + 24 * 60 + 1))
    assert tickets.is_well()


def test_a_number_that_no_row_can_keep_is_none(cast, desk, start, monkeypatch):
    monkeypatch.setitem(FAILURES, "409", (201, {}, {"ticket": {"id": 2**63}}))
    desk.fails = ["409"]
    row = asks(cast, start)
    after(start, 16)
    assert not told(row)
    after(start, 18)
    assert Ticket.objects.get().number == 4001


def test_a_help_desk_that_stays_away_is_asked_for_an_hour_then_the_rule_goes_on_and_it_comes_back(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["503"] * 1000
    for n in range(16, 90):
        now = start + minutes(n)
        attending.carry_on(now)
        tickets.open_due(now=now)
    assert 8 <= len(desk.asked) <= 40
    assert "No ticket was opened in the help desk: 503." in notes(row)
    assert any(row.public_id in text and "external ID" in text for text in notes(row))
    assert Call.objects.get().step < Call.Step.GIVEN_UP, "it waits on"
    assert tickets.health().error == "503"
    row.refresh_from_db()
    assert row.handler == "queue"
    asked = len(desk.asked)
    asks(cast, start + minutes(60), visitor="w")
    after(start, 91)
    assert len(desk.asked) == asked, "nothing ends in what does not work"
    desk.fails = []
    tickets.look_again(now=start + minutes(96))
    assert tickets.is_well()
    after(start, 97)
    assert desk.opened == 2, "both get theirs"


@pytest.mark.parametrize("fails", ["403", "404", "redirect"])
def test_a_help_desk_that_refuses_is_not_asked_again_and_the_team_gets_an_e_mail(cast, desk, start, settings, fails):
    rule(cast.site, unclaimed_email="lead@example.com")
    row = asks(cast, start)
    desk.fails = [fails]
    with mail_server(settings) as box:
        after(start, 16)
        after(start, 18)
        letters.send_due(now=start + minutes(18))
        assert [letter["To"] for letter in box.letters] == ["lead@example.com"]
    assert len(desk.asked) == 1
    said = "\n".join(notes(row))
    assert 0 < said.index("No ticket was opened") < said.index("an e-mail went out")
    assert not tickets.is_well()
    assert not told(row), "the customer was promised nothing"


def test_a_token_that_is_not_taken_any_more_is_no_ticket_and_comes_back_with_a_new_one(cast, desk, start, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="old"))
    tickets._keep(help_desk.help_desk(), "", start)
    row = asks(cast, start)
    after(start, 16)
    assert "No ticket was opened in the help desk: it does not take the user or the token (401)." in notes(row)
    settings.TANDEM = settings.TANDEM.model_copy(update=named(desk))
    assert tickets.health().error == tickets.UNTRIED
    tasks.open_tickets()
    assert tickets.is_well()
    after(start, 18)
    assert desk.opened == 1


def test_a_ticket_that_is_refused_says_nothing_of_the_next_and_is_not_tried_again(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["422"]
    after(start, 16)
    after(start, 60)
    assert len(desk.asked) == 1
    assert "No ticket was opened in the help desk: 422." in notes(row)
    assert tickets.is_well()
    asks(cast, start, visitor="w")
    after(start, 61)
    assert desk.opened == 1


def test_a_help_desk_that_hangs_holds_up_one_request_and_no_more_tickets_in_that_round(cast, desk, start, monkeypatch):
    monkeypatch.setattr(help_desk, "SECONDS", 0.3)
    asks(cast, start)
    asks(cast, start, visitor="w")
    desk.fails = ["hang", "hang"]
    attending.carry_on(start + minutes(16))
    tickets.open_due(now=start + minutes(16))
    assert len(desk.asked) == 1
    assert Ticket.objects.filter(error="slow").count() == 1


def test_an_address_in_our_own_network_is_not_asked_unless_it_is_named(cast, settings):
    with help_desk_server() as desk:
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, action_hosts=()))
        assert tickets.check(now=timezone.now()) == "private_address"
        assert not desk.asked


def test_each_request_is_in_the_ledger_without_a_word_of_it(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["503"]
    after(start, 16)
    after(start, 20)
    calls = Outbound.objects.filter(conversation=row, provider=ledger.TICKET).order_by("pk")
    assert [call.outcome for call in calls] == ["503", "answered"]
    assert all(call.closed_at and not call.saw for call in calls)
    assert not ledger.health(since=start)


def test_the_token_is_in_no_row_and_no_log(cast, desk, start, caplog):
    asks(cast, start)
    desk.fails = ["503", "422"]
    with caplog.at_level("DEBUG"):
        after(start, 16)
        after(start, 20)
    rows = [*Ticket.objects.values(), *Outbound.objects.values(), *Event.objects.values()]
    assert TOKEN not in f"{rows}{caplog.text}"
    assert ADA not in caplog.text
