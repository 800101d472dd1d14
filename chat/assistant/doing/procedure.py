"""A few steps in plain order, and where a conversation stands in them."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Self

from chat.assistant.doing import replies
from chat.assistant.doing.action import Action
from chat.assistant.doing.conditions import Condition
from chat.assistant.doing.fields import OF_CUSTOMER, Field

MOST_OPEN: Final = 3  # procedures of a conversation that wait, one below the other


class Does(StrEnum):
    """What a step does."""

    ASK = "ask"
    CALL = "call"
    SAY = "say"
    IF = "if"
    PERSON = "person"


class Waits(StrEnum):
    """What the customer's next message is for."""

    SLOT = "slot"
    YES = "yes"


@dataclass(frozen=True)
class Step:
    """One step, at its place. `goto` is where an `if` that holds leads, and a call that fails; 0 is the end.

    A call with `tells` says the action's own reply.
    """

    place: int
    does: Does
    text: Mapping[str, str] = field(default_factory=dict)
    slot: Field | None = None
    action: Action | None = None
    condition: Condition | None = None
    goto: int | None = None
    tells: bool = False


@dataclass(frozen=True)
class Procedure:
    """Steps by their place; `key` names it on the site."""

    key: str
    name: str
    steps: tuple[Step, ...]

    def at(self, place: int) -> Step | None:
        """The step at a place, else the next one; None behind the last."""
        return next((step for step in self.steps if step.place >= place), None)

    @cached_property
    def version(self) -> str:
        """Changes with its steps: a conversation that stands in another version has left it."""
        return hashlib.sha256(repr((self.name, self.steps)).encode()).hexdigest()[:12]

    @cached_property
    def slots(self) -> tuple[Field, ...]:
        """Everything that it asks for, in order; what an action needs and no step asks for is asked before the call."""
        found: dict[str, Field] = {}
        for step in self.steps:
            for one in (*((step.slot,) if step.slot else ()), *(step.action.inputs if step.action else ())):
                found.setdefault(one.name, one)
        return tuple(found.values())

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Every field that a text or a condition reads."""
        texts = [step.text for step in self.steps]
        texts += [text for step in self.steps if step.action for text in (step.action.reply, step.action.asks)]
        read = frozenset[str]().union(*(replies.names(text) for text in texts))
        return read | {step.condition.field for step in self.steps if step.condition}


def of_action(action: Action) -> Procedure:
    """An action by itself: ask for what it needs, do it, say what came of it."""
    open_ones = [one for one in action.inputs if one.kind not in OF_CUSTOMER]
    asks = [Step(place, Does.ASK, slot=one) for place, one in enumerate(open_ones, start=1)]
    call = Step(len(asks) + 1, Does.CALL, action=action, tells=True)
    return Procedure(f"action:{action.id}", action.name, (*asks, call))


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands in a procedure, and what it knows. `seq` is the message that told so.

    `values` is what servers said; `gave` names the action that gave each value.
    `rounds`: how often it went back to ask for the same thing.
    `confirmed`: the yes to it was acted upon already, by a run of this turn that did not come to tell.
    `below`: those that were left for this one, the last first; each is gone on with when the one above it ends. Their
    `seq` is 0: whatever was asked in them was not asked just now, so that no yes means it before it is asked again.
    """

    key: str
    version: str
    place: int
    waits: Waits | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    gave: Mapping[str, int] = field(default_factory=dict)
    tries: int = 0
    rounds: int = 0
    seq: int = 0
    confirmed: bool = False
    below: tuple["Standing", ...] = ()

    @property
    def known(self) -> dict[str, Any]:
        """All that is known; what a server says never hides what the customer said."""
        return {**self.values, **self.slots}

    def told(self, action: int, values: Mapping[str, Any]) -> Self:
        """With what this action gave."""
        gave = {**self.gave, **dict.fromkeys(values, action)}
        return replace(self, values={**self.values, **values}, gave=gave)

    def without(self, actions: Collection[int]) -> Self:
        """Without what these actions gave: asked again, they are asked about something else."""
        if not actions:
            return self
        gave = {name: action for name, action in self.gave.items() if action not in actions}
        return replace(self, values={name: value for name, value in self.values.items() if name in gave}, gave=gave)

    def above(self, left: "Standing") -> Self:
        """With the one that is left for this: no procedure twice, and of many the last few."""
        under = [one for one in (left, *left.below) if one.key != self.key]
        return replace(self, below=tuple(replace(one, below=()) for one in under[: MOST_OPEN - 1]))

    def again(self) -> Self:
        """After one more try that brought nothing."""
        return replace(self, tries=self.tries + 1)

    def as_json(self) -> dict[str, Any]:
        """For its row."""
        return {
            "key": self.key, "version": self.version, "place": self.place, "waits": self.waits and self.waits.value,
            "slots": dict(self.slots), "values": dict(self.values), "gave": dict(self.gave),
            "tries": self.tries, "rounds": self.rounds, "below": [one.as_json() for one in self.below],
        }  # fmt: skip

    @classmethod
    def of(cls, stored: Mapping[str, Any], seq: int) -> Self | None:
        """What a row holds; None where a procedure has ended."""
        if not stored.get("waits"):
            return None
        return cls(
            key=stored["key"], version=stored["version"], place=stored["place"], waits=Waits(stored["waits"]),
            slots=stored["slots"], values=stored["values"], tries=stored["tries"], seq=seq,
            rounds=stored.get("rounds", 0), gave=stored.get("gave", {}),
            below=tuple(one for below in stored.get("below", ()) if (one := cls.of(below, seq=0))),
        )  # fmt: skip


@dataclass(frozen=True)
class Procedures:
    """All of a site's, by key, and which one an intent begins. `tools` are the look-ups that a model may pick."""

    by_key: Mapping[str, Procedure] = field(default_factory=dict)
    by_intent: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[Action, ...] = ()

    def of_intent(self, intent: str) -> Procedure | None:
        """What begins with this intent."""
        return self.by_key.get(self.by_intent.get(intent, ""))

    def of(self, standing: Standing | None) -> Procedure | None:
        """The one in which a conversation stands, where it is as it was then."""
        found = self.by_key.get(standing.key) if standing else None
        return found if found and standing and found.version == standing.version else None
