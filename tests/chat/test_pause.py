"""Pausing the assistant: nothing new begins, what had begun is dropped for a person, and the customer is told."""

import itertools

import pytest

from chat import leases, lifecycle, pause, turns
from chat.lifecycle import Refused
from chat.models import Conversation, Event, Turn
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db(transaction=True)
_ids = itertools.count(1)
QUESTION = "How long does delivery take?"


def say(site: Site, text: str = QUESTION, visitor: str = "a" * 32) -> lifecycle.Done:
    """A visitor's message; `site` as a socket holds it, read long before."""
    request = {"visitor_id": visitor, "client_id": f"id-{next(_ids)}"}
    return lifecycle.post_message(site=site, text=text, now=NOW, **request)


def told(done: lifecycle.Done) -> list[tuple[str, str]]:
    """The log: kinds, with what was said."""
    events = Event.objects.filter(conversation=done.conversation_id).order_by("seq")
    return [(event.kind, event.body.get("text", "")) for event in events]


@pytest.fixture
def boss(site):
    return make_member(site, "Bo", Role.MANAGER)


def test_a_question_to_a_paused_assistant_goes_to_a_person_and_the_customer_is_told(site, boss):
    pause.pause(member=boss, now=NOW)
    done = say(site)
    assert done.turn_id is None
    assert [kind for kind, _ in told(done)] == ["message", "escalated"]
    assert "switched off just now" in told(done)[1][1]
    assert Event.objects.get(kind="escalated").body["reasons"] == ["paused"]
    pause.resume(member=boss)
    assert say(site, visitor="b" * 32).turn_id
    assert say(site, "And to Norway?").turn_id is None, "who waits for a person goes on waiting"


def test_an_open_conversation_is_paused_too(site, boss):
    first = say(site)
    lease = leases.take(turn_id=first.turn_id, now=NOW)
    answer = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}}
    lifecycle.finish_turn(turn_id=lease.turn_id, attempt=lease.attempt, now=NOW, **answer)
    pause.pause(member=boss, now=NOW)
    assert told(say(site, "And to Norway?"))[-1][0] == "escalated"


def test_an_answer_that_had_begun_is_dropped_and_a_person_called(site, boss):
    done = say(site)
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    waiting = say(site, visitor="b" * 32)
    assert pause.pause(member=boss, now=NOW) == 2
    answer = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}}
    assert not lifecycle.finish_turn(turn_id=lease.turn_id, attempt=lease.attempt, now=NOW, **answer)
    for each in (done, waiting):
        assert [kind for kind, _ in told(each)] == ["message", "escalated"]
    assert set(Turn.objects.values_list("state", flat=True)) == {"dropped"}
    assert pause.pause(member=boss, now=NOW) == 0, "twice is once"


async def test_a_turn_that_a_kill_left_calls_a_person_instead_of_answering(site, boss):
    from asgiref.sync import sync_to_async

    done = await sync_to_async(say)(site)
    await sync_to_async(Site.objects.filter(pk=site.pk).update)(paused_at=NOW)
    await turns.run(done.turn_id)
    assert [kind for kind, _ in await sync_to_async(told)(done)] == ["message", "escalated"]


def test_nothing_gives_a_conversation_back_to_a_paused_assistant(site, boss, agent):
    pause.pause(member=boss, now=NOW)
    done = say(site)
    with pytest.raises(Refused, match="switched off") as refused:
        lifecycle.cancel_person(site=site, visitor_id="a" * 32, client_id="c", now=NOW)
    assert refused.value.code == "not_allowed"
    held = {"member": agent, "conversation": done.public_id, "now": NOW}
    lifecycle.claim(client_id="d", **held)
    with pytest.raises(Refused, match="paused"):
        lifecycle.hand_back(client_id="e", **held)
    assert Conversation.objects.get().handler == "agent"


def test_another_site_goes_on_and_an_agent_may_not_pause(site, other_site, boss, agent):
    with pytest.raises(pause.NotAllowed):
        pause.pause(member=agent, now=NOW)
    assert say(site).turn_id
    pause.pause(member=boss, now=NOW)
    assert say(other_site, visitor="c" * 32).turn_id
    with pytest.raises(pause.NotAllowed):
        pause.resume(member=agent)
