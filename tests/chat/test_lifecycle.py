"""What the verbs do to the log, as a reader of it would notice."""

import contextlib
import itertools
import json
import random
from dataclasses import asdict
from datetime import timedelta

import pytest

from chat import broadcast, frames, leases, lifecycle
from chat.clock import stamp
from chat.fold import Entry, fold
from chat.lifecycle import Refused
from chat.log import state_of
from chat.models import Conversation, Event, Receipt, Turn
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db
VISITOR = "a" * 32
_ids = itertools.count()


def fresh() -> str:
    return f"id-{next(_ids)}"


def say(site, text, *, id=None, now=NOW, visitor=VISITOR):
    return lifecycle.post_message(site=site, visitor_id=visitor, client_id=id or fresh(), text=text, now=now)


def kinds(done) -> list[str]:
    return list(Event.objects.filter(conversation=done.conversation_id).order_by("seq").values_list("kind", flat=True))


def row(done) -> Conversation:
    return Conversation.objects.select_related("assignee").get(pk=done.conversation_id)


def answer(done, *, text="From two days.", answered="answer", offers="", now=NOW) -> bool:
    lease = leases.take(turn_id=done.turn_id, now=now)
    said = {"text": text, "sources": [], "answered": answered, "offers": offers, "trace": {}}
    return lifecycle.finish_turn(turn_id=lease.turn_id, attempt=lease.attempt, **said, now=now)


def test_a_first_message_makes_the_rows_and_queues_a_turn(site):
    done = say(site, "How long does delivery take?")
    assert (done.seq, done.made, kinds(done)) == (1, True, ["message"])
    assert Turn.objects.get().state == "queued"


def test_the_same_id_again_is_the_first_ack_again_and_nothing_more(site):
    first = say(site, "Hello there", id="one")
    again = say(site, "Hello there", id="one")
    assert (again.seq, again.at, again.repeated) == (first.seq, first.at, True)
    assert Event.objects.count() == 1


def test_the_same_id_with_other_words_is_refused(site):
    say(site, "Hello there", id="one")
    with pytest.raises(Refused) as refused:
        say(site, "Hello you", id="one")
    assert refused.value.code == "id_reused"


def test_asking_for_a_person_calls_one_and_pauses_the_assistant(site):
    done = say(site, "I want to talk to a human")
    assert kinds(done) == ["message", "escalated"]
    assert (row(done).handler, done.turn_id) == ("queue", None)


def test_shouting_calls_a_person(site):
    assert kinds(say(site, "WHERE IS MY PARCEL NOW")) == ["message", "escalated"]


def test_an_answer_under_an_older_floor_is_never_stored(site, agent):
    done = say(site, "How long does delivery take?")
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    stored = lifecycle.finish_turn(
        turn_id=lease.turn_id, attempt=lease.attempt, text="Too late", sources=[], answered="answer", trace={}, now=NOW
    )
    assert not stored
    assert kinds(done) == ["message", "claimed"]


def test_two_runners_of_one_turn_store_one_answer(site):
    done = say(site, "How long does delivery take?")
    first = leases.take(turn_id=done.turn_id, now=NOW)
    second = leases.take(turn_id=done.turn_id, now=NOW + timedelta(seconds=16))
    held = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}, "now": NOW}
    assert not lifecycle.finish_turn(turn_id=first.turn_id, attempt=first.attempt, **held)
    assert lifecycle.finish_turn(turn_id=second.turn_id, attempt=second.attempt, **held)
    assert kinds(done) == ["message", "message"]


def test_a_burst_is_one_turn_and_nobody_who_keeps_typing_is_starved(site):
    first = say(site, "Hello")
    joined = [say(site, f"and {n}", now=NOW + timedelta(seconds=1)) for n in range(3)]
    assert [done.turn_id == first.turn_id for done in joined] == [True, True, False]
    assert leases.take(turn_id=joined[-1].turn_id, now=NOW) is None
    assert answer(first)
    assert leases.take(turn_id=joined[-1].turn_id, now=NOW) is not None


def test_a_message_whose_process_answers_itself_leases_its_turn_as_it_is_stored(site):
    done = lifecycle.post_message(
        site=site, visitor_id=VISITOR, client_id=fresh(), text="How long does delivery take?", now=NOW, runs=True
    )
    assert leases.due(now=NOW) == []  # no sweep takes it from who has it
    assert leases.due(now=NOW + timedelta(seconds=16)) == [done.turn_id]  # unless that one is gone
    held = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}, "now": NOW}
    assert lifecycle.finish_turn(turn_id=done.turn_id, attempt=done.lease.attempt, **held)
    assert kinds(done) == ["message", "message"]


