"""Asking a colleague one question: who is asked, what the customer reads, and what ends it."""

from datetime import timedelta

import pytest

from agents import presence
from chat import inquiries, leases, lifecycle, log_check, tasks
from chat.inquiry_rows import Inquiry
from chat.lifecycle import Refused, assistant
from chat.models import Conversation, Event, Turn
from tests.chat.test_lifecycle import VISITOR, answer, fresh, kinds, row, say
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def asking(site, agent):
    """A site that asks its people, with one of them online."""
    site.ask_people = True
    site.save()
    presence.arrive(members=[agent], now=NOW)
    return site


def unknown(site, text="Do you sell pianos?", visitor=VISITOR):
    """A question that a turn cannot answer and may ask of a colleague."""
    done = say(site, text, visitor=visitor)
    _finish(done, NOW)
    return done


def _finish(done, now):
    lease = leases.take(turn_id=done.turn_id, now=now)
    held = {"turn_id": lease.turn_id, "attempt": lease.attempt, "trace": {}, "now": now}
    assert lifecycle.finish_turn(**held, text="I don't know.", sources=[], answered="unknown", asks=True)


def reply(done, member, text="We do, in March.", *, id=None, now=NOW):
    asked = {"asked": 3, "text": text, "client_id": id or fresh()}
    return lifecycle.reply(member=member, conversation=done.public_id, **asked, now=now)


def decline(done, member, why):
    asked = {"asked": 3, "why": why, "client_id": fresh()}
    return lifecycle.decline(member=member, conversation=done.public_id, **asked, now=NOW)


def last(done) -> Event:
    return Event.objects.filter(conversation=done.conversation_id).order_by("seq").last()


def test_without_the_sites_consent_nobody_is_asked(site, agent):
    presence.arrive(members=[agent], now=NOW)
    assert kinds(unknown(site)) == ["message", "message", "offered"]


def test_where_nobody_is_online_a_person_is_offered(asking):
    away = NOW + timedelta(minutes=2)
    done = say(asking, "Do you sell pianos?", now=away)
    assert answer(done, text="I don't know.", answered="unknown", now=away)
    assert kinds(done)[-1] == "offered"


def test_an_answer_that_asks_nobody_offers_a_person(asking):
    done = say(asking, "Do you sell pianos?")
    answer(done, text="I cannot see your account.", answered="unknown")
    assert kinds(done)[-1] == "offered"


def test_who_is_online_is_asked_and_the_customer_reads_so_without_a_name(asking, agent, another_agent):
    done = unknown(asking)
    assert kinds(done) == ["message", "message", "asked"]
    assert "a colleague" in last(done).body["text"]
    assert last(done).author_name == ""
    found = Inquiry.objects.get()
    assert (found.asked, found.due_at) == ([agent.public_id], NOW + timedelta(minutes=5))
    assert inquiries.words([found])[found.conversation_id] == "Do you sell pianos?"


def test_only_the_team_of_a_conversation_is_asked(asking, agent, another_agent, team):
    presence.arrive(members=[another_agent], now=NOW)
    first = say(asking, "Hello")
    answer(first)
    Conversation.objects.filter(pk=first.conversation_id).update(team=team)
    unknown(asking)
    assert Inquiry.objects.get().asked == [agent.public_id]


def test_where_the_site_would_call_a_person_nobody_is_asked(asking):
    unknown(asking)
    done = unknown(asking, "And organs?")
    assert kinds(done)[-1] == "escalated"


