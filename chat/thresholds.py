"""The verbs of a site's threshold: use another one, and take that back. Only a person calls them."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from supportsite.sites.models import Site

from .band_rows import ThresholdChange

_PLACES = 3  # as people see it


class Changed(Exception):
    """The threshold is not any more what the person saw."""


def use(*, site: Site, threshold: float, seen: float, by: User | None, now: datetime) -> ThresholdChange | None:
    """Set it; None where it is so already. Raises Changed where it is not `seen`, as the person who asks saw it."""
    if not 0 <= threshold <= 1:
        raise ValueError("a threshold is between 0 and 1")
    with transaction.atomic():
        row = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if row.escalation_threshold == threshold:
            return None
        if round(row.escalation_threshold, _PLACES) != round(seen, _PLACES):
            raise Changed
        was = row.escalation_threshold
        Site.objects.filter(pk=site.pk).update(escalation_threshold=threshold)
        return ThresholdChange.objects.create(site=row, was=was, becomes=threshold, made_by=by, made_at=now)


def last(site: Site) -> ThresholdChange | None:
    """The change that can be taken back: the newest one, while the site still has what it set."""
    row = ThresholdChange.objects.filter(site=site, undone_at=None).select_related("made_by").first()
    now = Site.objects.values_list("escalation_threshold", flat=True).get(pk=site.pk)
    return row if row and row.becomes == now else None


def undo(*, site: Site, now: datetime) -> ThresholdChange | None:
    """Back to what was before the last change; it, or None where there is nothing to take back."""
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        row = last(site)
        if row is None:
            return None
        ThresholdChange.objects.filter(pk=row.pk).update(undone_at=now)
        Site.objects.filter(pk=site.pk).update(escalation_threshold=row.was)
        return row
