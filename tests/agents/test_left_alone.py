"""A customer whose person does not answer, or is gone, is let go of once, and everyone is called."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from agents import attending, hurrying, inbox, presence
from agents.models import Presence, Round
from chat import lifecycle, log_check, waiting
from chat.models import Call, Event, Snooze, Turn
from supportsite.sites.rights import Role
from tests.agents.waiting import PERSON, here, kinds, minutes, rule

pytestmark = pytest.mark.django_db


def given(cast, start):
    rule(cast.site, assignment="one")
    here(cast.agent, at=start)
    row = cast.says("v", PERSON, at=start)
    attending.attend(now=start)
    row.refresh_from_db()
    assert row.assignee == cast.agent
    return row


def sweeps(cast, start, upto, *, also=(), begin=0):
    """Rounds of the sweep, half a minute each, while the agent's console is open."""
    for half in range(2 * begin + 1, 2 * upto + 1):
        at = start + dt.timedelta(seconds=30 * half)
        here(cast.agent, *also, at=at)
        attending.attend(now=at)


def test_given_to_one_who_does_not_answer_they_are_reminded_then_a_colleague_gets_it(cast):
    start = timezone.now()
    row = given(cast, start)
    sweeps(cast, start, 4)
    assert kinds(row)[3:] == ["note"]
    assert "waited for 3 minutes" in Event.objects.filter(kind="note").last().body["text"]
    sweeps(cast, start, 15, begin=4)
    assert kinds(row)[3:6] == ["note"] * 3
    assert kinds(row)[-2:] == ["note", "released"], "after 3, 6 and 12 minutes; not to the same again"
    assert "Maya has not answered for 15 minutes" in Event.objects.filter(kind="note").last().body["text"]
    sweeps(cast, start, 16, also=[cast.another_agent], begin=15)
    row.refresh_from_db()
    assert row.assignee == cast.another_agent
    assert not list(log_check.differences())


def test_who_claims_while_the_sweep_looks_who_is_gone_is_not_gone(cast, monkeypatch):
    start = timezone.now()
    here(cast.agent, at=start)
    row = cast.says("v", PERSON, at=start)
    real = Presence.objects.filter

    class Between:
        def filter(**wanted):
            seen = list(real(**wanted).values_list("member", "seen_at"))
            cast.does(lifecycle.claim, cast.agent, row)
            return SimpleNamespace(values_list=lambda *names: seen)

    monkeypatch.setattr(hurrying, "Presence", SimpleNamespace(objects=Between))
    hurrying.let_go_of_the_vanished(start, start - minutes(10))
    assert kinds(row)[-1] == "claimed"


def test_opening_it_is_no_answer_and_ends_only_the_alert(cast):
    start = timezone.now()
    row = given(cast, start)
    desk = cast.desk(cast.agent)
    assert inbox.alert_frame(inbox.row(row.pk), desk)
    lifecycle.agent_has_read(member=cast.agent, conversation=row.public_id, seq=row.last_seq)
    assert not inbox.alert_frame(inbox.row(row.pk), desk)
    sweeps(cast, start, 3)
    again = inbox.alert_frame(inbox.row(row.pk), desk)
    assert again.reasons[0]["text"] == "The customer waits for your answer."
    cast.does(lifecycle.agent_message, cast.agent, row, text="Hello, I am here.")
    assert not Call.objects.filter(ended_at=None).exists()
    sweeps(cast, start, 40, begin=30)
    assert "released" not in kinds(row)


def test_a_customer_who_writes_again_and_is_left_alone_goes_to_others_too(cast, held):
    start = timezone.now()
    cast.does(lifecycle.agent_message, cast.agent, held, text="One moment.")
    cast.says("v", "Are you there?", at=start)
    sweeps(cast, start, 14)
    assert kinds(held).count("note") == 3
    assert "released" not in kinds(held)
    sweeps(cast, start, 16, begin=14)
    assert kinds(held)[-1] == "released"


