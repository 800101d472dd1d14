"""Who gets a waiting customer: in turn, within capacity, by language, topic and who helped last."""

import datetime as dt

import pytest
from django.utils import timezone

from agents import attending, inbox
from chat import lifecycle, log_check
from chat.models import Call, Conversation
from tests.agents.waiting import PERSON, at_once, here, kinds, minutes, rule

pytestmark = pytest.mark.django_db


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


def test_who_is_given_one_reads_that_no_colleague_passed_it_on(cast):
    rule(cast.site, assignment="one")
    here(cast.agent)
    row = cast.says("v", PERSON)
    attending.assign(timezone.now())
    alert = inbox.alert_frame(inbox.row(row.pk), cast.desk(cast.agent))
    assert alert.reasons[0] == {"code": "given", "text": "This was given to you.", "evidence": ""}


def cancel(cast, row):
    key = f"cancel-{row.last_seq}"
    return lifecycle.cancel_person(site=cast.site, visitor_id=row.visitor.public_id, client_id=key, now=timezone.now())


def test_who_was_given_to_somebody_may_still_do_without_a_person(cast):
    rule(cast.site, assignment="one")
    here(cast.agent)
    row = cast.says("v", PERSON)
    attending.assign(timezone.now())
    assert kinds(row)[-1] == "transferred"
    assert cancel(cast, row).seq
    row.refresh_from_db()
    assert (row.handler, row.assignee) == ("assistant", None)
    assert not Call.objects.filter(ended_at=None).exists()
    assert not list(log_check.differences())


@pytest.mark.parametrize("how", ["wrote", "passed on", "claimed"])
def test_once_a_person_has_done_something_it_is_too_late_for_that(cast, how):
    rule(cast.site, assignment="one")
    here(cast.agent)
    row = cast.says("v", PERSON)
    if how == "claimed":
        cast.does(lifecycle.claim, cast.agent, row)
    attending.assign(timezone.now())
    if how == "wrote":
        cast.does(lifecycle.agent_message, cast.agent, row, text="Hello")
    elif how == "passed on":
        cast.does(lifecycle.transfer, cast.agent, row, to_agent=cast.another_agent.public_id)
    with pytest.raises(lifecycle.Refused) as refused:
        cancel(cast, row)
    assert refused.value.code == "already_claimed"


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_never_exceed_capacity(cast):
    rule(cast.site, assignment="one", capacity=1)
    here(cast.agent)
    for n in range(6):
        cast.says(f"v{n}", PERSON)

    at_once(4, lambda: attending.assign(timezone.now()))
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
