"""Who is there, by which rules the site goes, and how late it is, while customers wait for a person."""

import datetime as dt

from django.utils import timezone

from agents.models import Presence
from supportsite.sites.models import Site

PERSON = "I want to talk to a person"


def minutes(n):
    return dt.timedelta(minutes=n)


def here(*members, state="online", at=None):
    now = at or timezone.now()
    for member in members:
        Presence.objects.update_or_create(member=member, defaults={"state": state, "at": now, "seen_at": now})


def rule(site, **values):
    Site.objects.filter(pk=site.pk).update(**values)
    site.refresh_from_db()
