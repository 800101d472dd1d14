"""One escalation has one ticket, whatever is killed, lost or done meanwhile; none where somebody has come."""

import json

import pytest
from django.utils import timezone

from agents import attending, help_desk, tickets
from agents.models import Ticket
from chat import lifecycle
from chat.models import Event
from tests.agents.ticketing import ADA, after, asks, notes, told
from tests.agents.waiting import PERSON, at_once, minutes

pytestmark = pytest.mark.django_db


def test_killed_between_the_help_desks_word_and_ours_the_ticket_is_found_again(cast, desk, start, monkeypatch):
    row = asks(cast, start)

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tickets, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            after(start, 16)
    assert desk.opened == 1
    assert Ticket.objects.get().number is None
    desk.two_hours_pass()
    tickets.open_due(now=start + minutes(200))
    assert desk.opened == 1, "also when the help desk has forgotten the key"
    assert Ticket.objects.get().number == 4001
    assert "4001" in told(row)[0]


def test_a_ticket_whose_answer_was_lost_on_the_way_is_not_opened_again(cast, desk, start):
    desk.fails = ["lost"]
    row = asks(cast, start)
    after(start, 16)
    assert (desk.opened, told(row)) == (1, [])
    after(start, 18)
    assert desk.opened == 1
    assert "4001" in told(row)[0]


def test_the_key_alone_keeps_a_second_request_from_opening_a_second_ticket(desk):
    there = help_desk.help_desk()
    body = json.dumps({"ticket": {"comment": {"body": "x"}, "requester": {"email": ADA}, "external_id": "a"}})
    assert there.open(body, key="k") == there.open(body, key="k") == 4001
    assert desk.opened == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ask_once(cast, desk, start):
    rows = [asks(cast, start, visitor=f"v{n}") for n in range(3)]
    attending.carry_on(start + minutes(16))
    at_once(4, lambda: tickets.open_due(now=start + minutes(16)))
    assert [method for method, *_rest in desk.asked] == ["POST"] * 3
    assert [len(told(row)) for row in rows] == [1, 1, 1]


def test_one_escalation_has_one_ticket_also_where_an_agent_took_it_and_vanished(cast, desk, start):
    row = asks(cast, start)
    after(start, 16)
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.release, cast.agent, row)
    after(timezone.now(), 40)
    assert desk.opened == len(told(row)) == 1
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.hand_back, cast.agent, row)
    later = timezone.now()
    cast.says("v", PERSON, at=later)
    after(later, 16)
    assert desk.opened == 2, "who calls anew gets another one"


def test_where_somebody_came_before_it_left_no_ticket_is_opened(cast, desk, start):
    row = asks(cast, start)
    attending.carry_on(start + minutes(16))
    cast.does(lifecycle.claim, cast.agent, row)
    tickets.open_due(now=start + minutes(17))
    assert not desk.opened
    assert not told(row)


def test_where_somebody_came_meanwhile_the_team_reads_of_it_and_the_customer_nothing(cast, desk, start):
    desk.fails = ["lost"]
    row = asks(cast, start)
    after(start, 16)
    cast.does(lifecycle.claim, cast.agent, row)
    tickets.open_due(now=start + minutes(18))
    assert "Ticket 4001" in notes(row)[-1]
    assert not told(row)


def test_who_is_forgotten_while_their_ticket_is_opened_gets_no_number_into_the_empty_log(
    cast, desk, start, monkeypatch
):
    row = asks(cast, start)
    opened = help_desk.HelpDesk.open

    def forgotten_meanwhile(self, body, *, key):
        number = opened(self, body, key=key)
        assert lifecycle.forget_conversation(site=cast.site, public_id=row.public_id, now=start + minutes(16))
        return number

    monkeypatch.setattr(help_desk.HelpDesk, "open", forgotten_meanwhile)
    after(start, 16)
    assert desk.opened == 1
    last = Event.objects.filter(conversation=row).latest("seq")
    assert last.kind == "erased"
    assert "4001" not in str(list(Event.objects.values()))
    assert not Ticket.objects.exists()
