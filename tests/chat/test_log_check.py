"""What the doctor sees when a conversation's row and its log differ, and what it mends."""

import pytest

from chat import log_check
from chat.models import Conversation, Event
from tests.conftest import make_member
from tests.lives import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(site, agent) -> Conversation:
    return live(site, agent)


def found() -> list[str]:
    return [str(difference) for difference in log_check.differences()]


def test_a_row_that_the_verbs_wrote_is_what_its_log_says(row, site, agent):
    live(site, agent)
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("handler", "queue"),
        ("floor", 99),
        ("case", 7),
        ("assignee", None),
        ("last_seq", 3),
        ("last_visible_seq", 3),
        ("answered_seq", 0),
        ("moods", [0.5]),
        ("unknowns", 2),
        ("offered", True),
        ("asked_seq", 3),
        ("waiting_since", "2026-11-25T09:30:00Z"),
    ],
)
def test_each_cached_field_is_looked_at_and_mended(row, name, value):
    before = Conversation.objects.filter(pk=row.pk).values().get()
    Conversation.objects.filter(pk=row.pk).update(**{name: value})
    assert len(found()) == 1
    assert row.public_id in found()[0]
    assert f"{name} is" in found()[0]
    assert log_check.mend() == 1
    assert found() == []
    assert Conversation.objects.filter(pk=row.pk).values().get() == before


def test_a_row_with_another_assignee_is_mended(row, site):
    Conversation.objects.filter(pk=row.pk).update(assignee=make_member(site, "Else"))
    assert log_check.mend() == 1
    assert Conversation.objects.get(pk=row.pk).assignee.name == "Maya"


def test_a_member_who_was_renamed_is_no_difference(row, agent):
    agent.name = "Maya K."
    agent.save()
    assert found() == []


def test_a_member_who_was_deleted_is_no_difference(row, agent):
    assert Conversation.objects.get(pk=row.pk).assignee == agent
    agent.delete()
    assert found() == []


def test_what_differs_beside_a_deleted_member_is_mended(row, agent):
    agent.delete()
    Conversation.objects.filter(pk=row.pk).update(unknowns=2)
    assert [line.split(":")[1].split()[0] for line in found()] == ["unknowns"]
    assert log_check.mend() == 1
    assert found() == []


def test_a_hole_in_the_log_is_told_and_never_mended(row):
    Event.objects.filter(conversation=row, seq=4).delete()
    assert found() == [f"conversation {row.public_id}: after event 3 comes 5"]
    assert log_check.mend() == 0


def test_a_wrong_floor_or_prev_in_the_log_is_told(row):
    Event.objects.filter(conversation=row, seq=5).update(floor=9)
    assert "event 5 has floor 9" in found()[0]
    Event.objects.filter(conversation=row, seq=4).update(prev=1)
    assert "event 4 names 1" in found()[0]
