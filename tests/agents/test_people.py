"""People get their login by a link: invited by an owner, or after they forgot the password."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from agents import joining, letters, people
from agents.models import Letter
from supportsite.sites.limits import Buckets
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
PEOPLE, PASSWORD = "/console/people/", "violet-anchor-92"
ZOE = {"do": "invite", "name": "Zoë", "email": "Zoe@Shop.example", "role": "agent"}


@pytest.fixture
def mailbox(settings):
    with mail_server(settings) as made:
        yield made


@pytest.fixture
def owner(site):
    """An owner who has logged in, and whose site has a team."""
    Team.objects.create(site=site, name="Returns")
    member = make_member(site, "Olga", Role.OWNER)
    member.user.email = "olga@shop.example"
    member.user.save()
    return logged_in(member)


def link_in(text: str) -> str:
    """The path of the link in a letter or a page."""
    return re.search(r"https?://[^/\s]+(/console/password/[^\s\"]+)", text)[1]


def set_password(path: str) -> str:
    """Follow the link and set a password; the page that follows."""
    stranger = Client()
    form = stranger.get(path, follow=True)
    if "new_password1" not in form.content.decode():
        return form.content.decode()
    address = form.redirect_chain[-1][0]
    both = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    return stranger.post(address, both, follow=True).content.decode()


def arrived(mailbox) -> str:
    """The newest letter's text, sent now."""
    letters.send_due(now=timezone.now())
    return mailbox.letters[-1].get_content()


def test_who_is_invited_gets_a_letter_sets_a_password_and_is_in_the_team(owner, site, mailbox):
    team = Team.objects.get()
    told = owner.post(PEOPLE, ZOE | {"teams": [team.pk]}, follow=True).content.decode()
    assert "on its way to zoe@shop.example" in told
    assert "has not logged in yet" in told
    text = arrived(mailbox)
    assert mailbox.letters[0]["Subject"] == f"Join the support team of {site.name}"
    assert "Olga invites you" in text
    path = link_in(text)
    assert "Your password is set" in set_password(path)
    assert "does not work any more" in set_password(path), "a link works once"
    member = Member.objects.get(user__username="zoe@shop.example")
    assert (member.site, member.role, member.name, list(member.teams.all())) == (site, "agent", "Zoë", [team])
    assert Client().login(username="zoe@shop.example", password=PASSWORD)


def test_without_e_mail_the_owner_gets_the_link_itself_once(owner):
    answer = owner.post(PEOPLE, ZOE)
    html = answer.content.decode()
    assert "No e-mail was sent." in html
    assert "Your password is set" in set_password(link_in(html))
    assert "/console/password/" not in str(answer.cookies)
    assert "/console/password/" not in owner.get(PEOPLE).content.decode()
    assert "TANDEM_SMTP_URL" in owner.get(PEOPLE).content.decode(), "the page says that no e-mail is set up"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "olga@shop.example"}, "has a login already"),
        ({"email": "no address"}, "valid email"),
        ({"role": "emperor"}, "valid choice"),
        ({"name": " "}, "required"),
    ],
)
def test_what_cannot_be_invited_is_said_and_what_was_typed_stays(owner, change, says):
    before = get_user_model().objects.count()
    html = owner.post(PEOPLE, ZOE | change).content.decode()
    assert says in html
    assert 'value="Zoë"' in html or change.get("name")
    assert get_user_model().objects.count() == before


def test_only_owners_invite_and_only_to_their_own_site(owner, site, other_site, agent):
    theirs = make_member(other_site, "Tom", Role.AGENT)
    team = Team.objects.create(site=other_site, name="Theirs")
    assert logged_in(agent).post(PEOPLE, ZOE).status_code == 403
    assert logged_in(make_member(site, "Max", Role.MANAGER)).post(PEOPLE, ZOE).status_code == 403
    assert owner.post(f"{PEOPLE}{other_site.key}/", ZOE).status_code == 403
    owner.post(PEOPLE, ZOE | {"teams": [team.pk]})
    assert owner.post(PEOPLE, {"do": "link", "member": theirs.public_id}).status_code == 404
    assert not Member.objects.filter(user__username="zoe@shop.example").exists()
    assert "Tom" not in owner.get(PEOPLE).content.decode()


