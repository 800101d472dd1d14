"""Work longer than a request: a row that waits, is taken by one worker, and ends; a killed one is taken again.

The row is the truth, the task only its wake-up. Whose lease it is `attempt` tells: each taking raises it, and whoever
had it before can neither go on nor end it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
# Begun so often and never ended, work kills its process: in the embedded set-up that is the web process, each time.
MOST_ATTEMPTS: Final = 3


class Lost(Exception):
    """Another process has the work, or it was stopped, or its row is gone."""


@dataclass(frozen=True)
class LongWork(Generic[Row]):
    """What is done with the rows of one kind, which have `state`, `leased_until`, `attempt`, `ended_at` and `trouble`.

    `rows` come with what the work reads of them. A lease `lasts` so long between two signs of progress. What was begun
    `most_attempts` times and never ended has failed.
    """

    rows: QuerySet[Row]
    lasts: timedelta
    most_attempts: int = MOST_ATTEMPTS

    def due(self, now: datetime) -> list[int]:
        """What waits, and what was running when its process was killed."""
        return list(self._free(now).order_by("pk").values_list("pk", flat=True))

    def take(self, number: int, now: datetime) -> Row | None:
        """The row, for this worker; None where another has it, or there is nothing to do."""
        row: Any = self._free(now).filter(pk=number).first()
        if row is None:
            return None
        free = self._free(now).filter(pk=number, attempt=row.attempt)
        if row.attempt >= self.most_attempts:
            trouble = f"begun {row.attempt} times and never ended: its process was killed each time"
            free.update(state=FAILED, leased_until=None, ended_at=now, trouble=trouble)
            return None
        row.attempt += 1
        return row if free.update(state=RUNNING, leased_until=now + self.lasts, attempt=row.attempt) else None

    def renew(self, row: Row, **values: Any) -> None:
        """Hold the lease for another while, and tell how far it is. Raises Lost."""
        if not self._ours(row).update(leased_until=timezone.now() + self.lasts, **values):
            raise Lost

    def end(self, row: Row, state: str, trouble: str = "", **values: Any) -> None:
        """Where this worker still has it."""
        told = {"state": state, "trouble": trouble[:300], "leased_until": None, "ended_at": timezone.now()}
        self._ours(row).update(**told, **values)

    def _free(self, now: datetime) -> QuerySet[Row]:
        return self.rows.filter(Q(state=WAITING) | Q(state=RUNNING, leased_until__lt=now))

    def _ours(self, row: Any) -> QuerySet[Row]:
        return self.rows.filter(pk=row.pk, attempt=row.attempt, state=RUNNING)
