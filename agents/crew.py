"""The crew of a site as rows: who may answer, how they are there, what they have, speak and know."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count

from agents import assignment, presence
from agents.assignment import Knows, Need, Person
from agents.models import Presence, State
from chat.models import Call, Conversation, Event, EventRole, Handler, Kind
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import RIGHTS, Right

MESSAGES_READ = 5  # of the customer's, for their topic


def members(site: Site) -> list[Member]:
    """Who may answer on a site and may log in."""
    answering = [role for role, rights in RIGHTS.items() if Right.ANSWER in rights]
    there = Member.objects.filter(site=site, role__in=answering, user__is_active=True)
    return list(there.select_related("user").prefetch_related("teams").order_by("name", "pk"))


def open_of(member_ids: Sequence[int]) -> dict[int, int]:
    """How many open conversations each has; what was put aside is none."""
    theirs = Conversation.objects.filter(handler=Handler.AGENT, assignee__in=member_ids, snooze=None)
    return dict(theirs.order_by().values_list("assignee").annotate(n=Count("pk")))


def people(site: Site, now: dt.datetime) -> list[Person]:
    """Everybody of a site to whom a conversation may be given, as it is now."""
    crew = members(site)
    ids = [member.pk for member in crew]
    has = open_of(ids)
    there = {row.member_id: presence.shown(row, now) for row in Presence.objects.filter(member__in=ids)}
    return [
        Person(
            id=member.pk,
            online=there.get(member.pk) == State.ONLINE,
            open=has.get(member.pk, 0),
            capacity=site.capacity if member.capacity is None else member.capacity,
            teams=frozenset(team.pk for team in member.teams.all()),
            every_team=member.may(Right.READ_EVERY_TEAM),
            languages=frozenset(_of(member, "languages")),
            skills=frozenset(_of(member, "skills")),
            given_at=member.given_at,
        )
        for member in crew
    ]


def team_for(site: Site, *, text: str, language: str, now: dt.datetime) -> Team | None:
    """The team that is called first, and alone, for what `text` is about; None where everyone is.

    None while the site is closed: the minutes after which every team sees it do not count then.
    """
    teams = {team.pk: team for team in Team.objects.filter(site=site).exclude(skills=[])}
    if not teams or not site.hours.is_open(now):
        return None
    knows = [Knows(pk, frozenset(team.skills)) for pk, team in teams.items()]
    found = assignment.team_for(knows, people(site, now), Need(text=text, language=language))
    return teams[found] if found else None


def need_of(row: Conversation) -> Need:
    """What a waiting conversation needs."""
    log = Event.objects.filter(conversation=row)
    said = log.filter(kind=Kind.MESSAGE, role=EventRole.VISITOR, case=row.case).order_by("-seq")[:MESSAGES_READ]
    last = log.filter(kind=Kind.MESSAGE, role=EventRole.AGENT).order_by("-seq").values_list("author", flat=True).first()
    helper = Member.objects.filter(public_id=last, site=row.site_id).values_list("pk", flat=True).first()
    text = " ".join(str(event.body.get("text", "")) for event in said)
    left = Call.objects.filter(conversation=row, step=Call.Step.GIVEN_UP, seq__gt=row.answered_seq)
    passed = frozenset(left.exclude(member=None).values_list("member", flat=True))
    return Need(team=row.team_id, language=row.language, last=helper, text=text, passed=passed)


def _of(member: Member, what: str) -> list[str]:
    teams: list[Team] = list(member.teams.all())
    return [value for one in (member, *teams) for value in getattr(one, what)]
