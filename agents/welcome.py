"""What lies there when a console opens: rows, numbers, colleagues, teams."""

import datetime as dt
from dataclasses import dataclass

from agents import inbox, presence
from agents.desk import Desk
from chat import frames
from supportsite.sites.models import Team


@dataclass(frozen=True)
class Lying:
    """All that a welcome tells, as rows; `colleagues` by member row id."""

    rows: list[inbox.Row]
    counts: dict[str, int]
    colleagues: dict[int, dict[str, str]]
    teams: list[dict[str, str]]
    epoch: str


def lying_there(desk: Desk, now: dt.datetime) -> Lying:
    """What lies there for this desk, in one visit to the database; eight queries whatever the number of rows."""
    teams = Team.objects.filter(pk__in=desk.teams).order_by("name")
    return Lying(
        rows=inbox.rows(desk, now),
        counts=inbox.counts(desk, inbox.heaps(desk.site_ids)),
        colleagues=presence.colleagues(desk.site_ids, now),
        teams=[{"id": team.public_id, "name": team.name} for team in teams],
        epoch=frames.current_epoch(),
    )
