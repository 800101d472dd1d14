"""The admin of sites, members, teams and keys: only for whoever manages the site, and nothing of another's."""

import re

import pytest
from django.contrib.auth import get_user_model

from agents import api_keys
from agents.models import ApiKey
from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Role
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
LISTS = ("sites/site", "sites/member", "sites/team", "agents/apikey")


@pytest.fixture
def owner(site):
    member = make_member(site, "Olga", Role.OWNER)
    member.user.is_staff = True
    member.user.save()
    return member


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner.user)
    return client


def fields(**changes):
    return {
        "username": "nina",
        "password": "a long password",
        "name": "Nina",
        "role": "agent",
        "active": "on",
        **changes,
    }


@pytest.mark.parametrize("path", LISTS)
def test_an_owner_sees_only_their_own_site(as_owner, site, other_site, stranger, path):
    other_site.teams.create(name="Elsewhere's team")
    api_keys.make(site=other_site, name="Elsewhere's key", scopes=[], now=site_now())
    text = as_owner.get(f"/admin/{path}/").content.decode()
    assert "Elsewhere" not in text
    assert "Stan" not in text


def site_now():
    from django.utils import timezone

    return timezone.now()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR, Role.MANAGER])
def test_who_does_not_manage_a_site_sees_none_of_it(client, site, path, role):
    member = make_member(site, "Pia", role)
    member.user.is_staff = True
    member.user.save()
    client.force_login(member.user)
    assert client.get(f"/admin/{path}/").status_code == 403


def test_another_sites_row_is_not_there(as_owner, other_site, stranger):
    assert as_owner.get(f"/admin/sites/site/{other_site.pk}/change/").status_code == 302
    assert as_owner.get(f"/admin/sites/member/{stranger.pk}/change/").status_code == 302


def test_an_owner_adds_a_member_who_can_log_in(as_owner, site, client):
    as_owner.post("/admin/sites/member/add/", {"site": site.pk, **fields()})
    member = Member.objects.get(user__username="nina")
    assert member.user.check_password("a long password")
    assert not member.user.is_staff
    as_owner.post(f"/admin/sites/member/{member.pk}/change/", {"site": site.pk, **fields(role="curator", password="")})
    member = Member.objects.get(pk=member.pk)
    assert member.role == "curator"
    assert member.user.is_staff
    assert member.user.check_password("a long password")


def test_nobody_is_added_to_another_site_or_takes_a_login_over(as_owner, site, other_site, stranger):
    as_owner.post("/admin/sites/member/add/", {"site": other_site.pk, **fields()})
    as_owner.post("/admin/sites/member/add/", {"site": site.pk, **fields(username="STAN")})
    assert set(Member.objects.values_list("name", flat=True)) == {"Olga", "Stan"}
    assert stranger.user.check_password("secret-of-stan")


def test_the_password_of_who_works_elsewhere_too_is_not_the_owners_to_set(as_owner, site, stranger):
    twin = Member.objects.create(user=stranger.user, site=site, role=Role.AGENT, name="Stan N.")
    as_owner.post(f"/admin/sites/member/{twin.pk}/change/", {"site": site.pk, **fields(password="taken over 123")})
    assert get_user_model().objects.get(pk=stranger.user_id).check_password("secret-of-stan")


def test_the_role_of_who_works_elsewhere_too_stays_the_owners_to_change_and_their_login_does_not(
    as_owner, site, stranger
):
    twin = Member.objects.create(user=stranger.user, site=site, role=Role.MANAGER, name="Stan N.")
    where = f"/admin/sites/member/{twin.pk}/change/"
    assert "id_password" not in as_owner.get(where).content.decode()
    change = fields(role="agent", name="Stan", password="taken over 123", email="olga@shop.example")
    as_owner.post(where, {"site": site.pk, **change, "active": ""})
    twin.refresh_from_db()
    stranger.refresh_from_db()
    assert (twin.role, twin.name) == ("agent", "Stan")
    user = get_user_model().objects.get(pk=stranger.user_id)
    assert (user.is_active, user.email, user.check_password("secret-of-stan")) == (True, stranger.user.email, True)


def test_a_site_keeps_an_owner(as_owner, owner, site):
    as_owner.post(f"/admin/sites/member/{owner.pk}/change/", {"site": site.pk, **fields(role="agent", password="")})
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_the_only_owner_may_still_log_in(as_owner, owner, site):
    change = f"/admin/sites/member/{owner.pk}/change/"
    answer = as_owner.post(change, {"site": site.pk, **fields(role="owner", password=""), "active": ""})
    owner.user.refresh_from_db()
    assert owner.user.is_active
    assert "A site needs an owner" in answer.content.decode()
    second = make_member(site, "Second", Role.OWNER)
    as_owner.post(change, {"site": site.pk, **fields(role="owner", password=""), "active": ""})
    owner.user.refresh_from_db()
    assert not owner.user.is_active
    assert second.user.is_active


