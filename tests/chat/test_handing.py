"""Passing on, letting go, putting aside: what the log, the calls and each reader's sight are then."""

import itertools
from datetime import timedelta

import pytest

from chat import lifecycle, log_check, waiting
from chat.lifecycle import Refused
from chat.models import Call, Conversation, Event, Snooze
from supportsite.sites.models import Team
from supportsite.sites.rights import Role
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db
VISITOR = "a" * 32
_ids = itertools.count()


def says(site, text="I want to talk to a human", now=NOW) -> Conversation:
    key = f"v-{next(_ids)}"
    done = lifecycle.post_message(site=site, visitor_id=VISITOR, client_id=key, text=text, now=now)
    return Conversation.objects.get(pk=done.conversation_id)


def does(verb, who, where, now=NOW, **fields):
    return verb(member=who, conversation=where.public_id, client_id=f"id-{next(_ids)}", now=now, **fields)


def kinds(where) -> list[str]:
    return list(Event.objects.filter(conversation=where).order_by("seq").values_list("kind", flat=True))


def open_call(where) -> Call:
    return Call.objects.get(conversation=where, ended_at=None)


@pytest.fixture
def held(site, agent) -> Conversation:
    """A conversation that the agent has."""
    where = says(site)
    does(lifecycle.claim, agent, where)
    return where


@pytest.fixture
def billing(site) -> Team:
    """A team that neither agent is in."""
    return Team.objects.create(site=site, name="Billing")


def test_to_a_team_it_waits_for_them_with_the_note_and_out_of_others_sight(site, agent, another_agent, held, billing):
    billing.members.add(another_agent)
    does(lifecycle.transfer, agent, held, to_team=billing.public_id, note="Wants a refund")
    held.refresh_from_db()
    assert (held.handler, held.team, held.assignee) == ("queue", billing, None)
    assert kinds(held)[-2:] == ["note", "transferred"]
    said = Event.objects.filter(conversation=held, kind="transferred").get()
    assert said.body["to"] == {"kind": "team", "id": billing.public_id, "name": "Billing"}
    assert "Billing" in said.body["text"]
    assert (open_call(held).why, open_call(held).alert_seq) == ("transferred", said.seq)
    assert not Conversation.objects.visible_to(agent).filter(pk=held.pk).exists()
    assert Conversation.objects.visible_to(another_agent).filter(pk=held.pk).exists()
    assert not list(log_check.differences())


def test_a_manager_sees_the_conversations_of_every_team_and_a_stranger_none(site, agent, held, billing, stranger):
    does(lifecycle.transfer, agent, held, to_team=billing.public_id)
    manager = make_member(site, "Mona", Role.MANAGER)
    assert Conversation.objects.visible_to(manager).filter(pk=held.pk).exists()
    assert not Conversation.objects.visible_to(stranger).filter(pk=held.pk).exists()


def test_to_a_colleague_it_is_theirs_at_once_though_they_are_in_no_team_of_it(site, agent, another_agent, team, held):
    Conversation.objects.filter(pk=held.pk).update(team=team)
    does(lifecycle.transfer, agent, held, to_agent=another_agent.public_id)
    held.refresh_from_db()
    assert (held.handler, held.assignee) == ("agent", another_agent)
    assert Conversation.objects.visible_to(another_agent).filter(pk=held.pk).exists()
    assert open_call(held).member == another_agent
    does(lifecycle.agent_message, another_agent, held, text="Hello")
    assert not Call.objects.filter(ended_at=None).exists()


def test_only_who_has_it_passes_it_on_and_only_to_who_answers_here(site, agent, another_agent, held, stranger, curator):
    with pytest.raises(Refused) as refused:
        does(lifecycle.transfer, another_agent, held, to_agent=agent.public_id)
    assert refused.value.code == "not_yours"
    foreign = Team.objects.create(site=stranger.site, name="Theirs")
    for to in ({"to_agent": stranger.public_id}, {"to_agent": curator.public_id}, {"to_team": foreign.public_id}):
        with pytest.raises(Refused) as refused:
            does(lifecycle.transfer, agent, held, **to)
        assert refused.value.code == "not_found"
    assert kinds(held)[-1] == "claimed"


def test_to_oneself_is_nothing(agent, held):
    assert does(lifecycle.transfer, agent, held, to_agent=agent.public_id).seq is None


def test_a_team_that_is_gone_leaves_its_conversations_to_everyone(agent, another_agent, held, billing):
    does(lifecycle.transfer, agent, held, to_team=billing.public_id)
    billing.delete()
    assert Conversation.objects.visible_to(another_agent).filter(pk=held.pk).exists()
    assert not list(log_check.differences())


def test_release_gives_it_to_the_queue_and_calls_again(agent, another_agent, held):
    first = Call.objects.get(conversation=held)
    does(lifecycle.release, agent, held)
    assert open_call(held).alert_seq > first.alert_seq
    assert Event.objects.filter(conversation=held, kind="released").get().body == {"why": "shift"}
    does(lifecycle.claim, another_agent, held)
    assert not Call.objects.filter(ended_at=None).exists()
    with pytest.raises(Refused) as refused:
        does(lifecycle.release, agent, held)
    assert refused.value.code == "not_yours"


def test_a_snooze_ends_with_the_customers_next_message(site, agent, held):
    does(lifecycle.snooze, agent, held, until=None)
    assert Snooze.objects.get().until is None
    does(lifecycle.note, agent, held, text="Waiting for the warehouse")
    assert Snooze.objects.exists()
    says(site, "Any news?")
    assert not Snooze.objects.exists()


def test_a_snooze_ends_at_its_time_once_and_calls_who_has_it(agent, held):
    until = NOW + timedelta(hours=2)
    does(lifecycle.snooze, agent, held, until=until)
    assert not waiting.wake(conversation_id=held.pk, now=until - timedelta(seconds=1))
    assert waiting.wake(conversation_id=held.pk, now=until)
    assert not waiting.wake(conversation_id=held.pk, now=until)
    assert kinds(held).count("note") == 1
    assert (open_call(held).member, open_call(held).why) == (agent, "woken")


def test_a_snooze_into_the_past_or_of_anothers_is_refused(agent, another_agent, held):
    for who, until, code in ((agent, NOW, "not_allowed"), (another_agent, None, "not_yours")):
        with pytest.raises(Refused) as refused:
            does(lifecycle.snooze, who, held, until=until)
        assert refused.value.code == code


def test_the_visitor_is_shown_no_snooze(agent, held):
    before = Conversation.objects.get(pk=held.pk).last_visible_seq
    does(lifecycle.snooze, agent, held, until=None)
    assert Conversation.objects.get(pk=held.pk).last_visible_seq == before
