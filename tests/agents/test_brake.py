"""The brake in the console: who may use it, what it says, and who is told."""

import pytest

from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
PAGE = "/console/assistant/"


@pytest.fixture
def boss(cast, client):
    """A manager who has logged in."""
    member = make_member(cast.site, "Bo", Role.MANAGER)
    client.force_login(member.user)
    return member


def press(client, do: str, site: Site) -> str:
    """Press the button; the page that follows."""
    return client.post(PAGE, {"site": site.key, "do": do}, follow=True).content.decode()


def test_a_manager_pauses_the_assistant_and_lets_it_answer_again(cast, client, boss):
    assert "Pause the assistant" in client.get(PAGE).content.decode()
    cast.says("Ann", "How long does delivery take?")
    html = press(client, "pause", cast.site)
    assert "is paused. New questions go to people. One answer that had begun was dropped" in html
    assert "Paused by Bo." in html
    assert "is paused by Bo: every question comes to you." in client.get("/console/").content.decode()
    html = press(client, "resume", cast.site)
    assert "answers again." in html
    assert "is paused" not in client.get("/console/").content.decode()


def test_an_agent_sees_that_it_is_paused_but_may_not_change_it(cast, client, boss):
    press(client, "pause", cast.site)
    client.force_login(cast.agent.user)
    html = client.get("/console/").content.decode()
    assert "is paused by Bo" in html
    assert PAGE not in html
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"site": cast.site.key, "do": "resume"}).status_code == 403
    assert Site.objects.get(pk=cast.site.pk).paused_at


def test_nobody_pauses_another_sites_assistant(cast, client, boss):
    assert client.post(PAGE, {"site": cast.other_site.key, "do": "pause"}).status_code == 404
    assert Site.objects.get(pk=cast.other_site.pk).paused_at is None
    client.logout()
    assert client.post(PAGE, {"site": cast.site.key, "do": "pause"}).status_code == 302
    assert Site.objects.get(pk=cast.site.pk).paused_at is None
