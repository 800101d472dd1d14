"""Nobody drops it: a call that nobody claims is reminded of, widened, and given up by rule, each step once."""

import datetime as dt

import pytest
from django.utils import timezone

from agents import attending, letters
from agents.models import Letter
from chat import lifecycle, waiting
from chat.models import Call, Conversation, Event, Turn
from tests.agents.waiting import PERSON, kinds, minutes, rule, steps
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


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


def test_a_teams_call_is_shown_to_every_team_also_after_the_site_gave_up_and_gives_up_once(cast, settings):
    email = {"unclaimed_rule": "mail", "unclaimed_email": "lead@example.com"}
    rule(cast.site, widen_after=60, unclaimed_after=30, **email)
    start = timezone.now()
    row = cast.says("v", PERSON, at=start)
    Conversation.objects.filter(pk=row.pk).update(team=cast.team(cast.agent))
    with mail_server(settings):
        steps(row, start, 31, 59)
        assert Letter.objects.count() == 1
        assert not Conversation.objects.visible_to(cast.another_agent).exists()
        steps(row, start, 60, 61, 600)
        assert Conversation.objects.visible_to(cast.another_agent).exists()
    assert kinds(row).count("transferred") == 1
    assert Letter.objects.count() == 1
    assert Call.objects.get().step == Call.Step.GIVEN_UP


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
    Conversation.objects.filter(pk=row.pk).update(team=cast.team(cast.agent))
    call = Call.objects.get()
    told = {"call_id": call.pk, "minutes": 3, "now": start + minutes(3)}
    assert waiting.remind(**told, since=None)
    assert not waiting.remind(**told, since=None)
    assert waiting.widen(**told)
    assert not waiting.widen(**told)
    assert waiting.give_up(**told, write=lambda row: "lead@example.com")
    assert not waiting.give_up(**told, write=lambda row: "lead@example.com")
    assert kinds(row).count("note") == 3
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
