"""API keys: made once, proved by their hash, ended for good."""

import datetime as dt
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from agents import api_keys
from agents.models import ApiKey, Scope
from supportsite.sites.scopes import HasScope

pytestmark = pytest.mark.django_db


def request_with(header: str) -> Request:
    return Request(
        APIRequestFactory().get("/", HTTP_AUTHORIZATION=header), authenticators=[api_keys.SiteKeyAuthentication()]
    )


def new_key(site, scopes=(Scope.ARTICLES_READ,)) -> tuple[ApiKey, str]:
    return api_keys.make(site=site, name="Sync", scopes=list(scopes), now=timezone.now())


def test_a_key_names_its_site_and_what_it_may_do(site):
    row, secret = new_key(site)
    request = request_with(f"Bearer {secret}")
    assert request.auth == row
    assert request.auth.site == site
    assert request.user.is_authenticated


def test_the_secret_is_not_stored(site):
    row, secret = new_key(site)
    assert secret.startswith("tnd_")
    assert secret not in str(list(ApiKey.objects.values()))
    assert row.prefix == secret[: len(row.prefix)]


@pytest.mark.parametrize("spoil", [lambda s: s[:-1] + "x", lambda s: s[:12], lambda s: "tnd_", lambda s: s + "0"])
def test_another_secret_is_refused(site, spoil):
    _row, secret = new_key(site)
    with pytest.raises(AuthenticationFailed):
        _ = request_with(f"Bearer {spoil(secret)}").auth


def test_a_revoked_key_is_refused_and_stays_revoked(site):
    row, secret = new_key(site)
    ended = timezone.now()
    api_keys.revoke(key=row, now=ended)
    api_keys.revoke(key=row, now=ended + dt.timedelta(days=1))
    row.refresh_from_db()
    assert row.revoked_at == ended
    with pytest.raises(AuthenticationFailed):
        _ = request_with(f"Bearer {secret}").auth


def test_a_request_without_a_bearer_token_is_nobody(site):
    assert request_with("Basic abc").auth is None


def test_a_permission_asks_for_its_scope(site):
    _row, secret = new_key(site, [Scope.ARTICLES_READ])
    request = request_with(f"Bearer {secret}")
    assert HasScope(Scope.ARTICLES_READ)().has_permission(request, None)
    assert not HasScope(Scope.CONVERSATIONS_READ)().has_permission(request, None)


def test_use_is_noted_at_most_once_a_minute(site):
    row, _secret = new_key(site)
    first = timezone.now()
    api_keys.note_use(row, first)
    row.refresh_from_db()
    api_keys.note_use(row, first + dt.timedelta(seconds=20))
    row.refresh_from_db()
    assert row.last_used_at == first


def test_an_unknown_scope_is_no_key(site):
    with pytest.raises(ValidationError, match="everything"):
        new_key(site, ["everything"])


def test_the_command_prints_a_secret_that_works(site):
    out = StringIO()
    call_command(
        "create_key", site.key, "Sync", "--scopes", "articles:read", "articles:write", stdout=out, stderr=StringIO()
    )
    found = api_keys.find(out.getvalue().strip())
    assert found
    assert found.scopes == ["articles:read", "articles:write"]


@pytest.mark.parametrize(("key", "scope", "why"), [("site_no", "articles:read", "no site"), (None, "all", "no scope")])
def test_the_command_says_what_is_wrong(site, key, scope, why):
    with pytest.raises(CommandError, match=why):
        call_command("create_key", key or site.key, "Sync", "--scopes", scope)
