"""API keys: how one is made, and how a REST request proves that it has one."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from agents.models import ApiKey, check_scopes
from supportsite.sites.models import Site

MARK = "tnd_"
PREFIX = len(MARK) + 8
USED_EVERY = dt.timedelta(minutes=1)  # `last_used_at` is written at most this often


def digest(secret: str) -> str:
    """The hash that is kept; the secret has 160 random bits, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(*, site: Site, name: str, scopes: Sequence[str], now: dt.datetime) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again. Raises ValidationError for an unknown scope."""
    check_scopes(list(scopes))
    secret = MARK + secrets.token_hex(24)
    row = ApiKey.objects.create(
        site=site, name=name, prefix=secret[:PREFIX], hashed=digest(secret), scopes=list(scopes), made_at=now
    )
    return row, secret


def revoke(*, key: ApiKey, now: dt.datetime) -> None:
    """End a key; one that has ended stays as it was."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def find(secret: str) -> ApiKey | None:
    """The living key of this secret."""
    row = ApiKey.objects.select_related("site").filter(prefix=secret[:PREFIX], revoked_at=None).first()
    if row is None or not hmac.compare_digest(row.hashed, digest(secret)):
        return None
    return row


@dataclass(frozen=True)
class Program:
    """Who makes a request with a key: no person, but known."""

    key: ApiKey
    is_authenticated = True
    is_anonymous = False


class SiteKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tnd_…`; then `request.auth` is the `ApiKey`, with `.site` and `.scopes`."""

    def authenticate(self, request: Request) -> tuple[Program, ApiKey] | None:
        """The key of the request; None where it brings no bearer token."""
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = find(token.strip())
        if key is None:
            raise AuthenticationFailed(_("This key is unknown or was revoked."))
        note_use(key, timezone.now())
        return Program(key), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 names, so that it is not a 403."""
        return "Bearer"


def note_use(key: ApiKey, now: dt.datetime) -> None:
    """Remember when the key was last used, without a write for every request."""
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