def test_who_is_killed_with_a_turn_leased_by_its_message_finds_it_at_the_next_start(site, monkeypatch):
    done = lifecycle.post_message(
        site=site, visitor_id=VISITOR, client_id=fresh(), text="How long does delivery take?", now=NOW, runs=True
    )
    monkeypatch.setattr(leases, "RUNNER", leases.RUNNER + "-later")
    assert leases.void_earlier_boots() == 1
    assert leases.take(turn_id=done.turn_id, now=NOW).attempt == 2


def test_a_second_message_joins_the_turn_that_the_first_leased(site):
    said = {"site": site, "visitor_id": VISITOR, "now": NOW, "runs": True}
    first = lifecycle.post_message(**said, client_id=fresh(), text="How long does delivery take?")
    second = lifecycle.post_message(**said, client_id=fresh(), text="to Austria, I mean")
    assert (second.turn_id, second.lease) == (first.turn_id, None)
    held = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}, "now": NOW}
    assert not lifecycle.finish_turn(turn_id=first.turn_id, attempt=first.lease.attempt, **held)
    again = leases.take(turn_id=second.turn_id, now=NOW)
    assert (again.attempt, again.from_seq, again.upto_seq) == (2, 1, 2)


def test_a_newer_message_makes_the_running_attempt_worthless(site):
    done = say(site, "How long does delivery take?")
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    say(site, "to Austria, I mean", now=NOW + timedelta(seconds=1))
    held = {"text": "Two days.", "sources": [], "answered": "answer", "trace": {}, "now": NOW}
    assert not lifecycle.finish_turn(turn_id=lease.turn_id, attempt=lease.attempt, **held)
    again = leases.take(turn_id=done.turn_id, now=NOW)
    assert (again.attempt, again.from_seq, again.upto_seq) == (2, 1, 2)


def test_unknown_offers_a_person_and_the_second_in_a_row_calls_one(site):
    first = say(site, "Do you sell pianos?")
    answer(first, text="I don't know.", answered="unknown")
    assert kinds(first) == ["message", "message", "offered"]
    second = say(site, "And organs?")
    answer(second, text="I don't know.", answered="unknown")
    assert kinds(first)[-2:] == ["message", "escalated"]


def test_a_short_yes_to_the_offer_calls_a_person(site):
    done = say(site, "Do you sell pianos?")
    answer(done, text="I don't know.", answered="unknown")
    assert kinds(say(site, "Yes, please"))[-2:] == ["message", "escalated"]


def test_an_answer_may_offer_a_person_whom_a_short_yes_calls(site):
    done = say(site, "Where is my order?")
    answer(done, text="I cannot see your orders.", offers="account")
    assert kinds(done) == ["message", "message", "offered"]
    assert Event.objects.get(conversation=done.conversation_id, kind="offered").body["reasons"] == ["account"]
    assert kinds(say(site, "Yes, please"))[-2:] == ["message", "escalated"]


def test_a_yes_to_nothing_is_a_question(site):
    assert kinds(say(site, "yes")) == ["message"]


def test_taking_the_wish_back_answers_what_was_not_answered(site):
    done = say(site, "WHERE IS MY PARCEL NOW")
    back = lifecycle.cancel_person(site=site, visitor_id=VISITOR, client_id=fresh(), now=NOW)
    assert kinds(done)[-1] == "returned"
    assert Turn.objects.get(pk=back.turn_id).from_seq == 1


def test_a_claim_cannot_be_cancelled_and_names_the_agent(site, agent):
    done = say(site, "human please")
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    with pytest.raises(Refused, match="Maya") as refused:
        lifecycle.cancel_person(site=site, visitor_id=VISITOR, client_id=fresh(), now=NOW)
    assert refused.value.code == "already_claimed"


