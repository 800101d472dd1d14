"""A real site: its row, its owner's login, the pages that may show the widget, and the line that goes into them."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from . import origins
from .sites.models import Member, Site
from .sites.rights import Role

_NAME_LENGTH, _URL_LENGTH = 120, 200  # as the site's row has it
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")


class CannotMake(Exception):
    """What is wrong with what was asked for, in one line for the owner."""


@dataclass(frozen=True)
class Made:
    """A site that is there now, with its owner."""

    site: Site
    owner: Member
    password: str
    snippet: str


def create_site(
    *, name: str, url: str, username: str, password: str = "", locale: str = "en", origins: Sequence[str] = ()
) -> Made:
    """Make the site and its owner's login; an empty password becomes a random one. Raises CannotMake."""
    name = name.strip()
    if not name or len(name) > _NAME_LENGTH:
        raise CannotMake("The site's name must have 1 to 120 characters.")
    if len(url) > _URL_LENGTH:
        raise CannotMake("The address is too long: at most 200 characters.")
    if not _LOCALE.match(locale):
        raise CannotMake(f"“{locale}” is no language. Write it as en or de-AT.")
    allowed = list(dict.fromkeys(origin_of(address) for address in (url, *origins)))
    password = password or secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            site = Site.objects.create(name=name, url=url, origins=allowed, locale=locale)
            owner = _owner(site, username, password)
    except IntegrityError:
        raise _taken(username) from None
    return Made(site, owner, password, snippet(site))


def snippet(site: Site) -> str:
    """The line for the site's pages."""
    return f'<script async src="{settings.TANDEM.public_url}/widget.js" data-site="{site.key}"></script>'


def origin_of(url: str) -> str:
    """What a browser sends as Origin from a page at `url`. Raises CannotMake."""
    try:
        return origins.origin_of(url)
    except ValueError:
        raise CannotMake(f"“{url}” is no address of a website. Write it as https://www.example.com.") from None


def _owner(site: Site, username: str, password: str) -> Member:
    users = get_user_model()
    user = users(username=username, is_staff=True)
    try:
        user.clean_fields(exclude=["password"])
        password_validation.validate_password(password, user)
    except ValidationError as fault:
        raise CannotMake(" ".join(fault.messages)) from None
    if users.objects.filter(username__iexact=username).exists():
        raise _taken(username)
    user.set_password(password)
    user.save()
    return Member.objects.create(site=site, user=user, role=Role.OWNER, name=username[:80])


def _taken(username: str) -> CannotMake:
    return CannotMake(f"The username “{username}” is taken. Choose another one with --username.")
