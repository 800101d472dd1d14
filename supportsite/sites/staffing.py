"""What the floors below ask of the people above: who is there, whose topic it is, whether e-mail and tickets go out.

They may not import `agents`, so settings.STAFFING names the functions by dotted path, as PUBLISH_CHECKS does.
"""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Site, Team


def somebody_online(site_id: int, now: datetime) -> bool:
    """Whether anybody who may answer on this site is online, in whichever process."""
    return cast(bool, import_string(settings.STAFFING["online"])(site_id, now))


def who_is_online(site_id: int, now: datetime) -> list[int]:
    """The row ids of the members who may answer on this site and are online, in whichever process."""
    return cast(list[int], import_string(settings.STAFFING["who"])(site_id, now))


def team_for(site: Site, *, text: str, language: str, now: datetime) -> Team | None:
    """The one team that is there, knows what `text` is about, and speaks the language; None: everyone is called."""
    return cast(Team | None, import_string(settings.STAFFING["team"])(site, text=text, language=language, now=now))


def mail_is_well() -> bool:
    """Whether an e-mail that is written now is likely to arrive."""
    return cast(bool, import_string(settings.STAFFING["mail"])())


def tickets_are_well() -> bool:
    """Whether a ticket that is written now is likely to be opened."""
    return cast(bool, import_string(settings.STAFFING["tickets"])())
