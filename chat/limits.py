"""How much one visitor or one address may do. Kept in this process's memory; times are monotonic seconds."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

_MOST_KEYS: Final = 50_000


@dataclass
class _Level:
    tokens: float
    at: float


class Buckets:
    """Token buckets by key: a burst of `capacity`, refilled at `per_second`. A capacity of 0 limits nothing."""

    def __init__(self, *, capacity: int, per_second: float) -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._levels: OrderedDict[str, _Level] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Take one token of `key`: 0.0 where there was one, else the seconds until there is."""
        if not self._capacity:
            return 0.0
        level = self._levels.pop(key, None) or _Level(self._capacity, now)
        level.tokens = min(self._capacity, level.tokens + (now - level.at) * self._per_second)
        level.at = now
        self._levels[key] = level
        if len(self._levels) > _MOST_KEYS:
            self._levels.popitem(last=False)
        if level.tokens >= 1:
            level.tokens -= 1
            return 0.0
        return (1 - level.tokens) / self._per_second


class Strikes:
    """Counts offences within a sliding stretch of seconds."""

    def __init__(self, *, most: int, within: float) -> None:
        self._most = most
        self._within = within
        self._times: list[float] = []

    def add(self, now: float) -> bool:
        """Count one; whether that was the last one tolerated."""
        self._times = [at for at in self._times if now - at < self._within]
        self._times.append(now)
        return len(self._times) >= self._most
