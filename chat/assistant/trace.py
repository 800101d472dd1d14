"""Why a turn did what it did: each step's decision, its evidence and its time, as plain JSON of our own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chat.prices import amount

SPENT: Final = ("tier", "tokens_in", "tokens_out", "cost", "other_cost")  # of a bill, and columns of a turn


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
        if not self._calls:
            return told
        estimated = {"estimated": "the tokens are our count"} if any(call.estimated for call in self._calls) else {}
        spent = self._spent()
        return {**told, "steps": [*told["steps"], _bill(spent, estimated)], "spent": spent}

    def _spent(self) -> dict[str, Any]:
        """What the calls of this run sum up to; the tier is that of the last call, which is the one that answered."""
        sums = {name: sum(getattr(call, name) for call in self._calls) for name in SPENT if name != "tier"}
        return {"tier": next((call.tier for call in reversed(self._calls) if call.tier), ""), **sums}


def billed(trace: Mapping[str, Any], spent: Mapping[str, Any]) -> dict[str, Any]:
    """A trace with the bill of its whole turn, whose earlier runs may have been given up after they had cost something.

    `spent` has what SPENT names.
    """
    steps = [step for step in trace.get("steps", ()) if step["step"] != "cost"]
    was: Mapping[str, str] = next((step["evidence"] for step in trace.get("steps", ()) if step["step"] == "cost"), {})
    estimated = {"estimated": was["estimated"]} if "estimated" in was else {}
    return {**trace, "steps": [*steps, _bill(spent, estimated)], "spent": dict(spent)}


def _bill(spent: Mapping[str, Any], estimated: Mapping[str, str]) -> dict[str, Any]:
    evidence: dict[str, Any] = {"tokens": [spent["tokens_in"], spent["tokens_out"]]}
    if spent["tier"]:
        evidence["the_other_tier"] = str(amount(spent["other_cost"]))
    decision = str(amount(spent["cost"])) if spent["tier"] else "no price is set"
    return {"step": "cost", "decision": decision, "evidence": {**evidence, **estimated}, "ms": None}
