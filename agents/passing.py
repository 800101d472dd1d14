"""To whom a conversation can be passed on: people with their presence and load, teams with who of them is there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from agents import crew
from agents.desk import Desk
from agents.models import State
from agents.presence import colleagues
from chat.models import Conversation
from supportsite.sites.models import Member, Team


@dataclass(frozen=True)
class Colleague:
    """Somebody who answers on the same site."""

    id: str
    name: str
    state: str  # online, away, offline
    word: str
    open: int
    capacity: int
    languages: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True)
class TeamThere:
    """A team, and how many of it are online."""

    id: str
    name: str
    online: int


def people(row: Conversation, desk: Desk, now: dt.datetime) -> list[Colleague]:
    """The others who answer on this site: who is there first, then who has least."""
    others = [member for member in crew.members(row.site) if member.pk not in desk.member_ids]
    has = crew.open_of([member.pk for member in others])
    shown = colleagues([row.site_id], now)
    found = [
        _colleague(member, has.get(member.pk, 0), shown.get(member.pk, {}), row.site.capacity) for member in others
    ]
    order = [State.ONLINE, State.AWAY, State.OFFLINE]
    return sorted(found, key=lambda one: (order.index(State(one.state)), one.open, one.name))


def teams(row: Conversation, now: dt.datetime) -> list[TeamThere]:
    """The site's teams, also the one that has it: there it waits again."""
    shown = colleagues([row.site_id], now)
    online = {pk for pk, one in shown.items() if one["state"] == State.ONLINE}
    found = Team.objects.filter(site=row.site_id).prefetch_related("members").order_by("name")
    return [TeamThere(team.public_id, team.name, sum(one.pk in online for one in team.members.all())) for team in found]


def _colleague(member: Member, has: int, shown: dict[str, str], usual: int) -> Colleague:
    state = State(shown.get("state", State.OFFLINE))
    return Colleague(
        id=member.public_id,
        name=member.name,
        state=state.value,
        word=str(state.label),
        open=has,
        capacity=usual if member.capacity is None else member.capacity,
        languages=_words(member, "languages"),
        skills=_words(member, "skills"),
    )


def _words(member: Member, what: str) -> tuple[str, ...]:
    of: Sequence[Member | Team] = (member, *member.teams.all())
    return tuple(dict.fromkeys(word for one in of for word in getattr(one, what)))
