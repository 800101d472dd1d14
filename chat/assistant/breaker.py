"""The circuit breaker of each provider: one that keeps failing is left alone for a while, so that nobody waits for it.

As Nygard, "Release It!" (2007) has it: closed while it answers, open after some failures in a row, then one call tries.
The state is this process's own: each finds out for itself within three questions.
"""

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3  # in a row
RESTS_S: Final = 20.0
LONGEST_REST_S: Final = 320.0
_BROKEN: Final = ("timeout", "unreachable", "rate_limited", "cut", "nonsense", "status_")
# What one question alone may bring about (a vendor's filter, a text too long), and a turn that we gave up, say nothing.
_NO_SIGN: Final = frozenset({"status_400", "status_413", "status_422", "stopped"})


@dataclass
class _Breaker:
    failures: int = 0
    rests_until: float = 0.0
    rest: float = RESTS_S


_breakers: dict[str, _Breaker] = {}


def may_ask(provider: str, now: float) -> bool:
    """Whether `provider` is to be asked at `now` (s, monotonic). After its rest one call may try, then others."""
    breaker = _breakers.get(provider)
    if breaker is None or breaker.failures < FAILURES:
        return True
    if now < breaker.rests_until:
        return False
    breaker.rests_until = now + breaker.rest  # whoever comes while this call tries goes to the next provider
    return True


def rests(provider: str, now: float) -> bool:
    """Whether `provider` is left alone at `now`. Looking changes nothing."""
    breaker = _breakers.get(provider)
    return breaker is not None and breaker.failures >= FAILURES and now < breaker.rests_until


def ended(provider: str, outcome: str, now: float) -> None:
    """A call ended: an answer of any kind closes the breaker, a failure of the provider's counts against it."""
    if outcome in _NO_SIGN:
        return
    if not outcome.startswith(_BROKEN):
        _breakers.pop(provider, None)
        return
    breaker = _breakers.setdefault(provider, _Breaker())
    breaker.failures += 1
    if breaker.failures > FAILURES:
        breaker.rest = min(2 * breaker.rest, LONGEST_REST_S)
    if breaker.failures >= FAILURES:
        breaker.rests_until = now + breaker.rest


def forget() -> None:
    """All are well, as at a start."""
    _breakers.clear()