def test_of_two_agents_one_gets_the_conversation(site, agent, another_agent):
    done = say(site, "human please")
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    with pytest.raises(Refused, match="Maya") as refused:
        lifecycle.claim(member=another_agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    assert refused.value.code == "already_claimed"


def test_a_message_claims_and_reopens(site, agent):
    done = say(site, "human please")
    lifecycle.agent_message(member=agent, conversation=done.public_id, client_id=fresh(), text="Hello", now=NOW)
    assert kinds(done) == ["message", "escalated", "claimed", "message"]
    lifecycle.resolve(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    lifecycle.agent_message(member=agent, conversation=done.public_id, client_id=fresh(), text="One more", now=NOW)
    assert kinds(done)[-4:] == ["resolved", "reopened", "claimed", "message"]
    assert row(done).case == 2


def test_what_is_already_so_is_acked_without_an_event(site, agent):
    done = say(site, "human please")
    ask = lifecycle.ask_for_person(site=site, visitor_id=VISITOR, client_id="again", now=NOW)
    assert ask.seq is None
    assert Receipt.objects.filter(client_id="again").exists()
    assert kinds(done) == ["message", "escalated"]


def test_handing_back_needs_ones_own_claim(site, agent, another_agent):
    done = say(site, "human please")
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    for refuse in (lifecycle.hand_back, lifecycle.resolve):
        with pytest.raises(Refused) as refused:
            refuse(member=another_agent, conversation=done.public_id, client_id=fresh(), now=NOW)
        assert refused.value.code == "not_yours"


def test_after_a_handback_old_anger_does_not_escalate_again(site, agent):
    done = say(site, "This is a scam, I hate you")
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    lifecycle.agent_message(member=agent, conversation=done.public_id, client_id=fresh(), text="Sorry.", now=NOW)
    lifecycle.hand_back(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    assert row(done).moods == []
    assert kinds(say(site, "ok and when does the new one arrive"))[-1] == "message"


def test_a_stranger_and_a_curator_can_do_nothing(site, stranger, curator):
    done = say(site, "human please")
    for member, code in ((stranger, "not_found"), (curator, "not_allowed")):
        for verb in (lifecycle.claim, lifecycle.resolve, lifecycle.reopen, lifecycle.hand_back):
            with pytest.raises(Refused) as refused:
                verb(member=member, conversation=done.public_id, client_id=fresh(), now=NOW)
            assert refused.value.code == code


def test_a_teams_conversation_is_hidden_from_others(site, agent, another_agent, team):
    done = say(site, "human please")
    Conversation.objects.update(team=team)
    with pytest.raises(Refused):
        lifecycle.claim(member=another_agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    assert lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW).seq == 3


def test_a_silent_case_ends_by_itself_but_never_from_the_queue(site):
    answered = say(site, "How long does delivery take?")
    answer(answered)
    waiting = say(site, "human please", visitor="b" * 32)
    later = NOW + timedelta(hours=25)
    ended = [lifecycle.end_silent_case(conversation_id=d.conversation_id, now=later) for d in (answered, waiting)]
    assert ended == [True, False]


def test_after_how_many_hours_is_the_sites_to_say(site, agent):
    with_assistant, with_agent = say(site, "How long does delivery take?"), say(site, "human please", visitor="b" * 32)
    answer(with_assistant)
    fields = {"member": agent, "conversation": with_agent.public_id, "now": NOW}
    lifecycle.agent_message(client_id=fresh(), text="Two days.", **fields)
    Site.objects.update(silent_assistant_hours=2, silent_agent_hours=5)

    def ended(hours):
        done = (with_assistant, with_agent)
        later = NOW + timedelta(hours=hours, minutes=1)
        return [lifecycle.end_silent_case(conversation_id=one.conversation_id, now=later) for one in done]

    assert ended(1) == [False, False]
    assert ended(2) == [True, False]
    assert ended(4) == [False, False]
    assert ended(5) == [False, True]


@pytest.mark.parametrize("seed", range(12))
def test_the_row_is_the_fold_of_the_log_whatever_happens(site, agent, another_agent, seed):
    dice = random.Random(seed)
    done = say(site, "Hello")
    turns = [done.turn_id]
    for second in range(40):
        move = dice.choice(MOVES)
        member = dice.choice((agent, another_agent))
        now = NOW + timedelta(seconds=second)
        with contextlib.suppress(Refused):
            made = move(
                site, dice, turns, {"member": member, "conversation": done.public_id, "client_id": fresh(), "now": now}
            )
            turns += [made.turn_id] if getattr(made, "turn_id", None) else []
        assert_row_is_fold(done)


TEXTS = [
    "How long?",
    "human please",
    "THIS IS NOT OKAY AT ALL",
    "yes",
    "this is a scam",
    "thanks",
    "¿Dónde está mi pedido?",
]


def visitors(verb):
    return lambda site, dice, turns, by: verb(site=site, visitor_id=VISITOR, client_id=fresh(), now=by["now"])


def members(verb, **fields):
    return lambda site, dice, turns, by: verb(**by, **fields)


MOVES = [
    lambda site, dice, turns, by: say(site, dice.choice(TEXTS), now=by["now"]),
    lambda site, dice, turns, by: say(site, dice.choice(TEXTS), now=by["now"]),
    lambda site, dice, turns, by: answer_any(turns, dice, by["now"]),
    visitors(lifecycle.ask_for_person),
    visitors(lifecycle.cancel_person),
    members(lifecycle.claim),
    members(lifecycle.agent_message, text="Hello"),
    members(lifecycle.note, text="Careful"),
    members(lifecycle.hand_back, note="Be kind"),
    members(lifecycle.resolve),
    members(lifecycle.reopen),
]


def answer_any(turns, dice, now):
    lease = leases.take(turn_id=dice.choice(turns), now=now)
    if lease:
        answered = dice.choice(("answer", "unknown"))
        lifecycle.finish_turn(
            turn_id=lease.turn_id, attempt=lease.attempt, text="So.", sources=[], answered=answered, trace={}, now=now
        )


def assert_row_is_fold(done):
    conversation = row(done)
    events = list(Event.objects.filter(conversation=conversation).order_by("seq"))
    entries = [Entry(e.seq, e.kind, e.visible, e.role, stamp(e.at), e.body) for e in events]
    assert state_of(conversation) == fold(entries)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    visible = [event for event in events if event.visible == "all"]
    assert [event.prev for event in visible] == [0, *(event.seq for event in visible)][:-1]


def test_a_run_that_replaces_another_takes_its_lease_over_at_once(site):
    done = say(site, "How long does delivery take?")
    first = leases.take(turn_id=done.turn_id, now=NOW)
    second = leases.take(turn_id=done.turn_id, now=NOW)
    assert (first.attempt, second.attempt) == (1, 2)


def test_an_agent_who_is_gone_holds_nobody_up(site, agent, another_agent):
    done = say(site, "human please")
    lifecycle.claim(member=agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    agent.user.is_active = False
    agent.user.save()
    lifecycle.claim(member=another_agent, conversation=done.public_id, client_id=fresh(), now=NOW)
    assert row(done).assignee == another_agent


def test_who_takes_the_wish_back_waits_for_nobody(site):
    done = lifecycle.ask_for_person(site=site, visitor_id=VISITOR, client_id=fresh(), now=NOW)
    assert row(done).waiting_since is not None
    lifecycle.cancel_person(site=site, visitor_id=VISITOR, client_id=fresh(), now=NOW)
    assert row(done).waiting_since is None


def test_events_in_memory_read_as_they_do_from_the_rows(site, agent, monkeypatch, django_capture_on_commit_callbacks):
    kept = []
    monkeypatch.setattr(broadcast.hub(), "keep_fresh", lambda _pk, events: kept.extend(events))
    with django_capture_on_commit_callbacks(execute=True):
        first = say(site, "Is it \u00e9t\u00e9 soon?")
        answer(first, answered="unknown")
        say(site, "I WANT A REFUND RIGHT NOW")
        name = row(first).public_id
        lifecycle.note(member=agent, conversation=name, client_id=fresh(), text="Be kind", now=NOW)
        lifecycle.claim(member=agent, conversation=name, client_id=fresh(), now=NOW)
    assert [event.kind for event in kept] == kinds(first)
    for team, heard in ((True, len(kept)), (False, len(kept) - 1)):
        told = list(told_from_memory(first.conversation_id, kept, team=team))
        assert len(told) == heard
        assert all(memory == rows for memory, rows in told)


def told_from_memory(conversation_id, events, *, team):
    """Each event that a reader hears, as memory tells it and as the rows do."""
    position = 0
    for event in events:
        page = frames.next_page([event], seq=position, team=team)
        if page is not None:
            stored = frames.after(conversation_id=conversation_id, seq=position, team=team).events[0]
            # By way of JSON, which has no tuples; in which order a body's keys come is nobody's business.
            yield json.loads(json.dumps(asdict(page.events[0]))), json.loads(json.dumps(asdict(stored)))
            position = event.seq


def test_a_verdict_is_on_the_last_escalation_and_said_again_is_nothing(site, agent):
    done = say(site, "How long does delivery take?")
    held = {"member": agent, "conversation": row(done).public_id, "now": NOW}
    with pytest.raises(Refused, match="nothing to judge"):
        lifecycle.give_verdict(client_id=fresh(), verdict="right", **held)
    say(site, "I want to talk to a human")
    first = lifecycle.give_verdict(client_id=fresh(), verdict="right", **held)
    assert lifecycle.give_verdict(client_id=fresh(), verdict="right", **held).seq is None
    event = Event.objects.get(conversation=done.conversation_id, seq=first.seq)
    assert (event.visible, event.body) == ("team", {"verdict": "right", "escalation": 3})
    assert row(done).handler == "queue"
    lifecycle.claim(client_id=fresh(), **held)
    lifecycle.hand_back(client_id=fresh(), **held)
    again = say(site, "I want to talk to a human")
    lifecycle.give_verdict(client_id=fresh(), verdict="needless", **held)
    last = Event.objects.filter(kind="verdict").order_by("seq").last()
    assert last.body == {"verdict": "needless", "escalation": again.upto}


def test_nobody_judges_another_sites_conversation(site, other_site):
    done = say(site, "I want to talk to a human")
    stranger = make_member(other_site, "Eve", Role.AGENT)
    with pytest.raises(Refused) as refused:
        lifecycle.give_verdict(
            member=stranger, conversation=row(done).public_id, client_id=fresh(), verdict="right", now=NOW
        )
    assert refused.value.code == "not_found"
