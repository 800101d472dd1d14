"""Why a turn did what it did: each step's decision, its evidence and its time, as plain JSON of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chat.prices import amount


@dataclass(frozen=True)
class Call:
    """A call to a third party: the tier, the tokens, what it cost and what the other tier would have (billionths).

    `estimated`: the provider did not say how many tokens, or was not listened to until it did.
    """

    tier: str
    tokens_in: int
    tokens_out: int
    cost: int
    other_cost: int
    estimated: bool


class Trace:
    """Collects the steps of one turn; milliseconds are those since the step before."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = self._last = clock()
        self._steps: list[dict[str, Any]] = []
        self._calls: list[Call] = []

    def note(self, step: str, decision: str, **evidence: Any) -> None:
        """Close a step with what was decided and why. `evidence` has to be plain JSON."""
        now = self._clock()
        milliseconds = round((now - self._last) * 1000, 2)
        self._steps.append({"step": step, "decision": decision, "evidence": evidence, "ms": milliseconds})
        self._last = now

    def charge(self, call: Call) -> None:
        """Put a call on the turn's bill."""
        self._calls.append(call)

    def as_json(self) -> dict[str, Any]:
        """All steps so far, with the bill where there is one."""
        told: dict[str, Any] = {"steps": list(self._steps), "ms": round((self._clock() - self._begun) * 1000, 2)}
        if self._calls:
            told["steps"].append(self._bill())
            told["spent"] = self._spent()
        return told

    def _spent(self) -> dict[str, Any]:
        """What lifecycle keeps beside the turn; the tier is that of the last call, which is the one that answered."""
        names = ("tokens_in", "tokens_out", "cost", "other_cost")
        sums = {name: sum(getattr(call, name) for call in self._calls) for name in names}
        return {"tier": next((call.tier for call in reversed(self._calls) if call.tier), ""), **sums}

    def _bill(self) -> dict[str, Any]:
        spent = self._spent()
        evidence: dict[str, Any] = {"tokens": [spent["tokens_in"], spent["tokens_out"]]}
        if spent["tier"]:
            evidence["the_other_tier"] = str(amount(spent["other_cost"]))
        if any(call.estimated for call in self._calls):
            evidence["estimated"] = "the tokens are our count"
        decision = str(amount(spent["cost"])) if spent["tier"] else "no price is set"
        return {"step": "cost", "decision": decision, "evidence": evidence, "ms": None}
