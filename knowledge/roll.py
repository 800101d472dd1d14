"""Which sections are on a shelf, and which of them a `Where` admits; in columns, so that 100,000 take no time."""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from .shelf import ANYWHERE, Label, Where

Slots = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Answers that are kept for the same `Where` asked again.
_MASKS = 32


class Roll:
    """Section id → slot. Slots count up and are never given twice; a dropped section leaves its slot empty."""

    def __init__(self) -> None:
        self._slot_of: dict[int, int] = {}
        self._ids = array("q")
        self._alive = bytearray()
        self._codes = array("i")
        self._labels: dict[Label, int] = {}
        self._names: list[Label] = []
        self._masks: dict[Where, Mask] = {}
        self.changes = 0

    def __len__(self) -> int:
        return len(self._slot_of)

    def __contains__(self, number: int) -> bool:
        return number in self._slot_of

    def __iter__(self) -> Iterator[int]:
        return iter(self._slot_of)

    @property
    def slots(self) -> int:
        """How many slots were given out."""
        return len(self._alive)

    def put(self, number: int, label: Label) -> int:
        """A new slot for a section, in place of the one it had."""
        self.drop(number)
        slot = self._slot_of[number] = len(self._alive)
        self._ids.append(number)
        self._alive.append(1)
        self._codes.append(self._code(label))
        self._changed()
        return slot

    def drop(self, number: int) -> None:
        """Empty a section's slot; one that is not there is no mistake."""
        slot = self._slot_of.pop(number, None)
        if slot is not None:
            self._alive[slot] = 0
            self._changed()

    def label(self, number: int) -> Label | None:
        """A section's label, None for one that is not there."""
        slot = self._slot_of.get(number)
        return None if slot is None else self._names[self._codes[slot]]

    def slots_of(self, numbers: Sequence[int]) -> Slots:
        """The slot of each section, -1 for one that is not there."""
        return np.array([self._slot_of.get(number, -1) for number in numbers], np.int64)

    def numbers(self, slots: Slots) -> Slots:
        """The section in each slot."""
        return np.frombuffer(self._ids, np.int64)[slots] if self._ids else np.zeros(0, np.int64)

    def admitted(self, where: Where = ANYWHERE) -> Mask:
        """For each slot whether there is a section in it that `where` wants. Not to be written to."""
        mask = self._masks.get(where)
        if mask is None:
            wanted = np.array([where.admits(label) for label in self._names] or [False], bool)
            codes = np.array(self._codes, np.int64)
            mask = np.array(self._alive, bool) & wanted[codes] if len(codes) else np.zeros(0, bool)
            if len(self._masks) >= _MASKS:
                self._masks.clear()
            self._masks[where] = mask
        return mask

    def packed(self) -> "Roll":
        """The same sections in the same order, in slots without gaps."""
        fresh = Roll()
        for number, slot in self._slot_of.items():
            fresh.put(number, self._names[self._codes[slot]])
        return fresh

    def _changed(self) -> None:
        self.changes += 1
        self._masks.clear()

    def _code(self, label: Label) -> int:
        if label not in self._labels:
            self._labels[label] = len(self._names)
            self._names.append(label)
        return self._labels[label]
