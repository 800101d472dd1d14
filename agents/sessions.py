"""A console's handshake: whether the page is ours, who is logged in, and later whether that login still stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.http.request import validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


@dataclass(frozen=True)
class Login:
    """A session that named an active user, when it was asked."""

    session_key: str
    user_id: int
    password_hash: str


def login_of(session_key: str) -> Login | None:
    """Who is logged in by this session; None where nobody is."""
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if SESSION_KEY not in session or BACKEND_SESSION_KEY not in session:
        return None
    login = Login(session_key, int(session[SESSION_KEY]), session.get(HASH_SESSION_KEY, ""))
    return login if login in standing([login]) else None


def standing(logins: Iterable[Login]) -> set[Login]:
    """Those that still stand: the session is there, the user is active, the password is the same. Two queries."""
    asked = list(logins)
    keys = Session.objects.filter(session_key__in={one.session_key for one in asked}, expire_date__gt=timezone.now())
    alive = set(keys.values_list("session_key", flat=True))
    users = get_user_model().objects.in_bulk({one.user_id for one in asked})
    return {one for one in asked if one.session_key in alive and _same_password(one, users.get(one.user_id))}


def _same_password(login: Login, user: Any) -> bool:
    return (
        user is not None and user.is_active and constant_time_compare(login.password_hash, user.get_session_auth_hash())
    )


def session_key_of(headers: Mapping[bytes, bytes]) -> str:
    """The session's key from a handshake's cookies."""
    return parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


def language_of(headers: Mapping[bytes, bytes]) -> str:
    """The reader's language, as LocaleMiddleware would choose it."""
    wanted = [parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.LANGUAGE_COOKIE_NAME, "")]
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    wanted += [code for code, _weight in parse_accept_lang_header(accepted)]
    for code in wanted:
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def is_own(origin: str, host: str) -> bool:
    """Whether a page of `origin` is served by this installation, asked as `host`."""
    if origin == settings.TANDEM.public_url:
        return True
    try:
        parts = urlsplit(origin)
        named = parts.hostname is not None and parts.scheme in ("http", "https")
    except ValueError:
        return False
    return named and parts.netloc.lower() == host.lower() and validate_host(str(parts.hostname), settings.ALLOWED_HOSTS)
