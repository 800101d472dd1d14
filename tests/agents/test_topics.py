"""Whoever calls a person about a topic of a team is heard by that team first, where it is there, and by all in time."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from agents import attending, inbox
from chat import lifecycle, log_check
from chat.models import Call, Conversation, Event
from supportsite.sites.models import Team
from tests.agents.waiting import PERSON, here, kinds, minutes, rule, steps
from tests.chat.acting import ask, begins

pytestmark = pytest.mark.django_db
REFUND = f"I wait for a refund. {PERSON}"


@pytest.fixture
def refunds(cast) -> Team:
    """A team of one agent, who is there, as another is who is in no team."""
    team = cast.team(cast.agent)
    Team.objects.filter(pk=team.pk).update(name="Refunds", skills=["refund", "order status"])
    here(cast.agent, cast.another_agent)
    return Team.objects.get(pk=team.pk)


def sees(member, conversation) -> bool:
    return Conversation.objects.visible_to(member).filter(pk=conversation.pk).exists()


def test_the_team_alone_is_called_and_the_customer_reads_no_more_than_else(cast, refunds):
    row = cast.says("v", REFUND)
    assert kinds(row) == ["message", "escalated", "transferred"]
    assert Event.objects.get(kind="transferred").body["text"] == ""
    told = inbox.row(row.pk)
    assert inbox.calls(told, cast.desk(cast.agent))
    assert not sees(cast.another_agent, row)
    alert = inbox.alert_frame(told, cast.desk(cast.agent))
    assert [reason["code"] for reason in alert.reasons] == ["asked"]
    assert not list(log_check.differences())


def test_a_topic_that_nobody_named_calls_everyone(cast, refunds):
    row = cast.says("v", PERSON)
    assert kinds(row) == ["message", "escalated"]
    assert sees(cast.another_agent, row)


def test_a_topic_that_was_named_earlier_in_the_case_counts_in_the_next_case_it_does_not(cast, refunds):
    cast.says("v", "Where is my refund?")
    row = cast.says("v", PERSON)
    assert row.team == refunds
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.resolve, cast.agent, row)
    row = cast.says("v", PERSON)
    assert row.team is None
    assert sees(cast.another_agent, row)
    assert not list(log_check.differences())


@pytest.mark.parametrize("state", ["away", "offline"])
def test_a_team_that_is_not_there_gets_nothing_and_everyone_is_called(cast, refunds, state):
    here(cast.agent, state=state)
    row = cast.says("v", REFUND)
    assert row.team is None
    assert sees(cast.another_agent, row)


def test_a_team_whose_people_have_no_room_gets_no_more(cast, refunds):
    rule(cast.site, capacity=1)
    cast.does(lifecycle.claim, cast.agent, cast.says("w", PERSON))
    assert cast.says("v", REFUND).team is None


def test_a_team_that_does_not_speak_the_language_gets_nothing(cast, refunds):
    Team.objects.filter(pk=refunds.pk).update(languages=["de"])
    assert cast.says("v", REFUND).team is None
    german = cast.says("w", "Ich warte auf meinen Refund. Ich möchte mit einem Menschen sprechen.")
    assert german.language == "de"
    assert german.team == refunds


def test_while_it_is_closed_everyone_is_called_for_no_minutes_count_then(cast, refunds):
    in_three_days = f"{timezone.now() + minutes(3 * 1440):%a}".lower()
    rule(cast.site, time_zone="UTC", week={in_three_days: [["09:00", "17:00"]]})
    assert cast.says("v", REFUND).team is None


def test_where_two_teams_know_it_everyone_is_called(cast, refunds):
    other = cast.team(cast.another_agent)
    Team.objects.filter(pk=other.pk).update(skills=["Refund"])
    assert cast.says("v", REFUND).team is None
    here(cast.another_agent, state="away")
    assert cast.says("w", REFUND).team == refunds, "the other one is not there"


def test_when_the_team_does_not_come_every_team_sees_it_and_it_stays_so(cast, refunds):
    start = timezone.now()
    row = cast.says("v", REFUND)
    steps(row, start, 9)
    assert not sees(cast.another_agent, row)
    steps(row, start, 10, 11, 60)
    assert sees(cast.another_agent, row)
    assert kinds(row).count("transferred") == 2
    assert Call.objects.count() == 1
    assert Call.objects.get().why == "escalated"


def test_it_is_given_to_one_of_the_team_where_the_site_gives(cast, refunds):
    rule(cast.site, assignment="one")
    first, second = cast.says("v", REFUND), cast.says("w", PERSON)
    attending.assign(timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.assignee, second.assignee) == (cast.agent, cast.another_agent)


def test_what_an_agent_passed_to_a_team_stays_with_it(cast, refunds):
    other = cast.team(cast.another_agent)
    row = cast.says("v", PERSON)
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.transfer, cast.agent, row, to_team=other.public_id)
    cast.does(lifecycle.claim, cast.another_agent, row)
    cast.does(lifecycle.hand_back, cast.another_agent, row)
    row = cast.says("v", REFUND)
    assert row.handler == "queue"
    assert row.team == other


def test_the_button_and_an_angry_word_find_the_team_too(cast, refunds):
    Team.objects.filter(pk=refunds.pk).update(skills=["angry"])
    assert cast.says("v", "This is a scam, you are crooks!!").team == refunds
    Team.objects.filter(pk=refunds.pk).update(skills=["refund"])
    cast.says("w", "Where is my refund?")
    lifecycle.ask_for_person(site=cast.site, visitor_id=cast.visitors["w"], client_id="b", now=timezone.now())
    assert Conversation.objects.get(visitor__public_id=cast.visitors["w"]).team == refunds


@pytest.mark.django_db(transaction=True)
async def test_the_intent_of_the_last_answer_is_a_topic(cast, refunds, tents):
    await sync_to_async(begins)(cast.site, "order_status", "my parcel")
    await ask(cast.site, "where is my parcel")
    assert (await ask(cast.site, PERSON)).kind == "transferred"
    assert (await Conversation.objects.select_related("team").aget()).team == refunds