@pytest.fixture
def as_superuser(client):
    client.force_login(get_user_model().objects.create_superuser("root", password="a long password"))
    return client


def login_fields(user, **changes):
    return {"username": user.username, **changes}


def test_a_superuser_does_not_take_the_only_owners_login_either(as_superuser, owner, site):
    change = f"/admin/auth/user/{owner.user_id}/change/"
    answer = as_superuser.post(change, login_fields(owner.user))
    assert "A site needs an owner" in answer.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.is_active
    make_member(site, "Second", Role.OWNER)
    assert as_superuser.post(change, login_fields(owner.user)).status_code == 302
    owner.user.refresh_from_db()
    assert not owner.user.is_active


def test_a_login_goes_into_the_admin_by_its_roles_whatever_a_form_says(as_superuser, owner, agent):
    for member, is_staff in ((owner, True), (agent, False)):
        change = f"/admin/auth/user/{member.user_id}/change/"
        posted = login_fields(member.user, is_active="on", **({} if is_staff else {"is_staff": "on"}))
        assert as_superuser.post(change, posted).status_code == 302
        member.user.refresh_from_db()
        assert member.user.is_staff is is_staff


@pytest.mark.parametrize("path", ["auth/user", "sites/member"])
def test_nobody_is_deleted_alone_or_with_others(as_superuser, owner, path):
    pk = owner.user_id if path == "auth/user" else owner.pk
    as_superuser.post(f"/admin/{path}/{pk}/delete/", {"post": "yes"})
    many = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    as_superuser.post(f"/admin/{path}/", many)
    assert Member.objects.filter(pk=owner.pk, user__isnull=False).exists()


def test_who_curates_elsewhere_stays_in_the_admin(owner, site, client):
    member = make_member(site, "Cleo", Role.CURATOR)
    other = Site.objects.create(name="Other", url="https://other.example", origins=[])
    Member.objects.create(site=other, user=member.user, role=Role.AGENT, name="Cleo")
    owner.user.is_superuser = owner.user.is_staff = True
    owner.user.save()
    client.force_login(owner.user)
    there = Member.objects.get(site=other, user=member.user)
    client.post(f"/admin/sites/member/{there.pk}/change/", {"site": other.pk, **fields(role="agent", password="")})
    member.user.refresh_from_db()
    assert member.user.is_staff


def test_a_keys_secret_is_shown_once_and_it_works(as_owner, site):
    answer = as_owner.post("/admin/agents/apikey/add/", {"site": site.pk, "name": "Sync", "scopes": ["articles:read"]})
    secret = re.search(r'value="(tnd_[^"]+)"', answer.content.decode())[1]
    row = api_keys.find(secret)
    assert row
    assert "no-store" in answer["Cache-Control"]
    assert secret not in str(answer.cookies)
    assert "messages" not in answer.cookies  # a message would have taken it along
    assert secret not in as_owner.get(f"/admin/agents/apikey/{row.pk}/change/").content.decode()


def test_a_key_is_revoked_by_the_action(as_owner, site):
    row, secret = api_keys.make(site=site, name="Sync", scopes=[], now=site_now())
    as_owner.post("/admin/agents/apikey/", {"action": "revoke", "_selected_action": [row.pk]})
    assert ApiKey.objects.get(pk=row.pk).revoked_at
    assert api_keys.find(secret) is None


def test_a_team_takes_no_member_of_another_site(as_owner, site, stranger):
    answer = as_owner.post("/admin/sites/team/add/", {"site": site.pk, "name": "Returns", "members": [stranger.pk]})
    assert answer.status_code == 200
    assert not site.teams.exists()


def test_no_key_and_no_team_is_made_for_another_site_and_none_of_its_keys_is_revoked(as_owner, other_site):
    row, secret = api_keys.make(site=other_site, name="Theirs", scopes=[], now=site_now())
    as_owner.post("/admin/agents/apikey/add/", {"site": other_site.pk, "name": "Sync", "scopes": ["articles:read"]})
    as_owner.post("/admin/sites/team/add/", {"site": other_site.pk, "name": "Returns"})
    as_owner.post("/admin/agents/apikey/", {"action": "revoke", "_selected_action": [row.pk]})
    assert list(ApiKey.objects.all()) == [row]
    assert api_keys.find(secret) == row
    assert not other_site.teams.exists()
