"""Finds in the log what nobody told of: wake-ups that were lost, and events of processes that died before they told."""

from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import connection
from django.db.models import Max

from .models import Event


@dataclass
class Watcher:
    """Looks for events in the rows, by their ids.

    PostgreSQL gives ids out before it commits, so a lower one may appear after a higher: what is passed over for good
    are ids of transactions that had all ended at a later look.
    """

    passed: int
    _looks: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def from_now(cls) -> "Watcher":
        """One that finds what is written from here on."""
        return cls(Event.objects.aggregate(newest=Max("pk"))["newest"] or 0)

    def look(self) -> list[dict[str, Any]]:
        """A wake-up for each conversation that has events which were not passed over."""
        oldest = _transaction("xmin")
        rows = Event.objects.filter(pk__gt=self.passed).values("conversation_id", "conversation__visitor__public_id")
        found = list(rows.annotate(newest=Max("pk"), last=Max("seq"), raised=Max("floor")).order_by("newest"))
        if found:
            self._looks.append((_transaction("xmax"), found[-1]["newest"]))
        while self._looks and self._looks[0][0] <= oldest:
            self.passed = self._looks.pop(0)[1]
        return [
            {"type": "wake", "c": row["conversation_id"], "s": row["last"], "f": row["raised"]}
            | {"v": row["conversation__visitor__public_id"], "soon": True}
            for row in found
        ]


def _transaction(which: Literal["xmin", "xmax"]) -> int:
    """PostgreSQL's oldest transaction that has not ended, or the one that begins next; SQLite has one at a time."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_{which}(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])
