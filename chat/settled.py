"""A setting of a site that a person changes after a look, and takes back: a row for each change, from what to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model

from supportsite.sites.models import Site

Change = TypeVar("Change", bound=Model)


class Changed(Exception):
    """The setting is not any more what the person saw."""


@dataclass(frozen=True)
class Settled(Generic[Change]):
    """One `field` of a site, and the `rows` of its changes: `was`, `becomes`, `made_by`, `made_at`, `undone_at`.

    Numbers are seen with `places` decimals.
    """

    field: str
    rows: type[Change]
    places: int | None = None

    def use(self, *, site: Site, value: Any, seen: Any, by: User | None, now: datetime) -> Change | None:
        """Set it; None where it is so already. Raises Changed where it is not `seen`, as the person who asks saw it."""
        with transaction.atomic():
            row = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
            was = getattr(row, self.field)
            if was == value:
                return None
            if self._as_seen(was) != self._as_seen(seen):
                raise Changed
            Site.objects.filter(pk=site.pk).update(**{self.field: value})
            return self._all.create(site=row, was=was, becomes=value, made_by=by, made_at=now)

    def last(self, site: Site) -> Change | None:
        """The change that can be taken back: the newest one, while the site still has what it set."""
        row = self._all.filter(site=site, undone_at=None).select_related("made_by").first()
        now = Site.objects.values_list(self.field, flat=True).get(pk=site.pk)
        return row if row and row.becomes == now else None

    def undo(self, *, site: Site, now: datetime) -> Change | None:
        """Back to what was before the last change; it, or None where there is nothing to take back."""
        with transaction.atomic():
            Site.objects.select_for_update(no_key=True).get(pk=site.pk)
            row: Any = self.last(site)
            if row is None:
                return None
            self._all.filter(pk=row.pk).update(undone_at=now)
            Site.objects.filter(pk=site.pk).update(**{self.field: row.was})
            return row

    @property
    def _all(self) -> Any:
        return self.rows._default_manager

    def _as_seen(self, value: Any) -> Any:
        return value if self.places is None else round(value, self.places)