def test_a_new_link_for_who_works_elsewhere_too_goes_to_them_alone(owner, site, other_site, agent, settings):
    Member.objects.create(site=other_site, user=agent.user, role=Role.AGENT, name="Maya")
    link = {"do": "link", "member": agent.public_id}
    agent.user.email = "maya@shop.example"
    agent.user.save()
    answer = owner.post(PEOPLE, link, follow=True).content.decode()
    assert "not yours to change" in answer, "without e-mail the link would be the owner's"
    assert "/console/password/" not in answer
    assert not Letter.objects.exists()
    with mail_server(settings) as mailbox:
        answer = owner.post(PEOPLE, link, follow=True).content.decode()
        assert "on its way to maya@shop.example" in answer
        assert "/console/password/" not in answer
        assert "Your password is set" in set_password(link_in(arrived(mailbox)))


def test_who_has_a_login_on_another_site_is_added_and_written_to_without_a_password_link(
    owner, site, other_site, mailbox
):
    theirs = elsewhere(other_site)
    before = password_of(theirs)
    told = owner.post(PEOPLE, ZOE, follow=True).content.decode()
    text = arrived(mailbox)
    assert mailbox.letters[0]["Subject"] == f"You were added to the support team of {site.name}"
    assert "Olga has added you" in text
    assert text.splitlines()[-1].endswith("/console/")
    assert "/console/password/" not in text
    mine = Member.objects.get(site=site, user=theirs.user)
    assert (mine.name, mine.role) == ("Zoë", "agent")
    theirs.refresh_from_db()
    assert (theirs.name, theirs.role, password_of(theirs)) == ("Tilda", "curator", before)
    assert "on its way to zoe@shop.example" in told
    for secret in (other_site.name, "Tilda", "tilda"):
        assert secret not in told


def test_the_page_tells_the_same_of_who_had_a_login_elsewhere_and_of_who_had_none(owner, site, other_site, mailbox):
    theirs = elsewhere(other_site)
    logged_in(theirs)
    joining.forgot(email="zoe@shop.example", now=timezone.now())
    pages = [told_of(owner.post(PEOPLE, ZOE, follow=True).content.decode(), "Zoe")]
    pages.append(told_of(owner.post(PEOPLE, ZOE | {"email": "zoa@shop.example"}, follow=True).content.decode(), "Zoa"))
    assert pages[0] == pages[1]
    assert "has not logged in yet" in pages[0]


def elsewhere(site) -> Member:
    """Somebody of another site, with the address that is invited, another name and another username."""
    member = make_member(site, "Tilda", Role.CURATOR)
    member.user.email = "zoe@shop.example"
    member.user.save()
    return member


def password_of(member: Member) -> str:
    return get_user_model().objects.get(pk=member.user_id).password


def told_of(html: str, who: str) -> str:
    """What a page says of one of several, with what differs by nature made equal."""
    address = f"{who.lower()}@shop.example"
    said = re.search(r'role="status">([^<]*)', html)[1]
    lines = [line for line in re.findall(r"<li>.*?</li>", html, re.DOTALL) if address in line]
    line = re.sub(r'value="[0-9a-zA-Z]{32,}"', "", " ".join(lines))
    return f"{said} {line}".replace(address, "ADDRESS")


def test_without_e_mail_who_has_a_login_is_added_and_nobody_gets_a_link_that_sets_their_password(
    owner, site, other_site
):
    theirs = elsewhere(other_site)
    html = owner.post(PEOPLE, ZOE).content.decode()
    assert "log in as they are used to" in html
    assert "/console/password/" not in html
    assert other_site.name not in html
    assert Member.objects.filter(site=site, user=theirs.user).exists()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"email": "other@shop.example", "username": "zoe@shop.example"}]
)
def test_a_login_that_is_off_or_whose_mailbox_is_another_is_not_added(owner, site, other_site, change):
    theirs = elsewhere(other_site)
    get_user_model().objects.filter(pk=theirs.user_id).update(**change)
    assert "has a login already" in owner.post(PEOPLE, ZOE).content.decode()
    assert not Member.objects.filter(site=site, user=theirs.user).exists()