def test_two_questions_close_upon_each_other_are_asked_and_answered_as_one(asking, agent, monkeypatch):
    monkeypatch.setattr(assistant, "_calls_now", lambda log: ())  # a site whose policy does not call on two unknowns
    first = say(asking, "Do you sell pianos?")
    second = say(asking, "And what does tuning cost?", now=NOW + timedelta(seconds=9))
    for done in (first, second):
        _finish(done, NOW + timedelta(seconds=10))
    found = Inquiry.objects.get()
    assert row(first).asked_seq == found.seq
    assert inquiries.words([found]) == {first.conversation_id: "Do you sell pianos?\nAnd what does tuning cost?"}
    told = lifecycle.reply(
        member=agent, conversation=first.public_id, asked=found.seq, text="No.", client_id=fresh(), now=NOW
    )
    turn = Turn.objects.get(pk=told.turn_id)
    assert (turn.from_seq, turn.upto_seq) == (1, 2)
    assert inquiries.reply_to(first.conversation_id, 1, 2).body["text"] == "No."
    assert inquiries.due(NOW + timedelta(hours=1)) == []


def test_no_more_than_three_questions_of_a_site_are_open_at_once(asking, agent, django_assert_num_queries):
    asked = [unknown(asking, visitor=f"{number:032x}") for number in range(1, 5)]
    assert [kinds(done)[-1] for done in asked] == ["asked", "asked", "asked", "offered"]
    asking_now = list(Inquiry.objects.all())
    with django_assert_num_queries(1):
        texts = inquiries.words(asking_now)
    assert list(texts.values()) == ["Do you sell pianos?"] * 3
    reply(asked[0], agent)
    assert kinds(unknown(asking, visitor=f"{9:032x}"))[-1] == "asked"


def test_a_reply_is_a_turn_of_its_own_and_no_word_to_the_customer_yet(asking, agent):
    done = unknown(asking)
    told = reply(done, agent)
    assert (last(done).kind, last(done).visible, last(done).author_name) == ("replied", "team", "Maya")
    turn = Turn.objects.get(pk=told.turn_id)
    assert (turn.from_seq, turn.upto_seq, turn.state) == (1, 1, "queued")
    assert row(done).asked_seq == 0


def test_the_same_reply_again_is_the_same_reply(asking, agent):
    done = unknown(asking)
    first, again = reply(done, agent, id="one"), reply(done, agent, id="one")
    assert (again.seq, again.repeated) == (first.seq, True)
    assert kinds(done).count("replied") == 1


def test_the_first_reply_wins_and_the_others_are_told_who_gave_it(asking, agent, another_agent):
    done = unknown(asking)
    reply(done, agent)
    with pytest.raises(Refused, match="Maya") as refused:
        reply(done, another_agent, "No, never.")
    assert refused.value.code == "already_claimed"


def test_a_word_that_may_be_a_name_is_refused_and_the_next_try_goes(asking, agent):
    make_member(asking, "Will May")
    done = unknown(asking)
    with pytest.raises(Refused, match="“Will”, “May”") as refused:
        reply(done, agent, "Will be here in May.")
    assert refused.value.code == "not_allowed"
    reply(done, agent, "We will have some in five months.")
    assert last(done).kind == "replied"


def test_a_stranger_cannot_reply(asking, stranger, curator):
    done = unknown(asking)
    for who, code in ((stranger, "not_found"), (curator, "not_allowed")):
        with pytest.raises(Refused) as refused:
            reply(done, who)
        assert refused.value.code == code


@pytest.mark.parametrize("asked", [2, 4, 2**53])
def test_a_reply_to_what_was_not_asked_is_refused(asking, agent, asked):
    done = unknown(asking)
    with pytest.raises(Refused) as refused:
        lifecycle.reply(member=agent, conversation=done.public_id, asked=asked, text="Yes.", client_id=fresh(), now=NOW)
    assert refused.value.code == "not_found"


def test_i_dont_know_offers_a_person_at_once(asking, agent):
    done = unknown(asking)
    decline(done, agent, lifecycle.UNKNOWN)
    assert kinds(done)[-2:] == ["replied", "offered"]
    assert last(done).body["text"] == "I could not find it out. Shall I get a person for you?"
    assert kinds(say(asking, "Yes, please"))[-1] == "escalated"


