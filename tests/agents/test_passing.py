"""To whom a conversation can be passed on, as the dialog shows it; and who may not ask."""

import pytest
from django.utils import timezone

from agents.models import Presence
from chat import lifecycle
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(cast):
    conversation = cast.says("v", "I want to talk to a person")
    cast.does(lifecycle.claim, cast.agent, conversation)
    return conversation


def page(member, conversation):
    return logged_in(member).get(f"/console/transfer/{conversation.public_id}/")


def test_it_shows_colleagues_with_presence_and_load_and_teams_with_who_is_there(cast, held):
    now = timezone.now()
    Presence.objects.create(member=cast.another_agent, state="online", at=now, seen_at=now)
    cast.team(cast.another_agent)
    cast.does(lifecycle.claim, cast.another_agent, cast.says("w", "I want to talk to a person"))
    text = " ".join(page(cast.agent, held).content.decode().split())
    assert 'Noor</strong> <span class="soft">Online · 1 open conversation of 6' in text
    assert "1 person online" in text
    for name in ("Maya", "Carla", "Stan"):
        assert name not in text


def test_nobody_else_is_said(cast, held):
    cast.another_agent.user.is_active = False
    cast.another_agent.user.save()
    assert "There is nobody else" in page(cast.agent, held).content.decode()


def test_a_strangers_conversation_is_not_there(cast, held):
    assert page(cast.stranger, held).status_code == 404
