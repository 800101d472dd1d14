"""A site's threshold: used, and taken back, by a person only."""

from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from supportsite.sites.models import Site

from .band_rows import ThresholdChange
from .settled import Settled

THRESHOLD: Final = Settled("escalation_threshold", ThresholdChange, places=3)


def use(*, site: Site, threshold: float, seen: float, by: User | None, now: datetime) -> ThresholdChange | None:
    """Set it; see Settled.use. Raises ValueError for one that is none."""
    if not 0 <= threshold <= 1:
        raise ValueError("a threshold is between 0 and 1")
    return THRESHOLD.use(site=site, value=threshold, seen=seen, by=by, now=now)
