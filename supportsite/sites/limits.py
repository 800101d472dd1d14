"""How much one visitor or one address may do, in monotonic seconds.

Counted in this process's memory. Where there are other processes each tells the others what it counted, a moment
later: nobody's ack waits for that, and while they cannot be told each goes by its own count.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_MOST_KEYS: Final = 50_000
_OF_ONE_CUSTOMER: Final = 64  # bits of IPv6: a provider gives a customer at least a whole /64 (RFC 6177)


@dataclass
class _Level:
    tokens: float
    at: float


class Buckets:
    """Token buckets by key: a burst of `capacity`, refilled at `per_second`. A capacity of 0 limits nothing.

    Those with a `name` count in all processes together.
    """

    def __init__(self, *, capacity: int, per_second: float, name: str = "") -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._name = name
        self._levels: OrderedDict[str, _Level] = OrderedDict()
        if name:
            _shared[name] = self

    def take(self, key: str, now: float) -> float:
        """Take one token of `key`: 0.0 where there was one, else the seconds until there is."""
        if not self._capacity:
            return 0.0
        level = self._level(key, now)
        if level.tokens >= 1:
            level.tokens -= 1
            self._tell(key, 1)
            return 0.0
        return (1 - level.tokens) / self._per_second

    def give_back(self, key: str) -> None:
        """One token that was taken for nothing."""
        if level := self._levels.get(key):
            level.tokens = min(self._capacity, level.tokens + 1)
            self._tell(key, -1)

    def forget(self, key: str) -> None:
        """Give `key` its whole burst again."""
        self._levels.pop(key, None)
        self._tell(key, 0)

    def heard(self, key: str, taken: int) -> None:
        """Another process counted: `taken` tokens, 0 where it gave the whole burst again."""
        if not taken:
            self._levels.pop(key, None)
        elif self._capacity:
            level = self._level(key, time.monotonic())
            level.tokens = min(self._capacity, max(0.0, level.tokens - taken))

    def _level(self, key: str, now: float) -> _Level:
        level = self._levels.pop(key, None) or _Level(self._capacity, now)
        level.tokens = min(self._capacity, level.tokens + (now - level.at) * self._per_second)
        level.at = now
        self._levels[key] = level
        if len(self._levels) > _MOST_KEYS:
            self._levels.popitem(last=False)
        return level

    def _tell(self, key: str, taken: int) -> None:
        if self._name and _tell_others:
            _tell_others({"name": self._name, "key": key, "taken": taken})


_shared: dict[str, Buckets] = {}
_tell_others: Callable[[dict[str, Any]], None] | None = None


def share(tell: Callable[[dict[str, Any]], None]) -> None:
    """From now on what is counted here is told by `tell`."""
    global _tell_others
    _tell_others = tell


def heard(fields: dict[str, Any]) -> None:
    """What another process told."""
    if buckets := _shared.get(fields["name"]):
        buckets.heard(fields["key"], fields["taken"])


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


def counted_as(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64. What is no address counts as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _OF_ONE_CUSTOMER), strict=False))
    return str(parsed)


def is_this_machine(address: str) -> bool:
    """Whether a client is a direct peer of the loopback (or has no address): limits by address leave it out."""
    return address in ("127.0.0.1", "::1", "")
