"""Which gap a question belongs to: the nearest in meaning of its site and language, where it is near enough."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import Max

from supportsite.sites.models import Site

from .embed import E5, MINILM, Matrix, models_for, named
from .models import Asked, Gap, GapState

AT_ONCE: Final = 64
MEMBERS_READ: Final = 500
# From which cosine to its middle a question belongs to a gap. How they were chosen, and what they cost: docs/gaps.md.
NEAR_ENOUGH: Final = {MINILM: 0.6, E5: 0.93}


def place_waiting() -> bool:
    """Give a gap to questions that have none, the oldest first; whether more wait."""
    waiting = list(Asked.objects.filter(gap=None).order_by("pk")[: AT_ONCE + 1])
    ours = sorted(waiting[:AT_ONCE], key=_shelf)
    for (site_id, language), asked in groupby(ours, key=_shelf):
        _place(site_id, language, sorted(asked, key=lambda one: one.pk))
    return len(waiting) > AT_ONCE


def refresh(gap: Gap) -> None:
    """What follows from a gap's questions, anew: middle, text, people. Without questions the gap goes."""
    rows = list(gap.asked.all()[:MEMBERS_READ])
    if not rows:
        gap.delete()
        return
    gap.people = gap.asked.order_by().values("asker").distinct().count()
    gap.asked_at = gap.asked.aggregate(last=Max("at"))["last"]
    _find_middle(gap, rows)
    gap.save(update_fields=["people", "asked_at", "text", "centre"])


def _shelf(asked: Asked) -> tuple[int, str]:
    return asked.site_id, asked.language


def _place(site_id: int, language: str, asked: Sequence[Asked]) -> None:
    """Embed first. Then a transaction for each question: whoever sends a message meanwhile waits for one at most."""
    models = models_for(language)
    vectors = named(models[0]).matrix([one.question for one in asked], "query") if models else None
    enough = NEAR_ENOUGH[models[0]] if models else 1.0
    for number, one in enumerate(asked):
        _place_one(one, vectors[number] if vectors is not None else None, enough)


def _place_one(asked: Asked, vector: Matrix | None, enough: float) -> None:
    with transaction.atomic():
        # The site's row is held, so that two workers never make one gap twice.
        site = Site.objects.select_for_update().get(pk=asked.site_id)
        # What another worker has placed meanwhile, or somebody taken back, makes no gap.
        if not Asked.objects.filter(pk=asked.pk, gap=None).exists():
            return
        gaps = list(Gap.objects.filter(site=site, language=asked.language))
        gap = _nearest(gaps, asked.question, vector, enough) or Gap.objects.create(
            site=site, language=asked.language, text=asked.question, asked_at=asked.at
        )
        _join(asked, gap, vector)


def _join(asked: Asked, gap: Gap, vector: Matrix | None) -> None:
    kept = vector.astype(np.float32).tobytes() if vector is not None else b""
    Asked.objects.filter(pk=asked.pk).update(gap=gap, vector=kept)
    if gap.state == GapState.CLOSED and _is_news(gap, asked.at):
        gap.state = GapState.OPEN
        gap.save(update_fields=["state"])
    refresh(gap)


def _is_news(gap: Gap, at: datetime) -> bool:
    return gap.closed_at is None or at > gap.closed_at


def _nearest(gaps: Sequence[Gap], question: str, vector: Matrix | None, enough: float) -> Gap | None:
    """The gap of this meaning; without a model the one of the same words."""
    same = next((gap for gap in gaps if _words(gap.text) == _words(question)), None)
    known = [gap for gap in gaps if gap.centre]
    if same or vector is None or not known:
        return same
    cosines = np.stack([np.frombuffer(gap.centre, np.float32) for gap in known]) @ vector
    best = int(cosines.argmax())
    return known[best] if cosines[best] >= enough else None


def _words(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _find_middle(gap: Gap, rows: Sequence[Asked]) -> None:
    """The mean of its questions, and of these the one nearest to it."""
    placed = [row for row in rows if row.vector]
    if not placed:
        gap.text, gap.centre = rows[-1].question, b""
        return
    vectors = np.stack([np.frombuffer(row.vector, np.float32) for row in placed])
    mean = vectors.mean(axis=0)
    centre = (mean / np.linalg.norm(mean)).astype(np.float32)
    gap.text, gap.centre = placed[int((vectors @ centre).argmax())].question, centre.tobytes()
