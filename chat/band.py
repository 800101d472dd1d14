"""What a threshold would have done: rates with intervals, which conversations flip, what to propose. Pure."""

import hashlib
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .weighing import ENOUGH, HARD, Policy, Reason, calling, score, weigh

LOW: Final = 0.18
HIGH: Final = 0.22
FEWEST: Final = 100  # of fewer, 20 % may as well be 13 or 29 % (Wilson): they choose no threshold
_MIDDLE: Final = 0.2
_Z: Final = 1.96  # of an interval of 95 %
_THRESHOLDS: Final = np.arange(1, 1001) / 1000  # they are proposed to three places
_TRIES: Final = 20


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
        """Whether a person is called at this threshold; never without a reason."""
        return self.hard or (self.score > 0 and self.score >= threshold)


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
    def is_in_band(self) -> bool:
        """Whether it is what we recommend."""
        return LOW <= self.share <= HIGH

    @property
    def low(self) -> float:
        """The lower end."""
        return wilson(self.part, self.whole)[0]

    @property
    def high(self) -> float:
        """The upper end."""
        return wilson(self.part, self.whole)[1]


@dataclass(frozen=True)
class Spread:
    """Rates of twenty tries in which one half chose a threshold and the other half was judged by it.

    `middle` is their median, `low` and `high` the second lowest and the second highest.
    """

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Proposal:
    """A threshold in the band: the rate on the conversations that chose it, and what to expect elsewhere."""

    threshold: float
    chosen_on: Rate
    elsewhere: Spread


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


def number_of(items: Iterable[tuple[str, Standing]]) -> int:
    """How many conversations they are of: one that goes on for ten cases is one."""
    return len({key for key, _one in items})


def propose(items: Sequence[tuple[str, Standing]], in_use: float = ENOUGH) -> Proposal | None:
    """The threshold whose rate is nearest to the middle of the band; of those alike, the nearest to the one `in_use`.

    None where none is in the band, or conversations are too few. An item is a conversation and its key: those of one
    key are of one talk, or alike for another reason.
    """
    everybody = [one for _key, one in items]
    if number_of(items) < FEWEST:
        return None
    chosen = rate(everybody, threshold := _chosen(everybody, in_use))
    return Proposal(threshold, chosen, _elsewhere(items, in_use)) if chosen.is_in_band else None


def _elsewhere(items: Sequence[tuple[str, Standing]], in_use: float) -> Spread:
    """What comes of a choice on conversations without a part in it.

    The same halves each time, whatever else is there: a key is in the one or the other of a try by a bit of its digest.
    """
    digests = [int(hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16], 16) for key, _one in items]
    rates = []
    for number in range(_TRIES):
        halves: tuple[list[Standing], list[Standing]] = ([], [])
        for digest, (_key, one) in zip(digests, items, strict=True):
            halves[digest >> number & 1].append(one)
        rates.append(rate(halves[1], _chosen(halves[0], in_use)).share)
    _lowest, low, *middle, high, _highest = sorted(rates)
    return Spread(low, statistics.median(middle), high)


def _chosen(standings: Sequence[Standing], in_use: float) -> float:
    """The threshold whose rate is nearest to the middle of the band; many rate alike where nobody stands between them.

    Of those it is the nearest to the one in use: it changes the least for whoever writes next.
    """
    soft = np.sort([one.score for one in standings if not one.hard])
    called = len(standings) - np.searchsorted(soft, _THRESHOLDS)
    apart = np.abs(called / len(standings) - _MIDDLE)
    alike = _THRESHOLDS[apart <= apart.min() + 1e-9]
    return float(alike[np.abs(alike - in_use).argmin()])
