"""A desk: one person's memberships that may read conversations, and so what their console may show."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import QuerySet

from chat.models import Conversation
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import Right


@dataclass(frozen=True)
class Desk:
    """Everything that decides what a person sees: their members (one a site) and their teams' row ids."""

    user_id: int
    members: tuple[Member, ...]
    teams: frozenset[int]

    def __eq__(self, other: object) -> bool:
        """By what the members' rows say: two readings of one row are equal to Django, whatever changed between."""
        return isinstance(other, Desk) and self._says() == other._says()

    def __hash__(self) -> int:
        return hash(self._says())

    def _says(self) -> Hashable:
        told = [
            (member.pk, member.site_id, member.role, member.name, *member.languages, member.site.paused_at)
            for member in self.members
        ]
        return self.user_id, tuple(told), self.teams

    @property
    def site_ids(self) -> frozenset[int]:
        """The sites whose conversations they may read."""
        return frozenset(member.site_id for member in self.members)

    @property
    def member_ids(self) -> frozenset[int]:
        """Their own row ids as members: a conversation of one of these is theirs."""
        return frozenset(member.pk for member in self.members)

    @property
    def owned(self) -> tuple[Member, ...]:
        """Who they are on the sites whose people they may invite."""
        return tuple(member for member in self.members if member.may(Right.MANAGE_SITE))

    @property
    def brakes(self) -> tuple[Member, ...]:
        """Who they are on the sites whose assistant they may pause."""
        return tuple(member for member in self.members if member.may(Right.PAUSE_ASSISTANT))

    @property
    def insights(self) -> tuple[Member, ...]:
        """Who they are on the sites whose insights they may read."""
        return tuple(member for member in self.members if member.may(Right.READ_INSIGHTS))

    @property
    def paused(self) -> tuple[Member, ...]:
        """Who they are on the sites whose assistant is paused."""
        return tuple(member for member in self.members if member.site.paused_at)

    def member_at(self, site_id: int) -> Member | None:
        """Who they are on a site."""
        return next((member for member in self.members if member.site_id == site_id), None)

    def sees(self, *, site_id: int, team_id: int | None, assignee_id: int | None = None) -> bool:
        """Whether a conversation of this site, team and assignee is theirs to read. No team: every member."""
        member = self.member_at(site_id)
        if member is None or team_id is None or team_id in self.teams:
            return member is not None
        return assignee_id == member.pk or member.may(Right.READ_EVERY_TEAM)

    def conversations(self) -> QuerySet[Conversation]:
        """The same as a query."""
        return reduce(or_, (Conversation.objects.visible_to(member) for member in self.members))

    def conversation(self, public_id: str) -> Conversation | None:
        """One that they may read, by its public id."""
        return (
            self.conversations()
            .select_related("site", "visitor__customer", "assignee", "team")
            .filter(public_id=public_id)
            .first()
        )


def desks(user_ids: Iterable[int]) -> dict[int, Desk]:
    """The desks of these users, in two queries; who may read no conversation, or is not active, has none."""
    members: dict[int, list[Member]] = {}
    rows = Member.objects.filter(user__in=set(user_ids), user__is_active=True).select_related("site", "user")
    for member in rows.order_by("pk"):
        if member.may(Right.READ_CONVERSATIONS):
            members.setdefault(member.user_id, []).append(member)
    everyone = [member.pk for mine in members.values() for member in mine]
    teams: dict[int, set[int]] = {}
    for member_id, team_id in Team.members.through.objects.filter(member__in=everyone).values_list("member", "team"):
        teams.setdefault(member_id, set()).add(team_id)
    return {
        user_id: Desk(user_id, tuple(mine), frozenset().union(*(teams.get(member.pk, set()) for member in mine)))
        for user_id, mine in members.items()
    }


def desk_of(user_id: int | None) -> Desk | None:
    """The desk of one user; None where they may read no conversation."""
    return None if user_id is None else desks([user_id]).get(user_id)
