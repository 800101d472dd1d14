"""Nobody drops it: given within capacity, reminded of, widened, given up by rule, let go of, once each."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from agents import attending, presence
from agents.models import Letter, Presence, Round
from chat import lifecycle
from chat.models import Call, Conversation, Event
from supportsite.sites.models import Site
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
PERSON = "I want to talk to a person"


def minutes(n):
    return dt.timedelta(minutes=n)


def here(*members, state="online", at=None):
    now = at or timezone.now()
    for member in members:
        Presence.objects.update_or_create(member=member, defaults={"state": state, "at": now, "seen_at": now})


def rule(site, **values):
    Site.objects.filter(pk=site.pk).update(**values)
    site.refresh_from_db()


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


# --- unclaimed


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


def test_somebody_is_online_only_where_they_may_answer_and_are_there(cast):
    now = timezone.now()
    here(cast.curator, cast.stranger, at=now)
    assert not presence.somebody_online(cast.site.pk, now)
    here(cast.agent, at=now)
    assert presence.somebody_online(cast.site.pk, now)
    assert not presence.somebody_online(cast.site.pk, now + minutes(1))
