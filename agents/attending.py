"""What is done about conversations that wait, by the site's rules and the clock: rows in, the system's verbs out.

Run by the sweep (`agents.attend`) every few seconds. Each thing that is due is found in the rows and looked at again
under its lock, so it does not matter how often this runs, in how many processes, or where one was killed. All that
waits is looked at in each round, in a few queries; only what is due costs more (`agents.rounds`).
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents import crew, letters, tickets
from agents.assignment import Need, Person, choose, who_may
from agents.hurrying import hurry, let_go_of_the_vanished
from agents.models import Letter, Round
from agents.rounds import Place, fairly, is_to_remind, minutes, places, whole_minutes
from chat import waiting
from chat.models import Call, Conversation, Handler, Snooze
from supportsite.sites import audience
from supportsite.sites.models import Member, Site

GAP: Final = dt.timedelta(seconds=60)  # between two rounds: nobody swept, so nobody's console could be seen


@dataclass(frozen=True)
class Waiting:
    """An unclaimed call: what decides whether anything is due. `pk` and `site` are row ids."""

    pk: int
    site: int
    at: dt.datetime
    reminded_at: dt.datetime | None
    step: int
    visitor: str
    customer: int | None
    page: str
    language: str
    team: int | None


@dataclass(frozen=True)
class Ways:
    """Which of the last steps can be taken on a site now."""

    mail: bool
    ticket: bool
    assistant: bool


@dataclass(frozen=True)
class Due:
    """A step that is due for a call; of the last one also which `way` it goes: ticket, mail, assistant."""

    call: Waiting
    step: Call.Step
    way: str = ""


def attend(*, now: dt.datetime) -> None:
    """One round: who vanished lets go, who was put aside comes back, who waits is given, reminded of, carried on."""
    since = watched_since(now)
    let_go_of_the_vanished(now, since)
    wake(now)
    hurry(now, since)
    carry_on(now)
    assign(now)


def watched_since(now: dt.datetime) -> dt.datetime:
    """Since when there were rounds without a gap: a console is not gone because the server was."""
    row, made = Round.objects.get_or_create(pk=1, defaults={"at": now, "since": now})
    since = now if made or now - row.at > GAP else row.since
    Round.objects.filter(pk=1).update(at=now, since=since)
    return since


def wake(now: dt.datetime) -> None:
    """What was put aside until a time that has come."""
    over = Snooze.objects.filter(until__lte=now).order_by("until", "pk")
    for conversation_id, _site in fairly(over.values_list("conversation", "conversation__site"), lambda one: one[1]):
        waiting.wake(conversation_id=conversation_id, now=now)


def carry_on(now: dt.datetime) -> None:
    """Unclaimed calls: remind, widen to every team, then what the site chose."""
    about = ("visitor__public_id", "visitor__customer", "page", "language", "team")
    told = ("pk", "conversation__site", "at", "reminded_at", "step", *(f"conversation__{name}" for name in about))
    calls = [Waiting(*values) for values in _unclaimed().order_by("at", "pk").values_list(*told)]
    there = places({call.site: call.at for call in reversed(calls)}, now)
    ways = {pk: _ways(place.site) for pk, place in there.items()}
    ready = tickets.ready(_unclaimed()) if any(each.ticket for each in ways.values()) else set()
    steps = [
        due
        for call in calls
        if call.site in there and (due := _due(call, there[call.site], ways[call.site], call.pk in ready, now))
    ]
    steps.sort(key=lambda due: due.call.reminded_at or due.call.at)  # of whom nobody was reminded comes first
    for due in fairly(steps, lambda due: due.call.site):
        _carry_on(due, there[due.call.site], now)


def _unclaimed() -> QuerySet[Call]:
    return Call.objects.filter(ended_at=None, member=None, conversation__handler=Handler.QUEUE)


def _ways(site: Site) -> Ways:
    """What can be done of the last steps; where nothing, it waits on, alerts, and is tried each round.

    Where no ticket is opened, an e-mail is written, if there is an address for it.
    """
    to, rule = site.unclaimed_email, site.unclaimed_rule
    mails = rule in ("mail", "ticket") and bool(to) and letters.health().is_worth_a_try and not letters.is_refused(to)
    return Ways(mails, rule == "ticket" and tickets.is_well(), rule == "assistant" and not site.paused_at)


def _due(call: Waiting, place: Place, ways: Ways, is_ready: bool, now: dt.datetime) -> Due | None:
    """What is due for a call now, if anything. Closed hours do not count. `is_ready`: a ticket may be opened for it.

    A team's is shown to every team in its own time, also where the last step was taken before.
    """
    site, waited = place.site, place.opened.since(call.at)
    if call.team is not None and waited >= minutes(site.widen_after):
        return Due(call, Call.Step.WIDENED)
    if call.step < Call.Step.GIVEN_UP and waited >= minutes(site.unclaimed_after):
        if ways.ticket and is_ready:
            return Due(call, Call.Step.GIVEN_UP, "ticket")
        if ways.mail:
            return Due(call, Call.Step.GIVEN_UP, "mail")
        if ways.assistant and _speaks_to(site, call, now):
            return Due(call, Call.Step.GIVEN_UP, "assistant")
    is_due = is_to_remind(begin=call.at, reminded_at=call.reminded_at, place=place)
    return Due(call, Call.Step.REMINDED) if is_due else None


def _speaks_to(site: Site, call: Waiting, now: dt.datetime) -> bool:
    asks = {"visitor": call.visitor, "page": call.page, "language": call.language}
    return audience.away(site, **asks, verified=call.customer is not None, now=now) is None


def _carry_on(due: Due, place: Place, now: dt.datetime) -> None:
    call, waited = due.call, whole_minutes(place.opened.since(due.call.at))
    if due.step == Call.Step.REMINDED:
        waiting.remind(call_id=call.pk, since=call.reminded_at, minutes=waited, now=now)
    elif due.step == Call.Step.WIDENED:
        waiting.widen(call_id=call.pk, minutes=waited, now=now)
    else:
        write = partial(_write, place.site, waited, now) if due.way == "mail" else None
        ticket = partial(tickets.write, now=now) if due.way == "ticket" else None
        waiting.give_up(call_id=call.pk, minutes=waited, now=now, write=write, ticket=ticket)


def _write(site: Site, waited: int, now: dt.datetime, row: Conversation) -> str:
    """The e-mail about a customer for whom nobody came; nothing of what they wrote is in it."""
    with translation.override(site.locale):
        subject = _("A customer of %(site)s waits, and nobody has come") % {"site": site.name}
        text = ngettext(
            "For %(minutes)s minute nobody has taken this conversation:",
            "For %(minutes)s minutes nobody has taken this conversation:",
            waited,
        ) % {"minutes": waited}
    text = f"{text}\n{settings.TANDEM.public_url}/console/#c/{row.public_id}\n"
    about = letters.About(row.pk, Letter.Purpose.UNCLAIMED)
    letters.write(to=site.unclaimed_email, subject=subject, text=text, now=now, about=about)
    return site.unclaimed_email


def assign(now: dt.datetime) -> None:
    """Who waits is given to one person, where the site wants that: the longest wait first, as far as there is room."""
    calls = _unclaimed().filter(conversation__site__assignment="one").order_by("at", "pk")
    by_site: defaultdict[int, list[tuple[int, Need]]] = defaultdict(list)
    had = _unanswered_by()
    told = calls.values_list("pk", "conversation__site", "conversation", "conversation__team")
    for pk, site_id, row, team in told:
        by_site[site_id].append((pk, Need(team=team, passed=had.get(row, frozenset()))))
    for site in Site.objects.filter(pk__in=by_site):
        _assign(site, by_site[site.pk], now)


def _assign(site: Site, calls: list[tuple[int, Need]], now: dt.datetime) -> None:
    """The crew is read once, and again when somebody was given one; where nobody may have it, nothing is locked."""
    people = crew.people(site, now)
    for call_id, need in calls:
        if not _have_room(people):
            return
        if who_may(people, need) and waiting.give(call_id=call_id, choose=partial(chosen, now=now), now=now):
            people = crew.people(site, now)


def _have_room(people: list[Person]) -> bool:
    return any(person.has_room for person in people)


def _unanswered_by() -> dict[int, frozenset[int]]:
    """From whom a waiting conversation was taken unanswered, by its row id."""
    taken = Call.objects.filter(step=Call.Step.GIVEN_UP, member__isnull=False, conversation__handler=Handler.QUEUE)
    had: defaultdict[int, set[int]] = defaultdict(set)
    for row, member in taken.filter(seq__gt=F("conversation__answered_seq")).values_list("conversation", "member"):
        had[row].add(member)
    return {row: frozenset(members) for row, members in had.items()}


def chosen(row: Conversation, *, now: dt.datetime) -> Member | None:
    """To whom a conversation is given; call it under the site's lock."""
    person = choose(crew.people(row.site, now), crew.need_of(row))
    return Member.objects.select_related("user").get(pk=person.id) if person else None
