"""Going offline: all that somebody has goes where they chose, also what they put aside."""

import datetime as dt

import pytest
from django.utils import timezone

from agents import leaving
from chat import lifecycle
from chat.models import Conversation, Snooze
from supportsite.sites.models import Site
from tests.agents.waiting import PERSON, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    """One conversation that is open, and one that is put aside."""
    rows = [cast.says(visitor, PERSON) for visitor in "vw"]
    for row in rows:
        cast.does(lifecycle.agent_message, cast.agent, row, text="Hello")
    cast.does(lifecycle.snooze, cast.agent, rows[1], until=timezone.now() + dt.timedelta(days=2))
    return rows


def leave(cast, *, hand_back):
    return leaving.leave_all(member=cast.agent, client_id="x", hand_back=hand_back, now=timezone.now())


def handlers(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.handler for row in rows]


@pytest.mark.parametrize(("hand_back", "handler"), [(True, "assistant"), (False, "queue")])
def test_what_is_put_aside_goes_the_same_way(cast, two, hand_back, handler):
    assert not leave(cast, hand_back=hand_back).refused
    assert handlers(two) == [handler] * 2
    assert not Snooze.objects.exists()
    assert leave(cast, hand_back=hand_back) == leaving.Left([]), "a second try finds nothing"


def test_a_pause_that_began_while_the_console_was_open_is_heeded(cast, two):
    assert not cast.agent.site.paused_at
    Site.objects.filter(pk=cast.site.pk).update(paused_at=timezone.now())
    assert "is paused" in leave(cast, hand_back=True).refused
    assert handlers(two) == ["queue"] * 2


def test_whom_the_assistant_is_not_to_speak_to_goes_to_the_queue_and_one_is_told_how_many(cast, two):
    Conversation.objects.filter(pk=two[1].pk).update(page="https://shop.example/help/returns")
    rule(cast.site, speaks_pages=["/help/*"])
    assert "does not answer in 1 of your conversations now" in leave(cast, hand_back=True).refused
    assert handlers(two) == ["queue", "assistant"]