def test_put_aside_on_purpose_it_stays_while_they_are_there(cast, held):
    start = timezone.now()
    cast.does(lifecycle.snooze, cast.agent, held, until=start + minutes(120))
    sweeps(cast, start, 20)
    assert kinds(held)[-1] == "snoozed"


def test_put_aside_unanswered_until_the_customer_writes_they_are_reminded_and_then_others_get_it(cast, held):
    start = timezone.now()
    cast.does(lifecycle.snooze, cast.agent, held, until=None)
    sweeps(cast, start, 2)
    assert kinds(held)[-1] == "snoozed", "the minutes begin with that"
    sweeps(cast, start, 14, begin=2)
    assert kinds(held)[-3:] == ["note"] * 3
    assert inbox.alert_frame(inbox.row(held.pk), cast.desk(cast.agent))
    assert Snooze.objects.exists(), "a reminder takes nothing up"
    sweeps(cast, start, 16, begin=14)
    assert kinds(held)[-1] == "released"
    assert not Snooze.objects.exists()


def test_put_aside_answered_it_stays_until_the_customer_writes(cast, held):
    start = timezone.now()
    cast.does(lifecycle.agent_message, cast.agent, held, text="Send me the number when you have it.")
    cast.does(lifecycle.snooze, cast.agent, held, until=None)
    sweeps(cast, start, 20)
    assert kinds(held)[-1] == "snoozed"


def test_a_claim_late_has_its_minutes_from_the_claim(cast):
    start = timezone.now()
    row = cast.says("v", PERSON, at=start - minutes(60))
    cast.does(lifecycle.claim, cast.agent, row)
    sweeps(cast, start, 2)
    assert kinds(row)[-1] == "claimed"


def test_of_two_sweeps_one_reminds_and_one_takes_and_none_after_the_answer(cast, held):
    now = timezone.now()
    held.refresh_from_db()
    waits = waiting.Waits(held.pk, cast.agent, now, 3)
    assert waiting.remind_holder(waits, reminded_at=None, now=now)
    assert not waiting.remind_holder(waits, reminded_at=None, now=now)
    assert waiting.take_back(waits, now=now)
    assert not waiting.take_back(waits, now=now)
    cast.does(lifecycle.claim, cast.agent, held)
    cast.does(lifecycle.agent_message, cast.agent, held, text="Hello")
    assert not waiting.remind_holder(waits, reminded_at=None, now=now)
    assert not waiting.take_back(waits, now=now)
    assert not waiting.let_go(conversation_id=held.pk, member=cast.agent, now=now)
    assert kinds(held).count("released") == 1


# --- who vanished


def test_who_is_gone_for_long_loses_a_waiting_customer_to_the_queue_and_everyone_is_called(cast, held):
    now = timezone.now()
    here(cast.agent, at=now)
    attending.let_go_of_the_vanished(now + minutes(4), now)
    assert kinds(held)[-1] == "claimed"
    for _ in range(2):
        attending.let_go_of_the_vanished(now + minutes(6), now)
    assert kinds(held)[-1] == "released"
    assert kinds(held).count("released") == 1
    assert Event.objects.get(kind="released").body == {"why": "away"}
    assert Call.objects.filter(ended_at=None, member=None).exists()
    cast.does(lifecycle.claim, cast.another_agent, held)
    held.refresh_from_db()
    assert held.assignee == cast.another_agent


def test_a_customer_who_was_answered_stays_with_them_until_they_write_again(cast, held):
    now = timezone.now()
    here(cast.agent, at=now)
    cast.does(lifecycle.agent_message, cast.agent, held, text="Done.")
    attending.let_go_of_the_vanished(now + minutes(60), now)
    assert kinds(held)[-1] == "message"
    cast.says("v", "Thanks, one more thing")
    attending.let_go_of_the_vanished(now + minutes(60), now)
    assert kinds(held)[-1] == "released"


def test_after_the_server_was_down_everybody_has_time_to_come_back(cast, held):
    now = timezone.now()
    here(cast.agent, at=now)
    assert attending.watched_since(now) == now
    back = now + minutes(30)
    attending.attend(now=back)
    assert kinds(held)[-1] == "claimed"
    assert Round.objects.get().since == back


