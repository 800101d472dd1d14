"""Shares of satisfied customers: of whom, from how many on, and what kindness brings."""

from datetime import timedelta

import pytest

from chat import leases, lifecycle, satisfaction
from chat.band import Rate, difference
from chat.models import Conversation, Turn
from tests.chat.test_lifecycle import answer, fresh, say
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db
WORRIED = {"steps": [{"step": "kindness", "decision": "said", "evidence": {}}]}


def a_case(site, agent, score=None, *, visitor, met=None, kindness="", wants=False, comment="", now=NOW):
    """A case from question to end: whom the customer met, what they gave it."""
    done = say(site, "How long does delivery take?", visitor=visitor, now=now)
    answer(done, now=now)
    Turn.objects.filter(pk=done.turn_id).update(kindness=kindness)
    if wants:
        lifecycle.ask_for_person(site=site, visitor_id=visitor, client_id=fresh(), now=now)
    row = Conversation.objects.get(pk=done.conversation_id)
    asks = {"conversation": row.public_id, "now": now}
    if met:
        lifecycle.agent_message(member=met, client_id=fresh(), text="Hello", **asks)
    lifecycle.resolve(member=met or agent, client_id=fresh(), **asks)
    if score:
        lifecycle.rate(site=site, visitor_id=visitor, client_id=fresh(), score=score, comment=comment, now=now)
    return row


def somebody(number, of="a"):
    return f"{of}{number:031x}"


def test_newcombes_example_of_two_shares():
    """Table II, (a), of his paper of 1998: 56 of 70 and 48 of 80, by method 10 .0524 to .3339."""
    assert difference(Rate(56, 70), Rate(48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference(Rate(0, 0), Rate(3, 4)) == (-1.0, 1.0)


def test_four_and_five_are_satisfied_and_the_assistant_is_counted_apart_from_people(site, agent):
    mia = make_member(site, "Mia")
    for number, (score, met) in enumerate([(5, None), (3, None), (4, mia), (5, agent), (1, agent), (None, agent)]):
        a_case(site, agent, score, visitor=somebody(number), met=met)
    found = satisfaction.of_site(site, now=NOW)
    assert (found.all, found.alone, found.people) == (Rate(3, 5), Rate(1, 2), Rate(2, 3))
    assert [(one.name, one.rate) for one in found.members] == [(agent.name, Rate(1, 2)), ("Mia", Rate(1, 1))]
    assert found.scores == ((5, 2), (4, 1), (3, 1), (2, 0), (1, 1))


def test_older_ratings_and_those_of_other_sites_are_not_counted(site, agent):
    a_case(site, agent, 5, visitor=somebody(1), now=NOW - timedelta(days=91))
    assert satisfaction.of_site(site, now=NOW).all == Rate(0, 0)


def test_who_has_left_leaves_their_ratings_to_people(site, agent):
    mia = make_member(site, "Mia")
    a_case(site, agent, 5, visitor=somebody(1), met=mia)
    mia.delete()
    found = satisfaction.of_site(site, now=NOW)
    assert (found.people, found.members) == (Rate(1, 1), ())


def test_few_ratings_are_no_share():
    assert not satisfaction.is_enough(Rate(19, 19))
    assert satisfaction.is_enough(Rate(0, 20))


def test_a_turn_keeps_whether_its_line_was_said(site):
    done = say(site, "How long does delivery take?")
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    lifecycle.finish_turn(
        turn_id=lease.turn_id, attempt=lease.attempt, text="x", sources=[], answered="answer", trace=WORRIED, now=NOW
    )
    assert Turn.objects.get().kindness == "said"


def test_nothing_is_compared_where_no_line_was_due(site, agent):
    a_case(site, agent, 5, visitor=somebody(1))
    assert satisfaction.with_kindness(site, now=NOW) is None


def test_both_halves_are_counted_by_conversation_and_those_without_a_line_in_neither(site, agent):
    for number in range(20):
        a_case(site, agent, 5, visitor=somebody(number, "a"), kindness="said")
        low = number < 15
        a_case(site, agent, 1 if low else 5, visitor=somebody(number, "b"), kindness="held", wants=low, met=agent)
        a_case(site, agent, 1, visitor=somebody(number, "c"), wants=True)
    found = satisfaction.with_kindness(site, now=NOW)
    assert (found.said.satisfied, found.held.satisfied) == (Rate(20, 20), Rate(5, 20))
    assert (found.said.asked, found.held.asked) == (Rate(0, 20), Rate(15, 20))
    assert (found.satisfied.value, found.satisfied.is_seen) == (0.75, True)
    assert found.asked.high < 0


def test_a_conversation_counts_once_with_the_case_in_which_the_line_was_due_first(site, agent):
    visitor = somebody(1)
    a_case(site, agent, 2, visitor=visitor)
    a_case(site, agent, 5, visitor=visitor, kindness="said")
    a_case(site, agent, 1, visitor=visitor, kindness="said", wants=True, met=agent)
    found = satisfaction.with_kindness(site, now=NOW)
    assert (found.said.satisfied, found.said.asked) == (Rate(1, 1), Rate(0, 1))
    assert found.satisfied is None, "too few to say how far apart they are"


def test_the_newest_words_are_listed_for_who_may_see_the_conversation(site, agent):
    a_case(site, agent, 5, visitor=somebody(1), now=NOW - timedelta(hours=1), comment="Thanks")
    a_case(site, agent, 4, visitor=somebody(2))
    a_case(site, agent, 1, visitor=somebody(3), met=agent, comment="5")
    found = satisfaction.comments(agent, now=NOW)
    assert [(one.score, one.text, one.by) for one in found] == [(1, "5", agent.name), (5, "Thanks", "")]
    Conversation.objects.update(team=site.teams.create(name="Others"))
    assert satisfaction.comments(agent, now=NOW) == []
