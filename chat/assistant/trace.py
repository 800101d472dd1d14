"""Why a turn did what it did: each step's decision, its evidence and its time, as plain JSON of our own."""

from collections.abc import Callable
from typing import Any


class Trace:
    """Collects the steps of one turn; milliseconds are those since the step before."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = self._last = clock()
        self._steps: list[dict[str, Any]] = []

    def note(self, step: str, decision: str, **evidence: Any) -> None:
        """Close a step with what was decided and why. `evidence` has to be plain JSON."""
        now = self._clock()
        milliseconds = round((now - self._last) * 1000, 2)
        self._steps.append({"step": step, "decision": decision, "evidence": evidence, "ms": milliseconds})
        self._last = now

    def as_json(self) -> dict[str, Any]:
        """All steps so far."""
        return {"steps": list(self._steps), "ms": round((self._clock() - self._begun) * 1000, 2)}
