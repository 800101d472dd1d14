"""Who gets a conversation: musts, wishes in their order, and in turn."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.assignment import Need, Person, choose

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def person(id, **known):
    return Person(**{"id": id, "online": True, "open": 0, "capacity": 2, **known})


def chosen(people, **need):
    found = choose(people, Need(**need))
    return found.id if found else None


@pytest.mark.parametrize("known", [{"online": False}, {"open": 2}, {"capacity": 0}])
def test_nobody_who_is_away_or_full_gets_one(known):
    assert chosen([person(1, **known)]) is None


def test_a_teams_conversation_goes_to_the_team_or_to_who_sees_every_team():
    people = [person(1), person(2, teams=frozenset({7})), person(3, every_team=True, open=1)]
    assert chosen(people, team=7) == 2
    assert chosen([people[0], people[2]], team=7) == 3
    assert chosen(people[:1], team=7) is None


def test_the_language_first_then_who_speaks_any_then_anybody():
    spoken = ((1, {"de"}), (2, set()), (3, {"fr"}))
    german, any_language, french = (person(n, languages=frozenset(codes)) for n, codes in spoken)
    assert chosen([french, any_language, german], language="de-AT") == 1
    assert chosen([french, any_language], language="de") == 2
    assert chosen([french], language="de") == 3


def test_who_helped_last_before_who_knows_the_topic():
    people = [person(1, skills=frozenset({"Refund"})), person(2)]
    assert chosen(people, text="my refund, please", last=2) == 2
    assert chosen(people, text="my refund, please") == 1
    assert chosen([*people, person(3, given_at=None)], text="refunds") != 3


def test_in_turn_whoever_was_given_one_the_longest_ago():
    people = [person(1, given_at=NOON), person(2, given_at=NOON - dt.timedelta(hours=1)), person(3, given_at=NOON)]
    assert chosen(people) == 2


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_whoever_is_chosen_is_online_and_has_room(rows):
    people = [person(n, online=online, open=has, capacity=most) for n, (online, has, most) in enumerate(rows)]
    found = choose(people, Need())
    able = [one for one in people if one.online and one.open < one.capacity]
    assert (found in able) if able else found is None