def test_an_invitation_that_comes_back_is_told_beside_whom_it_was_for_until_another_arrives(owner, site, mailbox):
    assert "about to leave" in owner.post(PEOPLE, ZOE, follow=True).content.decode()
    mailbox.refuses.append("452 mailbox full")
    letters.send_due(now=timezone.now())
    assert "waits, and is tried again: 452 mailbox full" in owner.get(PEOPLE).content.decode()
    mailbox.refuses.append("550 5.1.1 no such user zoe@shop.example")
    letters.send_due(now=timezone.now() + timedelta(minutes=5))
    html = owner.get(PEOPLE).content.decode()
    assert "could not be delivered: 550 5.1.1 no such user" in html
    member = Member.objects.get(user__username="zoe@shop.example")
    owner.post(PEOPLE, {"do": "link", "member": member.public_id})
    letters.send_due(now=timezone.now())
    assert "could not be delivered" not in owner.get(PEOPLE).content.decode()


def test_who_forgot_the_password_gets_a_letter_and_a_stranger_learns_nothing(agent, mailbox):
    agent.user.email = "maya@shop.example"
    agent.user.save()
    pages = [
        Client().post("/console/forgot/", {"email": email}, follow=True).content.decode()
        for email in ("Maya@shop.example", "nobody@shop.example")
    ]
    strip = [re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken[^>]*', "", page) for page in pages]
    assert strip[0] == strip[1]
    assert "on its way to it" in pages[0]
    text = arrived(mailbox)
    assert len(mailbox.letters) == 1
    assert "Your password is set" in set_password(link_in(text))
    assert Client().login(username="maya", password=PASSWORD)


def test_an_address_that_asks_again_and_again_must_wait(agent, mailbox, monkeypatch):
    monkeypatch.setattr(people, "_asked", Buckets(capacity=3, per_second=1 / 60))
    agent.user.email = "maya@shop.example"
    agent.user.save()
    pages = [
        Client().post("/console/forgot/", {"email": "maya@shop.example"}, follow=True).content.decode()
        for _ in range(5)
    ]
    assert "Too many tries" in pages[-1]
    assert Letter.objects.count() == 3


def test_the_owner_tries_the_e_mail_and_is_told_when_it_fails(owner, mailbox, settings):
    owner.post(PEOPLE, {"do": "mail"})
    assert "arrives at this address" in arrived(mailbox)
    assert "does not go out" not in owner.get(PEOPLE).content.decode()
    settings.EMAIL_PORT = 9
    owner.post(PEOPLE, {"do": "mail"})
    letters.send_due(now=timezone.now())
    assert "E-mail does not go out just now" in owner.get(PEOPLE).content.decode()


def test_the_page_says_what_became_of_the_last_test(owner, mailbox):
    owner.post(PEOPLE, {"do": "mail"})
    mailbox.refuses.append("554 5.7.1 <olga@shop.example>: Relay access denied")
    letters.send_due(now=timezone.now())
    html = owner.get(PEOPLE).content.decode()
    assert "is tried again: 554 5.7.1 &lt;…&gt;: Relay access denied" in html
    assert "E-mail does not go out just now: 554 5.7.1" in html
    owner.post(PEOPLE, {"do": "mail"})
    mailbox.refuses.append("550 5.1.1 no such user")
    letters.send_due(now=timezone.now())
    assert "could not be delivered: 550 5.1.1 no such user" in owner.get(PEOPLE).content.decode()
    owner.post(PEOPLE, {"do": "mail"})
    letters.send_due(now=timezone.now())
    assert "was taken by the mail server" in owner.get(PEOPLE).content.decode()


def test_without_a_mail_server_a_forgotten_password_leaves_no_letter_behind(agent):
    agent.user.email = "maya@shop.example"
    agent.user.save()
    assert "Ask the owner of your site" in Client().get("/console/forgot/").content.decode()
    Client().post("/console/forgot/", {"email": "maya@shop.example"})
    assert not Letter.objects.exists()


def test_a_new_link_is_written_in_the_sites_language(owner, site, agent, mailbox):
    site.locale = "de"
    site.save()
    agent.user.email = "maya@shop.example"
    agent.user.save()
    owner.post(PEOPLE, {"do": "link", "member": agent.public_id})
    assert "Ihr Benutzername ist maya." in arrived(mailbox)