def test_a_login_that_is_closed_loses_its_customers_at_once(cast, held):
    here(cast.agent)
    cast.agent.user.is_active = False
    cast.agent.user.save()
    attending.attend(now=timezone.now())
    assert kinds(held)[-1] == "released"


def test_a_wait_put_aside_is_not_lost_with_whoever_put_it_aside(cast, held):
    now = timezone.now()
    here(cast.agent, at=now)
    cast.does(lifecycle.snooze, cast.agent, held, until=now + dt.timedelta(days=300))
    attending.let_go_of_the_vanished(now + minutes(6), now)
    assert kinds(held)[-1] == "released"
    assert not Snooze.objects.exists()


def test_what_was_put_aside_for_a_week_is_not_ended_before(cast, held):
    now = timezone.now()
    cast.does(lifecycle.agent_message, cast.agent, held, text="I order the part, it comes in a week.")
    cast.does(lifecycle.snooze, cast.agent, held, until=now + dt.timedelta(days=7))
    assert not lifecycle.end_silent_case(conversation_id=held.pk, now=now + dt.timedelta(hours=73))
    attending.wake(now + dt.timedelta(days=7, minutes=1))
    lifecycle.agent_has_read(member=cast.agent, conversation=held.public_id, seq=held.last_seq + 4)
    assert kinds(held)[-1] == "note"


def test_what_is_said_of_a_talk_does_not_end_the_promise_to_come_back(cast):
    now = timezone.now()
    asked = cast.says("v", "What are your opening hours?")
    Turn.objects.filter(conversation=asked).update(state="running", attempt=1)
    answer = {
        "text": "9 to 5",
        "sources": [{"n": 1, "url": "/help/hours", "title": "Hours"}],
        "answered": "knowledge",
        "trace": {},
        "now": now,
    }
    assert lifecycle.finish_turn(turn_id=Turn.objects.get().pk, attempt=1, **answer)
    row = cast.says("v", PERSON)
    here(cast.agent, at=now)
    cast.does(lifecycle.agent_message, cast.agent, row, text="I will call you tomorrow.")
    cast.does(lifecycle.snooze, cast.agent, row, until=now + dt.timedelta(hours=18))
    cast.does(lifecycle.give_verdict, cast.agent, row, verdict="right")
    about = {"site": cast.site, "visitor_id": cast.visitors["v"], "seq": 2, "now": now}
    lifecycle.give_feedback(client_id="f", helpful=False, **about)
    lifecycle.dispute(client_id="d", n=1, **about)
    assert kinds(row)[-4:] == ["snoozed", "verdict", "feedback", "disputed"]
    here(cast.agent, at=now + dt.timedelta(hours=19))
    attending.attend(now=now + dt.timedelta(hours=19))
    assert Call.objects.filter(conversation=row, ended_at=None, why="woken", member=cast.agent).exists()
    assert not lifecycle.end_silent_case(conversation_id=row.pk, now=now + dt.timedelta(hours=19))


@pytest.mark.parametrize("who", ["customer", "agent"])
def test_a_word_of_either_brings_back_what_was_put_aside(cast, held, who):
    cast.does(lifecycle.agent_message, cast.agent, held, text="I will call you tomorrow.")
    cast.does(lifecycle.snooze, cast.agent, held, until=timezone.now() + dt.timedelta(hours=18))
    if who == "customer":
        cast.says("v", "Please do it today")
    else:
        cast.does(lifecycle.agent_message, cast.agent, held, text="It works today after all.")
    assert not Snooze.objects.exists()


def test_what_somebody_put_aside_who_was_deleted_since_is_everyones_when_its_time_comes(cast, held):
    now = timezone.now()
    cast.does(lifecycle.agent_message, cast.agent, held, text="I ask the workshop and write to you tomorrow.")
    cast.does(lifecycle.snooze, cast.agent, held, until=now + dt.timedelta(hours=18))
    cast.agent.delete()
    here(cast.another_agent, at=now + dt.timedelta(hours=17))
    attending.attend(now=now + dt.timedelta(hours=17))
    assert kinds(held)[-1] == "snoozed"
    for _ in range(2):
        attending.attend(now=now + dt.timedelta(hours=19))
    held.refresh_from_db()
    assert (held.handler, kinds(held)[-2:]) == ("queue", ["note", "released"])
    assert Call.objects.filter(conversation=held, ended_at=None, member=None).exists()
    assert not lifecycle.end_silent_case(conversation_id=held.pk, now=now + dt.timedelta(hours=99))
    assert list(log_check.differences()) == []
    cast.does(lifecycle.claim, cast.another_agent, held)


