"""Presence: what others are shown follows from what was said and from consoles that are connected."""

import datetime as dt

import pytest

from agents import presence
from agents.models import Presence
from chat.lifecycle import Refused

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def shown(member, now) -> str:
    return presence.colleagues([member.site_id], now)[member.pk]["state"]


def test_the_first_console_says_online(agent, now):
    presence.arrive(members=[agent], now=now)
    assert shown(agent, now) == "online"


def test_a_reload_never_counts_as_away(agent, now):
    presence.arrive(members=[agent], now=now)
    assert shown(agent, now + presence.GRACE) == "online"


def test_without_a_console_online_means_away_after_the_grace_and_online_again_on_return(agent, now):
    presence.arrive(members=[agent], now=now)
    later = now + presence.GRACE + SECOND
    assert shown(agent, later) == "away"
    presence.touch(member_ids=[agent.pk], now=later)
    assert shown(agent, later) == "online"


@pytest.mark.parametrize("state", ["away", "offline"])
def test_what_was_said_stands_over_a_reload(agent, now, state):
    presence.arrive(members=[agent], now=now)
    presence.set_state(members=[agent], state=state, client_id="a", now=now)
    presence.arrive(members=[agent], now=now + SECOND)
    assert shown(agent, now + SECOND) == state


def test_the_same_id_is_one_thing_done_once(agent, now):
    first = presence.set_state(members=[agent], state="away", client_id="a", now=now)
    presence.set_state(members=[agent], state="online", client_id="b", now=now + SECOND)
    assert presence.set_state(members=[agent], state="away", client_id="a", now=now + 2 * SECOND) == first
    assert Presence.objects.get(member=agent).state == "online"
    with pytest.raises(Refused, match="id") as refused:
        presence.set_state(members=[agent], state="offline", client_id="a", now=now)
    assert refused.value.code == "id_reused"


def test_colleagues_are_those_of_the_same_site(agent, another_agent, stranger, now):
    for member in (agent, another_agent, stranger):
        presence.arrive(members=[member], now=now)
    assert set(presence.colleagues([agent.site_id], now)) == {agent.pk, another_agent.pk}
