"""The inbox: who sees which rows, in which order, and with how few queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents import inbox, moods
from agents.desk import desk_of
from chat import lifecycle, queue
from chat.identity import Claims
from chat.models import Call, Conversation, Event
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import Role
from tests.agents.conftest import Cast

pytestmark = pytest.mark.django_db
PERSON = "I want to talk to a person"


def seen_by(cast: Cast, who) -> set[str]:
    return {row.conversation for row in inbox.rows(cast.desk(who), timezone.now())}


def row_of(conversation: Conversation) -> inbox.Row:
    found = inbox.row(conversation.pk)
    assert found
    return found


def test_agents_see_the_conversations_of_their_site_and_no_other(cast):
    here = cast.says("v", "Where is my parcel?")
    elsewhere = cast.says("w", "Hello", site=cast.other_site)
    assert seen_by(cast, cast.agent) == {here.public_id}
    assert seen_by(cast, cast.another_agent) == {here.public_id}
    assert seen_by(cast, cast.stranger) == {elsewhere.public_id}


def test_a_curator_and_an_outsider_have_no_desk(cast):
    assert desk_of(cast.curator.user_id) is None
    assert desk_of(cast.outsider.pk) is None


def test_a_login_that_is_not_active_has_no_desk(cast):
    cast.agent.user.is_active = False
    cast.agent.user.save()
    assert desk_of(cast.agent.user_id) is None


def test_a_teams_conversation_is_for_its_members_only(cast):
    conversation = cast.says("v", "Where is my parcel?")
    Conversation.objects.filter(pk=conversation.pk).update(team=cast.team(cast.agent))
    assert seen_by(cast, cast.agent) == {conversation.public_id}
    assert seen_by(cast, cast.another_agent) == set()


def test_the_desk_judges_in_memory_as_the_query_does(cast):
    teams: list[Team | None] = [None, cast.team(cast.agent), cast.team(cast.another_agent)]
    for number, team in enumerate(teams):
        for site in (cast.site, cast.other_site):
            conversation = cast.says(f"{site.pk}-{number}", "Hello", site=site)
            Conversation.objects.filter(pk=conversation.pk).update(team=team)
    for who in (cast.agent, cast.another_agent, cast.stranger):
        desk = cast.desk(who)
        by_query = set(desk.conversations().values_list("pk", flat=True))
        by_memory = {
            c.pk
            for c in Conversation.objects.all()
            if desk.sees(site_id=c.site_id, team_id=c.team_id, assignee_id=c.assignee_id)
        }
        assert by_query == by_memory


def test_who_works_for_two_sites_sees_both_and_is_each_sites_member(cast):
    twin = Member.objects.create(user=cast.agent.user, site=cast.other_site, role=Role.AGENT, name="Ana E.")
    here, elsewhere = cast.says("v", "One"), cast.says("w", "Two", site=cast.other_site)
    desk = cast.desk(cast.agent)
    assert seen_by(cast, cast.agent) == {here.public_id, elsewhere.public_id}
    assert desk.member_at(cast.other_site.pk) == twin


def test_rows_come_queue_first_then_mine_by_the_longest_wait_then_the_rest(cast):
    now = timezone.now()
    closed = cast.says("closed", "Thanks")
    cast.does(lifecycle.resolve, cast.agent, closed)
    assistants = cast.says("assistant", "Do you ship to Norway?")
    others = cast.says("others", PERSON)
    cast.does(lifecycle.claim, cast.another_agent, others)
    newer, older = cast.says("newer", PERSON), cast.says("older", PERSON)
    for conversation in (newer, older):
        cast.does(lifecycle.claim, cast.agent, conversation)
    Conversation.objects.filter(pk=older.pk).update(waiting_since=now - dt.timedelta(hours=2))
    waiting = cast.says("waiting", PERSON)
    expected = [waiting, older, newer, others, assistants, closed]
    assert [row.pk for row in inbox.rows(cast.desk(cast.agent), now)] == [c.pk for c in expected]


def test_who_was_answered_and_passed_on_keeps_the_place_before_whoever_comes_later(cast):
    passed = cast.says("passed", PERSON)
    cast.does(lifecycle.claim, cast.agent, passed)
    cast.does(lifecycle.agent_message, cast.agent, passed, text="One moment, I pass you on.")
    cast.does(lifecycle.transfer, cast.agent, passed, to_team=cast.team(cast.agent, cast.another_agent).public_id)
    later = cast.says("later", PERSON)
    now = timezone.now()
    places = queue.queues([passed.pk, later.pk], now)
    assert [places[c.pk][1]["position"] for c in (passed, later)] == [1, 2]
    assert [row.pk for row in inbox.rows(cast.desk(cast.agent), now)] == [passed.pk, later.pk]
    cast.says("passed", "Are you there?")
    places = queue.queues([passed.pk, later.pk], now)
    assert [places[c.pk][1]["position"] for c in (passed, later)] == [1, 2]


def test_what_is_grave_is_told_also_of_who_waits_already(cast):
    waits = cast.says("v", PERSON)
    cast.says("v", "Hello?")
    call = Call.objects.get(conversation=waits)
    cast.says("v", "I want to kill myself")
    assert [reason["code"] for reason in inbox.latest_alerts([waits.pk])[waits.pk].reasons] == ["sensitive", "asked"]
    again = Call.objects.get(conversation=waits)
    assert (call.alert_seq, again.alert_seq) == (2, 4), "it is another alert"
    assert [event.kind for event in Event.objects.filter(conversation=waits)].count("escalated") == 1


def test_a_team_that_had_one_case_does_not_have_the_next(cast):
    first = cast.says("v", PERSON)
    cast.does(lifecycle.claim, cast.agent, first)
    cast.does(lifecycle.transfer, cast.agent, first, to_team=cast.team(cast.another_agent).public_id)
    cast.does(lifecycle.claim, cast.another_agent, first)
    cast.does(lifecycle.resolve, cast.another_agent, first)
    again = cast.says("v", PERSON)
    assert again.case == 2
    assert seen_by(cast, cast.agent) == {again.public_id}


@pytest.mark.parametrize("text", ["ich bin echt stinksauer, das ist eine Frechheit", "Quiero hablar con una persona"])
def test_a_row_and_an_alert_tell_no_mood_where_none_was_read(cast, text):
    conversation = cast.says("v", text)
    row = row_of(conversation)
    assert conversation.events.get(role="visitor").body["mood"] == 0
    assert inbox.frame(row, cast.desk(cast.agent), None)["mood"] is None
    assert inbox.alert_frame(row, cast.desk(cast.agent)).mood_trail == []


def test_a_calm_message_tells_in_english_talk_that_has_a_mood_and_nothing_in_other_talk():
    assert moods.read([0.0, -0.6, 0.0], "en") == [0.0, -0.6, 0.0]
    assert moods.read([0.0, -0.6, 0.0], "de") == [-0.6]


def test_a_row_says_who_what_why_and_since_when(cast):
    conversation = cast.says("v", "My   parcel\nis  lost. " + "x" * 200)
    cast.says("v", "THIS IS UNACCEPTABLE, GET ME A MANAGER")
    row = row_of(conversation)
    frame = inbox.frame(row, cast.desk(cast.agent), None)
    assert frame["subject"].startswith("My parcel is lost. xxx")
    assert len(frame["subject"]) == inbox.SUBJECT
    assert frame["subject"].endswith("…")
    assert frame["customer"] == "Visitor " + conversation.visitor.public_id[:4]
    assert frame["handler"] == "queue"
    assert set(frame["reasons"]) == {"asked", "angry", "shouting"}
    assert -1 <= frame["mood"] < 0
    assert frame["waiting_since"].endswith("Z")
    assert frame["last"]["from"] == "visitor"
    assert not frame["mine"]


def test_a_row_names_a_verified_customer(cast):
    where = cast.says("v", PERSON)
    desk = cast.desk(cast.agent)
    assert inbox.frame(inbox.row(where.pk), desk, None)["customer"].startswith("Visitor ")
    told = {"site": cast.site, "visitor_id": cast.visitors["v"], "now": where.made_at}
    lifecycle.identify(**told, claims=Claims("4711"))
    assert inbox.frame(inbox.row(where.pk), desk, None)["customer"] == "4711"
    lifecycle.identify(**told, claims=Claims("4711", "Ada Lovelace"))
    assert inbox.frame(inbox.row(where.pk), desk, None)["customer"] == "Ada Lovelace"


def test_unread_counts_visitors_messages_since_i_read_and_only_mine(cast):
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.claim, cast.agent, conversation)
    cast.says("v", "Hello?")
    assert inbox.frame(row_of(conversation), cast.desk(cast.agent), None)["unread"] == 2
    assert inbox.frame(row_of(conversation), cast.desk(cast.another_agent), None)["unread"] == 0
    last = Conversation.objects.get(pk=conversation.pk).last_seq
    lifecycle.agent_has_read(member=cast.agent, conversation=conversation.public_id, seq=last)
    assert inbox.frame(row_of(conversation), cast.desk(cast.agent), None)["unread"] == 0


def test_what_was_answered_is_not_unread(cast):
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.agent_message, cast.agent, conversation, text="Hello")
    cast.says("v", "My order is late")
    assert inbox.frame(row_of(conversation), cast.desk(cast.agent), None)["unread"] == 1


def test_a_row_that_is_not_mine_to_see_says_nothing_but_that_it_is_gone(cast):
    row = row_of(cast.says("v", PERSON))
    frame = inbox.frame(row, cast.desk(cast.stranger), None)
    assert frame == {"conversation": row.conversation, "gone": True}


def test_the_alert_of_a_waiting_row_explains_itself_and_ends_with_the_claim(cast):
    conversation = cast.says("v", "This is a scam")
    alert = inbox.alert_frame(row_of(conversation), cast.desk(cast.agent))
    assert alert
    assert alert.reasons[0] == {"code": "angry", "text": "The customer is angry.", "evidence": "This is a scam"}
    assert "This is a scam" in alert.summary
    cast.does(lifecycle.claim, cast.agent, conversation)
    assert inbox.alert_frame(row_of(conversation), cast.desk(cast.agent)) is None


def test_counts_are_the_lists_of_each_desk(cast):
    cast.says("a", "Do you ship to Norway?")
    cast.says("b", PERSON)
    mine = cast.says("c", PERSON)
    cast.does(lifecycle.claim, cast.agent, mine)
    done = cast.says("d", "Thanks")
    cast.does(lifecycle.resolve, cast.agent, done)
    cast.says("e", PERSON, site=cast.other_site)
    heaps = inbox.heaps([cast.site.pk, cast.other_site.pk])
    assert inbox.counts(cast.desk(cast.agent), heaps) == {
        "queue": 1,
        "mine": 1,
        "others": 0,
        "assistant": 1,
        "snoozed": 0,
    }
    assert inbox.counts(cast.desk(cast.another_agent), heaps)["others"] == 1
    assert inbox.counts(cast.desk(cast.stranger), heaps)["queue"] == 1


def test_an_inbox_of_any_size_takes_the_same_few_queries(cast):
    desk = cast.desk(cast.agent)
    numbers = []
    for many in (3, 12):
        for number in range(many):
            cast.says(f"{many}-{number}", PERSON if number % 2 else "Do you ship to Norway?")
        with CaptureQueriesContext(connection) as queries:
            inbox.rows(desk, timezone.now())
        numbers.append(len(queries))
    assert numbers == [6, 6]