@pytest.mark.parametrize("put_aside", [False, True])
def test_who_was_told_one_moment_by_somebody_who_is_gone_is_everyones_with_their_next_word(cast, held, put_aside):
    now = timezone.now()
    here(cast.agent, at=now)
    cast.does(lifecycle.agent_message, cast.agent, held, text="One moment, I look into it.")
    if put_aside:
        cast.does(lifecycle.snooze, cast.agent, held, until=None)
    here(cast.another_agent, at=now + minutes(30))
    attending.let_go_of_the_vanished(now + minutes(30), now)
    assert kinds(held)[-1] == ("snoozed" if put_aside else "message")
    cast.says("v", "Are you still there?")
    attending.let_go_of_the_vanished(now + minutes(30), now)
    assert kinds(held)[-1] == "released"
    assert Call.objects.filter(conversation=held, ended_at=None, member=None).exists()


def test_passed_on_after_a_first_word_it_still_waits_for_the_colleague(cast, held):
    now = timezone.now()
    here(cast.agent, cast.another_agent, at=now)
    cast.does(lifecycle.agent_message, cast.agent, held, text="They will book your refund.")
    cast.does(lifecycle.transfer, cast.agent, held, to_agent=cast.another_agent.public_id)
    assert not lifecycle.end_silent_case(conversation_id=held.pk, now=now + dt.timedelta(hours=73))
    attending.let_go_of_the_vanished(now + minutes(6), now)
    assert kinds(held)[-1] == "released"


def test_many_whose_people_are_there_hold_up_nobody_whose_are_gone(cast, few):
    now = timezone.now()
    for n in range(4):
        cast.does(lifecycle.claim, cast.another_agent, cast.says(f"v{n}", PERSON))
    lost = cast.says("w", PERSON)
    cast.does(lifecycle.claim, cast.agent, lost)
    here(cast.agent, at=now)
    here(cast.another_agent, at=now + minutes(60))
    attending.let_go_of_the_vanished(now + minutes(60), now)
    assert kinds(lost)[-1] == "released"


def test_a_member_who_is_deleted_keeps_no_customer(cast, held):
    promised = cast.says("w", PERSON)
    cast.does(lifecycle.agent_message, cast.another_agent, promised, text="They will help.")
    cast.does(lifecycle.transfer, cast.another_agent, promised, to_agent=cast.agent.public_id)
    cast.agent.delete()
    attending.attend(now=timezone.now())
    for row in (held, promised):
        row.refresh_from_db()
        assert (row.handler, kinds(row)[-1]) == ("queue", "released")
        assert Call.objects.filter(conversation=row, ended_at=None, member=None).exists()


def test_a_member_who_may_not_answer_any_more_keeps_no_customer_and_holds_nobody_up(cast, held):
    other = cast.says("w", PERSON)
    cast.does(lifecycle.claim, cast.agent, other)
    cast.agent.role = Role.CURATOR
    cast.agent.save()
    cast.does(lifecycle.claim, cast.another_agent, other)
    here(cast.agent)
    attending.attend(now=timezone.now())
    assert kinds(held)[-1] == "released"
    assert kinds(other)[-1] == "claimed"


def test_somebody_is_online_only_where_they_may_answer_and_are_there(cast):
    now = timezone.now()
    here(cast.curator, cast.stranger, at=now)
    assert not presence.somebody_online(cast.site.pk, now)
    here(cast.agent, at=now)
    assert presence.somebody_online(cast.site.pk, now)
    assert not presence.somebody_online(cast.site.pk, now + minutes(1))
