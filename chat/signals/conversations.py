"""Whether a conversation goes badly: a small classifier on its figures and on the words said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from chat.learned import linear, odds
from chat.learned.linear import Linear, Matrix
from chat.learned.odds import Odds
from chat.learned.packed import pack, unpack
from chat.signals.dialogue import Said, matrix
from chat.signals.texts import SHIPPED

# From here on `evaluate` counts a conversation as one to escalate: 21 % of SGD's dialogues and 24 % of MultiWOZ's are.
THRESHOLD: Final = 0.7


@dataclass(frozen=True)
class Reader:
    """A fitted classifier; the odds know the words of the customer's last line and of the other side's before it."""

    linear: Linear
    mine: Odds
    theirs: Odds

    def dissatisfied(self, rows: Sequence[Sequence[Said]]) -> Matrix:
        """(conversations): 0 to 1, judged after each one's last customer's line."""
        mine, theirs = last_lines(rows)
        words = [of.of(side)[:, 2:] for of, side in ((self.mine, mine), (self.theirs, theirs))]
        found: Matrix = self.linear.probabilities(np.concatenate([matrix(rows), *words], axis=1))[:, 1]
        return found

    def as_bytes(self) -> bytes:
        """For a file; read back by `from_bytes`."""
        parts = {"linear": self.linear.as_bytes(), "mine": self.mine.as_bytes(), "theirs": self.theirs.as_bytes()}
        return pack(parts)


def from_bytes(saved: bytes) -> Reader:
    """What `as_bytes` made. Raises ValueError where it is none."""
    parts = unpack(saved)
    return Reader(linear.from_bytes(parts["linear"]), *(odds.from_bytes(parts[of]) for of in ("mine", "theirs")))


@cache
def shipped() -> Reader:
    """What Tandem comes with."""
    return from_bytes((SHIPPED / "dissatisfaction.npz").read_bytes())


def last_lines(rows: Sequence[Sequence[Said]]) -> tuple[list[str], list[str]]:
    """The customers' last lines, and those of the other side before them ("" where there is none)."""
    mine, theirs = [], []
    for lines in rows:
        upto = max((at for at, line in enumerate(lines) if line.customer), default=0)
        mine.append(next((line.text for line in reversed(lines[: upto + 1]) if line.customer), ""))
        theirs.append(next((line.text for line in reversed(lines[:upto]) if not line.customer), ""))
    return mine, theirs