def test_not_me_leaves_it_to_the_others_until_the_last_one_passes(asking, agent, another_agent):
    presence.arrive(members=[another_agent], now=NOW)
    done = unknown(asking)
    assert decline(done, agent, lifecycle.NOT_ME).seq is None
    assert kinds(done)[-1] == "asked"
    decline(done, another_agent, lifecycle.NOT_ME)
    assert kinds(done)[-1] == "offered"


def test_no_word_in_time_offers_a_person_once(asking, monkeypatch):
    done = unknown(asking)
    assert inquiries.due(NOW + timedelta(minutes=4)) == []
    monkeypatch.setattr(tasks.timezone, "now", lambda: LATER)
    tasks.end_inquiries()
    tasks.end_inquiries()
    assert kinds(done) == ["message", "message", "asked", "offered"]


def test_a_late_reply_is_refused_and_says_why(asking, agent):
    done = unknown(asking)
    lifecycle.end_inquiry(inquiry_id=Inquiry.objects.get().pk, now=LATER)
    with pytest.raises(Refused, match="over") as refused:
        reply(done, agent, now=LATER)
    assert refused.value.code == "not_allowed"


def test_a_pause_meanwhile_calls_a_person(asking, agent):
    done = unknown(asking)
    asking.paused_at = NOW
    asking.save()
    decline(done, agent, lifecycle.UNKNOWN)
    assert (kinds(done)[-1], last(done).body["reasons"]) == ("escalated", ["paused"])


@pytest.mark.parametrize(
    "happens",
    [
        lambda site, agent, done: say(site, "Never mind, what about organs?"),
        lambda site, agent, done: lifecycle.ask_for_person(site=site, visitor_id=VISITOR, client_id=fresh(), now=NOW),
        lambda site, agent, done: lifecycle.claim(
            member=agent, conversation=done.public_id, client_id=fresh(), now=NOW
        ),
        lambda site, agent, done: lifecycle.resolve(
            member=agent, conversation=done.public_id, client_id=fresh(), now=NOW
        ),
    ],
    ids=["another question", "a person asked for", "claimed", "resolved"],
)
def test_what_moves_the_conversation_on_voids_the_question(asking, agent, another_agent, happens):
    done = unknown(asking)
    happens(asking, another_agent, done)
    before = kinds(done)
    assert inquiries.due(LATER) == []
    assert not lifecycle.end_inquiry(inquiry_id=Inquiry.objects.get().pk, now=LATER)
    with pytest.raises(Refused):
        reply(done, agent)
    assert kinds(done) == before


def test_a_thanks_for_asking_leaves_the_question_open(asking, agent):
    done = unknown(asking)
    answer(say(asking, "Ok, thanks!"), text="You are welcome.")
    assert row(done).asked_seq == 3
    reply(done, agent)
    assert last(done).kind == "replied"


def test_what_the_customer_writes_after_a_reply_is_another_turn(asking, agent):
    done = unknown(asking)
    told = reply(done, agent)
    assert say(asking, "And organs?").turn_id != told.turn_id


def test_the_row_is_what_the_log_says_all_the_way(asking, agent):
    done = unknown(asking)
    assert list(log_check.differences()) == []
    reply(done, agent)
    assert list(log_check.differences()) == []
    say(asking, "And organs?")
    assert list(log_check.differences()) == []


def test_where_nothing_is_asked_no_query_looks_for_it(asking, agent, django_assert_num_queries):
    quiet = row(say(asking, "Hello, do you sell pianos?"))
    with django_assert_num_queries(0):
        assert inquiries.standing([quiet]) == {}


def test_the_other_sites_people_are_not_asked(asking, stranger, other_site):
    presence.arrive(members=[stranger], now=NOW)
    unknown(asking)
    assert stranger.public_id not in Inquiry.objects.get().asked
    assert make_member(other_site, "Olga").public_id not in Inquiry.objects.get().asked
