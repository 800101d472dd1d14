"""The owner's pages: the login is checked, tickets are chosen, and a bar says where none is opened."""

import pytest
from django.utils import timezone

from agents import tickets
from supportsite.sites.forms import SiteForm
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.agents.ticketing import after, asks
from tests.agents.waiting import rule
from tests.conftest import logged_in, make_member
from tests.fakes.help_desk import TOKEN, help_desk_server, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(site):
    return make_member(site, "Olga", Role.OWNER)


def choose(site, **values):
    form = SiteForm(instance=Site.objects.get(pk=site.pk))
    told = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return {**told, "origins": "", "greeting": "", "unclaimed_rule": "ticket", **values}


def test_the_owner_checks_the_login_then_chooses_tickets(owner, site, settings):
    browser, people, page = logged_in(owner), "/console/people/", f"/admin/sites/site/{site.pk}/change/"
    refused = "No ticket can be opened from here just now"
    assert refused in browser.post(page, choose(site)).content.decode()
    with help_desk_server(settings) as desk:
        assert "its login was not tried yet" in browser.get(people).content.decode()
        assert refused in browser.post(page, choose(site)).content.decode()
        desk.role = "end-user"
        assert "the user is no agent" in browser.post(people, {"do": "desk"}, follow=True).content.decode()
        desk.role = "admin"
        html = browser.post(people, {"do": "desk"}, follow=True).content.decode()
        assert "The help desk takes the login. No ticket was opened." in html
        assert TOKEN not in html
        assert not desk.opened
        assert browser.post(page, choose(site)).status_code == 302
        assert Site.objects.get(pk=site.pk).unclaimed_rule == "ticket"


def test_a_login_that_is_taken_for_nobodys_is_none(settings):
    with help_desk_server(settings) as desk:
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="wrong"))
        assert tickets.check(now=timezone.now()) == "401"
        desk.takes_anybody = True
        assert tickets.check(now=timezone.now()) == "401"


def test_who_does_not_manage_the_site_checks_nothing(agent, settings):
    with help_desk_server(settings) as desk:
        assert logged_in(agent).post("/console/people/", {"do": "desk"}).status_code == 403
        assert not desk.asked


def test_while_no_ticket_is_opened_a_bar_says_so_to_whoever_may_mend_it(owner, agent, site, settings):
    boss = logged_in(owner)
    bar = "No ticket is opened"
    assert bar not in boss.get("/console/").content.decode(), "nobody wants any"
    rule(site, unclaimed_rule="ticket")
    for path in ("/console/", "/admin/"):
        assert "TANDEM_TICKET_URL is not set" in boss.get(path).content.decode()
    with help_desk_server(settings) as desk:
        tickets.check(now=timezone.now())
        assert bar not in boss.get("/console/").content.decode()
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="old"))
        tickets.check(now=timezone.now())
        for path in ("/console/", "/admin/"):
            assert "it does not take the user or the token (401)" in boss.get(path).content.decode()
        assert bar not in logged_in(agent).get("/console/").content.decode()


def test_the_console_links_to_the_ticket(cast, desk, start):
    row = asks(cast, start)
    after(start, 16)
    html = logged_in(cast.agent).get(f"/console/side/{row.public_id}/").content.decode()
    assert f'<a href="{desk.address}/agent/tickets/4001"' in html
    assert "ticket 4001" in html
