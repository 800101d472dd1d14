"""What is done about conversations that wait, by the site's rules and the clock: rows in, the system's verbs out.

Run by the sweep (`agents.attend`) every few seconds. Each thing that is due is found in the rows and looked at again
under its lock, so it does not matter how often this runs, in how many processes, or where one was killed.
"""

import datetime as dt
from functools import partial
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents import crew, letters
from agents.assignment import choose
from agents.models import Presence, Round
from chat import waiting
from chat.models import Call, Conversation, Handler, Snooze
from supportsite.sites.models import Member, Site

MOST: Final = 200  # at one go
GAP: Final = dt.timedelta(seconds=60)  # between two rounds: nobody swept, so nobody's console could be seen


def attend(*, now: dt.datetime) -> None:
    """One round: who vanished lets go, who was put aside comes back, who waits is given, reminded of, carried on."""
    since = watched_since(now)
    let_go_of_the_vanished(now, since)
    wake(now)
    carry_on(now)
    assign(now)


def watched_since(now: dt.datetime) -> dt.datetime:
    """Since when there were rounds without a gap: a console is not gone because the server was."""
    row, made = Round.objects.get_or_create(pk=1, defaults={"at": now, "since": now})
    since = now if made or now - row.at > GAP else row.since
    Round.objects.filter(pk=1).update(at=now, since=since)
    return since


def let_go_of_the_vanished(now: dt.datetime, since: dt.datetime) -> None:
    """Customers who wait for somebody whose console is gone, or whose login is, go back to the queue."""
    held = Conversation.objects.filter(handler=Handler.AGENT, snooze=None).exclude(assignee=None)
    waits = held.exclude(waiting_since=None).select_related("assignee__user", "site")
    seen = dict(Presence.objects.filter(member__in=waits.values("assignee")).values_list("member", "seen_at"))
    for row in waits[:MOST]:
        assert row.assignee
        assert row.assignee_id
        last = max(filter(None, (seen.get(row.assignee_id), since)))
        gone = now - last > dt.timedelta(minutes=row.site.away_after)
        if not row.assignee.user.is_active or gone:
            waiting.let_go(conversation_id=row.pk, member=row.assignee, now=now)


def wake(now: dt.datetime) -> None:
    """What was put aside until a time that has come."""
    for conversation_id in list(Snooze.objects.filter(until__lte=now).values_list("conversation", flat=True)[:MOST]):
        waiting.wake(conversation_id=conversation_id, now=now)


def carry_on(now: dt.datetime) -> None:
    """Unclaimed calls: remind, widen to every team, then what the site chose."""
    calls = Call.objects.filter(ended_at=None, member=None, conversation__handler=Handler.QUEUE)
    for call in calls.select_related("conversation__site")[:MOST]:
        _carry_on(call, call.conversation.site, now)


def _carry_on(call: Call, site: Site, now: dt.datetime) -> None:
    begin = _began(call, site, now)
    if begin is None:
        return
    waited = now - begin
    minutes = int(waited.total_seconds() // 60)
    gives_up = site.unclaimed_rule != "wait" and call.step < Call.Step.GIVEN_UP
    if gives_up and waited >= _minutes(site.unclaimed_after) and _give_up(call, site, minutes, now):
        return
    if waited >= _minutes(site.widen_after) and call.step < Call.Step.WIDENED:
        waiting.widen(call_id=call.pk, minutes=minutes, now=now)
    elif _is_to_remind(call, site, begin, now):
        waiting.remind(call_id=call.pk, since=call.reminded_at, minutes=minutes, now=now)


def _began(call: Call, site: Site, now: dt.datetime) -> dt.datetime | None:
    """From when the minutes of a call count: closed hours do not. None while it is closed."""
    if not site.hours.is_open(now):
        return None
    opened = site.hours.next_opening(call.at)
    return opened if opened and opened <= now else call.at


def _is_to_remind(call: Call, site: Site, begin: dt.datetime, now: dt.datetime) -> bool:
    """Once after the site's minutes; again each time as long as all the waiting so far: 3, 6, 12 … minutes."""
    if call.reminded_at is None or call.reminded_at < begin:
        return now - begin >= _minutes(site.remind_after)
    return now - begin >= 2 * (call.reminded_at - begin)


def _give_up(call: Call, site: Site, minutes: int, now: dt.datetime) -> bool:
    if site.unclaimed_rule == "assistant":
        return waiting.give_up(call_id=call.pk, minutes=minutes, now=now)
    if not letters.is_well() or not site.unclaimed_email:
        return False  # it waits on, and alerts; this is tried again at each round
    return waiting.give_up(call_id=call.pk, minutes=minutes, now=now, write=partial(_write, site, minutes, now))


def _write(site: Site, minutes: int, now: dt.datetime, row: Conversation) -> str:
    """The e-mail about a customer for whom nobody came; nothing of what they wrote is in it."""
    with translation.override(site.locale):
        subject = _("A customer of %(site)s waits, and nobody has come") % {"site": site.name}
        text = ngettext(
            "For %(minutes)s minute nobody has taken this conversation:",
            "For %(minutes)s minutes nobody has taken this conversation:",
            minutes,
        ) % {"minutes": minutes}
    link = f"{settings.TANDEM.public_url}/console/#c/{row.public_id}"
    letters.write(to=site.unclaimed_email, subject=subject, text=f"{text}\n{link}\n", now=now)
    return site.unclaimed_email


def assign(now: dt.datetime) -> None:
    """Who waits is given to one person, where the site wants that: the longest wait first, as far as there is room."""
    calls = Call.objects.filter(ended_at=None, member=None, conversation__handler=Handler.QUEUE)
    for call in calls.filter(conversation__site__assignment="one").order_by("at", "pk")[:MOST]:
        waiting.give(call_id=call.pk, choose=partial(chosen, now=now), now=now)


def chosen(row: Conversation, *, now: dt.datetime) -> Member | None:
    """To whom a conversation is given; call it under the site's lock."""
    person = choose(crew.people(row.site, now), crew.need_of(row))
    return Member.objects.select_related("user").get(pk=person.id) if person else None


def _minutes(n: int) -> dt.timedelta:
    return dt.timedelta(minutes=n)
