"""Who is there, by which rules the site goes, and how late it is, while customers wait for a person."""

import datetime as dt
import threading

from django.db import connection
from django.utils import timezone

from agents import attending
from agents.models import Presence
from chat.models import Event
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


def kinds(conversation):
    return list(Event.objects.filter(conversation=conversation).order_by("seq").values_list("kind", flat=True))


def steps(conversation, start, *after):
    """What is in the conversation once the sweep was there so many minutes after `start`, twice each time."""
    for n in after:
        here_now = start + minutes(n)
        attending.carry_on(here_now)
        attending.carry_on(here_now)  # twice is once
    return kinds(conversation)


def at_once(times, work):
    """Do the same in so many threads at one moment, each with a connection of its own; wait for all."""
    begin = threading.Barrier(times)

    def one():
        begin.wait(5)
        work()
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
