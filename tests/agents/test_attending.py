"""Nobody drops it: given within capacity, reminded of, widened, given up by rule, let go of, once each."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from agents import attending, inbox, letters, presence, rounds
from agents.models import Letter, Round
from chat import lifecycle, log_check, waiting
from chat.models import Call, Conversation, Event, Snooze, Turn
from supportsite.sites.rights import Role
from tests.agents.waiting import PERSON, here, minutes, rule
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


def kinds(conversation):
    return list(Event.objects.filter(conversation=conversation).order_by("seq").values_list("kind", flat=True))


def steps(conversation, start, *after):
    for n in after:
        here_now = start + minutes(n)
        attending.carry_on(here_now)
        attending.carry_on(here_now)  # twice is once
    return kinds(conversation)


# --- assignment


def test_where_everyone_is_alerted_nobody_is_given_anything(cast):
    here(cast.agent)
    waiting = cast.says("v", PERSON)
    attending.assign(timezone.now())
    assert kinds(waiting) == ["message", "escalated"]


def test_each_is_given_in_turn_and_nobody_more_than_they_may_have(cast):
    rule(cast.site, assignment="one", capacity=2)
    here(cast.agent, cast.another_agent)
    cast.another_agent.capacity = 1
    cast.another_agent.save()
    rows = [cast.says(f"v{n}", PERSON) for n in range(5)]
    attending.assign(timezone.now())
    attending.assign(timezone.now())
    for row in rows:
        row.refresh_from_db()
    assert [row.handler for row in rows] == ["agent"] * 3 + ["queue"] * 2
    assert sorted(row.assignee.name for row in rows[:3]) == ["Maya", "Maya", "Noor"]
    cast.does(lifecycle.resolve, cast.agent, next(row for row in rows if row.assignee == cast.agent))
    attending.assign(timezone.now())
    rows[3].refresh_from_db()
    assert rows[3].assignee == cast.agent


def test_nobody_is_given_anything_while_away(cast):
    rule(cast.site, assignment="one")
    here(cast.agent, state="away")
    here(cast.another_agent, at=timezone.now() - minutes(2))
    waiting = cast.says("v", PERSON)
    attending.assign(timezone.now())
    assert kinds(waiting)[-1] == "escalated"


def test_who_helped_this_customer_last_gets_them_again(cast):
    rule(cast.site, assignment="one")
    here(cast.agent, cast.another_agent)
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.agent_message, cast.another_agent, conversation, text="Hello")
    cast.does(lifecycle.resolve, cast.another_agent, conversation)
    cast.says("v", PERSON)
    attending.assign(timezone.now())
    conversation.refresh_from_db()
    assert conversation.assignee == cast.another_agent


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_never_exceed_capacity(cast):
    rule(cast.site, assignment="one", capacity=1)
    here(cast.agent)
    for n in range(6):
        cast.says(f"v{n}", PERSON)

    def sweep():
        attending.assign(timezone.now())
        connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(4)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert Conversation.objects.filter(handler="agent").count() == 1


def test_in_turn_it_goes_to_somebody_else_also_after_the_first_was_resolved(cast):
    rule(cast.site, assignment="one")
    start = timezone.now()
    here(cast.agent, cast.another_agent, at=start)
    got = []
    for n in range(4):
        where = cast.says(f"v{n}", PERSON, at=start)
        attending.assign(start + dt.timedelta(seconds=n))
        where.refresh_from_db()
        got.append(where.assignee.name)
        cast.does(lifecycle.resolve, where.assignee, where)
    assert sorted(got[:2]) == ["Maya", "Noor"]
    assert got[2:] == got[:2]


def test_what_was_put_aside_does_not_count_against_the_limit(cast):
    rule(cast.site, assignment="one", capacity=1)
    here(cast.agent)
    first = cast.says("v", PERSON)
    attending.assign(timezone.now())
    cast.does(lifecycle.snooze, cast.agent, first, until=None)
    second = cast.says("w", PERSON)
    attending.assign(timezone.now())
    second.refresh_from_db()
    assert second.assignee == cast.agent


def test_the_language_of_a_person_is_heard(cast):
    rule(cast.site, assignment="one")
    here(cast.agent, cast.another_agent)
    cast.another_agent.languages = ["de"]
    cast.another_agent.save()
    german = cast.says("v", "Ich möchte mit einem Menschen sprechen")
    attending.assign(timezone.now())
    german.refresh_from_db()
    assert german.assignee == cast.another_agent


def test_the_topic_of_a_persons_team_is_heard(cast):
    rule(cast.site, assignment="one")
    here(cast.agent, cast.another_agent)
    team = cast.team(cast.another_agent)
    team.skills = ["refund"]
    team.save()
    refund = cast.says("w", "I want to talk to a person about my refund")
    attending.assign(timezone.now())
    refund.refresh_from_db()
    assert refund.assignee == cast.another_agent


@pytest.fixture
def few(monkeypatch):
    """As if three were the most that a round does."""
    monkeypatch.setattr(rounds, "MOST", 3)


def test_who_may_be_given_to_nobody_holds_nobody_up(cast, few):
    rule(cast.site, assignment="one")
    start, team = timezone.now(), cast.team()
    for n in range(4):
        Conversation.objects.filter(pk=cast.says(f"v{n}", PERSON, at=start).pk).update(team=team)
    last = cast.says("w", PERSON, at=start + minutes(1))
    here(cast.agent)
    attending.assign(timezone.now())
    last.refresh_from_db()
    assert last.assignee == cast.agent


def test_a_round_in_which_nothing_is_due_costs_few_queries_however_many_wait(cast, few, django_assert_max_num_queries):
    rule(cast.site, assignment="one")
    start = timezone.now()
    for n in range(12):
        cast.says(f"v{n}", PERSON, at=start)
    with django_assert_max_num_queries(26):
        attending.attend(now=start + minutes(1))


# --- unclaimed


def test_who_came_last_is_reminded_of_too_however_many_wait(cast, few):
    rule(cast.site, widen_after=1440)
    start = timezone.now()
    rows = [cast.says(f"v{n}", PERSON, at=start) for n in range(7)]
    for after in (3, 6, 12):
        attending.carry_on(start + minutes(after))
    assert all("note" in kinds(row) for row in rows)


def test_a_site_where_many_wait_takes_no_other_sites_turn(cast, few):
    start = timezone.now()
    for n in range(6):
        cast.says(f"v{n}", PERSON, at=start)
    rule(cast.other_site, unclaimed_rule="assistant", unclaimed_after=15)
    other = cast.says("w", PERSON, site=cast.other_site, at=start + minutes(1))
    attending.carry_on(start + minutes(20))
    assert kinds(other)[-1] == "returned"


def test_it_is_reminded_of_ever_more_seldom_and_alerts_anew(cast):
    start = timezone.now()
    waiting = cast.says("v", PERSON, at=start)
    first = Call.objects.get().alert_seq
    assert steps(waiting, start, 2) == ["message", "escalated"]
    assert steps(waiting, start, 3, 5)[2:] == ["note"]
    assert Call.objects.get().alert_seq > first
    assert steps(waiting, start, 6, 11)[2:] == ["note"] * 2


def test_a_teams_call_is_shown_to_every_team_once(cast):
    start = timezone.now()
    team = cast.team(cast.agent)
    waiting = cast.says("v", PERSON, at=start)
    cast.does(lifecycle.claim, cast.agent, waiting)
    lifecycle.transfer(
        member=cast.agent, conversation=waiting.public_id, client_id="t", now=start, to_team=team.public_id
    )
    assert not Conversation.objects.visible_to(cast.another_agent).exists()
    steps(waiting, start, 3, 10, 11)
    assert Conversation.objects.visible_to(cast.another_agent).exists()
    assert kinds(waiting)[4:] == ["note", "note", "transferred"]
    assert Call.objects.filter(ended_at=None).count() == 1


def test_then_the_assistant_takes_over_with_a_word_to_the_customer(cast):
    rule(cast.site, unclaimed_rule="assistant", unclaimed_after=15)
    start = timezone.now()
    waiting = cast.says("v", PERSON, at=start)
    steps(waiting, start, 3, 15, 16)
    waiting.refresh_from_db()
    assert waiting.handler == "assistant"
    returned = Event.objects.get(kind="returned")
    assert returned.body["why"] == "nobody"
    assert returned.body["text"].startswith("I am sorry")
    assert not Call.objects.filter(ended_at=None).exists()


def test_what_the_customer_asked_meanwhile_is_answered_then(cast):
    rule(cast.site, unclaimed_rule="assistant", unclaimed_after=15)
    start = timezone.now()
    waiting_one = cast.says("v", PERSON, at=start)
    asked = cast.says("v", "My tent pole broke, how do I replace it?", at=start + minutes(1))
    steps(waiting_one, start, 16)
    turn = Turn.objects.get(conversation=waiting_one, state="queued")
    assert turn.upto_seq == asked.last_seq
    waiting_one.refresh_from_db()
    assert turn.floor == waiting_one.floor


def test_who_is_left_out_by_the_assistant_is_not_given_to_it_and_holds_nobody_up(cast, few):
    rule(cast.site, unclaimed_rule="assistant", unclaimed_after=15, speaks_pages=["/help/*"])
    start = timezone.now()
    left_out = [cast.says(f"v{n}", "How do I wash the tent?", at=start) for n in range(4)]
    assert kinds(left_out[0])[-1] == "escalated"
    helped = cast.says("w", PERSON, at=start + minutes(1))
    Conversation.objects.filter(pk=helped.pk).update(page="/help/tents")
    steps(helped, start, 17, 17.1, 17.2)
    assert "returned" in kinds(helped)
    assert "returned" not in [kind for row in left_out for kind in kinds(row)]
    call = Call.objects.get(conversation=left_out[0])
    assert not waiting.give_up(call_id=call.pk, minutes=17, now=start + minutes(17))


def test_each_step_is_done_once_also_where_two_sweeps_found_it(cast, settings):
    start = timezone.now()
    row = cast.says("v", PERSON, at=start)
    call = Call.objects.get()
    told = {"call_id": call.pk, "minutes": 3, "now": start + minutes(3)}
    assert waiting.remind(**told, since=None)
    assert not waiting.remind(**told, since=None)
    assert waiting.widen(**told)
    assert not waiting.widen(**told)
    assert waiting.give_up(**told, write=lambda row: "lead@example.com")
    assert not waiting.give_up(**told, write=lambda row: "lead@example.com")
    assert kinds(row).count("note") == 2
    assert not waiting.let_go(conversation_id=row.pk, member=None, now=start), "it is in the queue"


def test_an_e_mail_that_comes_back_is_not_the_end_and_the_team_is_told(cast, settings):
    rule(cast.site, unclaimed_rule="mail", unclaimed_after=15, unclaimed_email="left@example.com")
    start = timezone.now()
    row = cast.says("v", PERSON, at=start)
    with mail_server(settings) as box:
        box.refuses.append("550 5.1.1 no such user")
        steps(row, start, 16)
        letters.send_due(now=start + minutes(16))
        notes = Event.objects.filter(conversation=row, kind="note").order_by("seq")
        assert "did not arrive" in notes.last().body["text"]
        assert Call.objects.get().step < Call.Step.GIVEN_UP
        steps(row, start, 40, 90)
        assert Letter.objects.count() == 1, "that address is not written to again"
        rule(cast.site, unclaimed_email="lead@example.com")
        steps(row, start, 91)
        letters.send_due(now=start + minutes(91))
        assert [letter["To"] for letter in box.letters] == ["lead@example.com"]


def test_a_paused_assistant_takes_nothing_over(cast):
    rule(cast.site, unclaimed_rule="assistant", unclaimed_after=15, paused_at=timezone.now())
    start = timezone.now()
    waiting = cast.says("v", PERSON, at=start)
    steps(waiting, start, 20)
    waiting.refresh_from_db()
    assert waiting.handler == "queue"


def test_then_an_e_mail_goes_out_once_where_e_mail_works_and_it_waits_on(cast, settings):
    rule(cast.site, unclaimed_rule="mail", unclaimed_after=15, unclaimed_email="lead@example.com")
    start = timezone.now()
    waiting = cast.says("v", PERSON, at=start)
    steps(waiting, start, 20)
    assert not Letter.objects.exists()
    with mail_server(settings):
        steps(waiting, start, 21, 22)
    letter = Letter.objects.get()
    assert (letter.to, waiting.public_id in letter.text) == ("lead@example.com", True)
    assert PERSON not in letter.text
    waiting.refresh_from_db()
    assert waiting.handler == "queue"


def test_closed_hours_do_not_count(cast):
    rule(cast.site, unclaimed_rule="assistant", time_zone="UTC", week={"thu": [["09:00", "17:00"]]})
    start = dt.datetime(2026, 11, 25, 20, tzinfo=dt.UTC)  # a Wednesday
    waiting = cast.says("v", PERSON, at=start)
    thursday = dt.datetime(2026, 11, 26, 9, 2, tzinfo=dt.UTC)
    attending.carry_on(start + minutes(120))
    attending.carry_on(thursday)
    assert kinds(waiting) == ["message", "escalated"]
    attending.carry_on(thursday + minutes(1))
    assert kinds(waiting)[-1] == "note"
    attending.carry_on(thursday + minutes(30))
    assert kinds(waiting)[-1] == "returned"


MONDAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
OFFICE = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_over_a_lunch_break_and_over_nights_only_opening_hours_add_up(cast):
    rule(cast.site, unclaimed_rule="assistant", unclaimed_after=30, time_zone="UTC", week=OFFICE)
    before_lunch = MONDAY + minutes(11 * 60 + 31)
    row = cast.says("v", PERSON, at=before_lunch)
    attending.carry_on(MONDAY + minutes(12 * 60 + 30))
    attending.carry_on(MONDAY + minutes(13 * 60))
    assert "returned" not in kinds(row), "29 minutes"
    attending.carry_on(MONDAY + minutes(13 * 60 + 1))
    assert kinds(row)[-1] == "returned"
    rule(cast.site, unclaimed_after=9 * 60)
    slow = cast.says("w", PERSON, at=MONDAY + minutes(15 * 60))  # two hours of Monday, seven of Tuesday
    tuesday = MONDAY + dt.timedelta(days=1)
    attending.carry_on(tuesday + minutes(16 * 60 + 59))
    assert "returned" not in kinds(slow)
    attending.carry_on(tuesday + dt.timedelta(days=1, minutes=9 * 60))
    assert kinds(slow)[-1] == "returned"
    assert "540 minutes" in Event.objects.filter(conversation=slow, kind="note").last().body["text"]


# --- somebody has it, and does not answer


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


@pytest.fixture
def held(cast):
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.claim, cast.agent, conversation)
    return conversation


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
