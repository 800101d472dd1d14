"""Conversations in the admin: read by whoever may read them in the console, and changed by nobody."""

import pytest

from chat.models import Conversation, Event
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import Role
from tests.conftest import make_member
from tests.lives import live

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/conversation/"


@pytest.fixture
def row(site, agent) -> Conversation:
    return live(site, agent)


def enter(client, member) -> None:
    member.user.is_staff = True
    member.user.save()
    client.force_login(member.user)


def link(row) -> str:
    return f'href="{LIST}{row.pk}/change/'


def page_of(client, row, query: str = ""):
    return client.get(f"{LIST}{row.pk}/change/{query}")


def test_a_manager_reads_the_list_and_the_log_with_turns_and_escalations(client, site, row):
    enter(client, make_member(site, "Mara", Role.MANAGER))
    assert link(row) in client.get(LIST).content.decode()
    text = page_of(client, row).content.decode()
    assert "How long does delivery take?" in client.get(LIST).content.decode()
    for words in ("How long does delivery take?", "From two days.", "Kind, but in a hurry.", "Delivery times", "asked"):
        assert words in text
    assert "&quot;decision&quot;: &quot;found&quot;" in text
    assert 'name="_save"' not in text


@pytest.mark.parametrize("who", ["curator", "stranger"])
def test_whoever_may_not_read_conversations_sees_none(client, row, who, request):
    enter(client, request.getfixturevalue(who))
    listed = client.get(LIST)
    assert listed.status_code == 403 or link(row) not in listed.content.decode()
    assert page_of(client, row).status_code in (302, 403)


def test_a_conversation_of_a_team_is_for_the_team(client, site, row, another_agent):
    row.team = Team.objects.create(site=site, name="Returns")
    row.save()
    enter(client, another_agent)
    assert link(row) not in client.get(LIST).content.decode()
    row.team.members.add(another_agent)
    assert link(row) in client.get(LIST).content.decode()


def test_who_has_roles_on_two_sites_reads_those_of_both(client, row, other_site, agent, stranger):
    elsewhere = live(other_site, stranger)
    Member.objects.create(site=other_site, user=agent.user, role=Role.AGENT, name="Maya")
    enter(client, agent)
    listed = client.get(LIST).content.decode()
    assert link(row) in listed
    assert link(elsewhere) in listed


def test_a_superuser_sees_every_site(admin_client, row, other_site, stranger):
    other = live(other_site, stranger)
    listed = admin_client.get(LIST).content.decode()
    assert link(row) in listed
    assert link(other) in listed


def test_nothing_is_added_changed_or_deleted(admin_client, row):
    before = Conversation.objects.filter(pk=row.pk).values().get()
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/change/", {"handler": "closed"}).status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    admin_client.post(LIST, chosen)
    assert Conversation.objects.filter(pk=row.pk).values().get() == before
    assert Event.objects.filter(conversation=row).count() == row.last_seq


def test_a_text_with_markup_is_shown_as_text(admin_client, row):
    Event.objects.filter(conversation=row, seq=1).update(body={"text": "<script>alert(1)</script>", "mood": 0.0})
    assert "<script>alert(1)" not in page_of(admin_client, row).content.decode()


def test_a_long_log_is_read_in_pages(admin_client, row, monkeypatch):
    monkeypatch.setattr("chat.admin.EVENTS_SHOWN", 5)
    newest = page_of(admin_client, row).content.decode()
    first = row.last_seq - 4
    assert f'id="event-{row.last_seq}"' in newest
    assert f"?before={first}" in newest
    earlier = page_of(admin_client, row, f"?before={first}").content.decode()
    assert f'id="event-{first - 1}"' in earlier
    assert f'id="event-{first}"' not in earlier
    assert page_of(admin_client, row, "?before=nonsense").status_code == 200
