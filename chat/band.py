"""What a threshold would have done: rates with intervals, which conversations flip, what to propose. Pure."""

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .weighing import HARD, Policy, Reason, calling, score, weigh

LOW: Final = 0.18
HIGH: Final = 0.22
_MIDDLE: Final = 0.2
_Z: Final = 1.96  # of an interval of 95 %
_STEPS: Final = 1000  # thresholds are proposed to three places
_PARTS: Final = 10


@dataclass(frozen=True)
class Beat:
    """What spoke for a person at one of the customer's messages, before the site's weights."""

    seq: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Standing:
    """A conversation under a site's weights: called at any threshold, or where the threshold is up to `score`."""

    hard: bool
    score: float

    def called(self, threshold: float) -> bool:
        """Whether a person is called at this threshold."""
        return self.hard or self.score >= threshold


@dataclass(frozen=True)
class Rate:
    """A share of some, with an interval in which it lies in 95 of 100."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        """0 to 1; NaN of nothing."""
        return self.part / self.whole if self.whole else float("nan")

    @property
    def low(self) -> float:
        """The lower end."""
        return wilson(self.part, self.whole)[0]

    @property
    def high(self) -> float:
        """The upper end."""
        return wilson(self.part, self.whole)[1]


@dataclass(frozen=True)
class Proposal:
    """A threshold in the band: the rate on the conversations that chose it, and on those without a part in it."""

    threshold: float
    chosen_on: Rate
    held_out: Rate


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of a share (1927): also right near 0 and 1; all of 0 to 1 where nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, spread = part / whole, _Z * _Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: Rate, other: Rate) -> tuple[float, float]:
    """Newcombe's interval of the first share less the second (1998, method 10: from Wilson's), -1 to 1."""
    if not one.whole or not other.whole:
        return -1.0, 1.0
    apart = one.share - other.share
    below = math.hypot(one.share - one.low, other.high - other.share)
    above = math.hypot(one.high - one.share, other.share - other.low)
    return max(-1.0, apart - below), min(1.0, apart + above)


def standing(beats: Iterable[Beat], policy: Policy) -> Standing:
    """Where a conversation stands after all of its beats."""
    hard, highest = False, 0.0
    for beat in beats:
        hard = hard or any(reason.code in HARD for reason in beat.reasons)
        highest = max(highest, score(weigh(beat.reasons, policy)))
    return Standing(hard, highest)


def called_by(beats: Sequence[Beat], policy: Policy) -> tuple[int, tuple[Reason, ...]] | None:
    """The first message at which a person is called, and why; None where nobody is."""
    return next(((beat.seq, found) for beat in beats if (found := calling(beat.reasons, policy))), None)


def heaviest(beats: Sequence[Beat], policy: Policy) -> tuple[int, tuple[Reason, ...]] | None:
    """The message that speaks for a person the most, and what it says."""
    spoken = [beat for beat in beats if beat.reasons]
    if not spoken:
        return None
    beat = max(spoken, key=lambda one: standing([one], policy).score)
    return beat.seq, tuple(sorted(weigh(beat.reasons, policy), key=lambda reason: -reason.weight))


def rate(standings: Sequence[Standing], threshold: float) -> Rate:
    """The share that a threshold calls a person for."""
    return Rate(sum(one.called(threshold) for one in standings), len(standings))


def propose(items: Sequence[tuple[str, Standing]]) -> Proposal | None:
    """The threshold whose rate is nearest to the middle of the band; None where none is in it.

    An item is a conversation and its key: one key is in one part. The rate elsewhere is told by cross-validation
    (Stone, Cross-Validatory Choice and Assessment of Statistical Predictions, 1974): each of ten parts by the threshold
    that the other nine choose.
    """
    parts = _parts(items)
    everybody = [one for part in parts for one in part]
    threshold = _chosen(everybody)
    if threshold is None or not LOW <= rate(everybody, threshold).share <= HIGH:
        return None
    told = [rate(part, at) for number, part in enumerate(parts) if (at := _chosen(_but(parts, number))) is not None]
    held_out = Rate(sum(one.part for one in told), sum(one.whole for one in told))
    return Proposal(threshold, rate(everybody, threshold), held_out)


def _parts(items: Sequence[tuple[str, Standing]]) -> list[list[Standing]]:
    """Ten parts by chance, the same ones each time, whatever else is there."""
    parts: list[list[Standing]] = [[] for _number in range(_PARTS)]
    for key, one in items:
        digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
        parts[int.from_bytes(digest[:8], "big") % _PARTS].append(one)
    return parts


def _but(parts: Sequence[Sequence[Standing]], number: int) -> list[Standing]:
    return [one for at, part in enumerate(parts) if at != number for one in part]


def _chosen(standings: Sequence[Standing]) -> float | None:
    """The threshold whose rate is nearest to the middle of the band: of those alike the middle one; None of nothing."""
    if not standings:
        return None
    rates = _rates(standings)
    best = min(abs(found.share - _MIDDLE) for _threshold, found in rates)
    alike = [threshold for threshold, found in rates if abs(found.share - _MIDDLE) <= best + 1e-9]
    return alike[len(alike) // 2]


def _rates(standings: Sequence[Standing]) -> list[tuple[float, Rate]]:
    """The rate at every threshold that may be proposed, by one sorting: the page is made while a slider moves."""
    hard = sum(one.hard for one in standings)
    soft = sorted(one.score for one in standings if not one.hard)
    steps = [step / _STEPS for step in range(1, _STEPS + 1)]
    return [(at, Rate(hard + len(soft) - bisect_left(soft, at), len(standings))) for at in steps]
