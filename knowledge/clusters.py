"""Which gap a question belongs to: the nearest in meaning of its site and language, where it is near enough."""

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Max

from supportsite.sites.models import Site

from .embed import E5, MINILM, Matrix, models_for, named
from .models import Asked, Gap, GapState

AT_ONCE: Final = 64
MEMBERS_READ: Final = 500
MOST_PAUSE_S: Final = 0.1  # SQLite's own longest wait between two looks
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


class Known:
    """The gaps of a site and language as they were read: whoever sends a message does not wait for the reading."""

    def __init__(self, site_id: int, language: str) -> None:
        self._rows = Gap.objects.filter(site=site_id, language=language)
        self._words: dict[int, str] = {}
        self._centres: dict[int, bytes] = {}
        self._matrix: tuple[list[int], Matrix] | None = None
        self._newest = 0
        self.read()

    def read(self) -> None:
        """Those that were made since."""
        for gap in self._rows.filter(pk__gt=self._newest).order_by("pk").only("text", "centre"):
            self.put(gap)

    def put(self, gap: Gap) -> None:
        """As it is now."""
        self._words[gap.pk], self._centres[gap.pk] = _words(gap.text), bytes(gap.centre)
        self._newest, self._matrix = max(self._newest, gap.pk), None

    def nearest(self, question: str, vector: Matrix | None, enough: float) -> Gap | None:
        """The gap of this meaning, read anew; without a model the one of the same words."""
        while (number := self._nearest(_words(question), vector, enough)) is not None:
            gap = self._rows.filter(pk=number).first()
            if gap is None:
                del self._words[number], self._centres[number]
                self._matrix = None
            elif (self._words[number], self._centres[number]) == (_words(gap.text), bytes(gap.centre)):
                return gap
            else:
                self.put(gap)
        return None

    def _nearest(self, words: str, vector: Matrix | None, enough: float) -> int | None:
        same = next((number for number, others in self._words.items() if others == words), None)
        if same is not None or vector is None:
            return same
        self._matrix = self._matrix or self._stacked()
        numbers, centres = self._matrix
        if not numbers:
            return None
        cosines = centres @ vector
        best = int(cosines.argmax())
        return numbers[best] if cosines[best] >= enough else None

    def _stacked(self) -> tuple[list[int], Matrix]:
        numbers = [number for number, centre in self._centres.items() if centre]
        rows = [np.frombuffer(self._centres[number], np.float32) for number in numbers]
        return numbers, np.stack(rows) if rows else np.zeros((0, 0), np.float32)


def _place(site_id: int, language: str, asked: Sequence[Asked]) -> None:
    """Embed first. Then a transaction for each question: whoever sends a message meanwhile waits for one at most."""
    models = models_for(language)
    vectors = named(models[0]).matrix([one.question for one in asked], "query") if models else None
    enough = NEAR_ENOUGH[models[0]] if models else 1.0
    known = Known(site_id, language)
    for number, one in enumerate(asked):
        began = time.monotonic()
        _place_one(one, vectors[number] if vectors is not None else None, enough, known)
        # SQLite has one writer and no line: who waits looks now and then whether it is free.
        if connection.vendor == "sqlite":
            time.sleep(min(time.monotonic() - began, MOST_PAUSE_S))


def _place_one(asked: Asked, vector: Matrix | None, enough: float, known: Known) -> None:
    with transaction.atomic():
        # The site's row is held, so that two workers never make one gap twice.
        site = Site.objects.select_for_update(no_key=True).get(pk=asked.site_id)
        # What another worker has placed meanwhile, or somebody taken back, makes no gap.
        if not Asked.objects.filter(pk=asked.pk, gap=None).exists():
            return
        known.read()
        gap = known.nearest(asked.question, vector, enough) or Gap.objects.create(
            site=site, language=asked.language, text=asked.question, asked_at=asked.at
        )
        _join(asked, gap, vector)
    known.put(gap)


def _join(asked: Asked, gap: Gap, vector: Matrix | None) -> None:
    kept = vector.astype(np.float32).tobytes() if vector is not None else b""
    Asked.objects.filter(pk=asked.pk).update(gap=gap, vector=kept)
    if gap.state == GapState.CLOSED and _is_news(gap, asked.at):
        gap.state = GapState.OPEN
        gap.save(update_fields=["state"])
    refresh(gap)


def _is_news(gap: Gap, at: datetime) -> bool:
    return gap.closed_at is None or at > gap.closed_at


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
