"""Past conversations judged turn by turn by what live turns use: triggers, feeling and fold, many at once.

What a person or the assistant would have done after a call is not known: a conversation is read up to the first
message that calls at any threshold, and no further than a person's first word in it.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from chat.signals import feeling
from chat.signals.feeling import NOTHING_OWN, Asked, Own
from knowledge.embed import Matrix, ModelUnavailable, named

from . import mood, triggers
from .asking import plain
from .assistant import feeling as judged
from .assistant import language
from .assistant.transcript import Line, Role, Transcript
from .band import Beat
from .fold import Entry, State, step
from .identity import Claims
from .weighing import HARD, Policy, Reason

LINES_READ: Final = 40  # as chat.turns does
_KEPT: Final = 50_000  # vectors of a model; 1.5 KB each
_AT_ONCE: Final = 256


@dataclass(frozen=True)
class Spoken:
    """One line of a case; `role` as an event's. `unknown`: the assistant said that it does not know."""

    seq: int
    role: str
    text: str
    unknown: bool = False


class Vectors:
    """Vectors of customers' lines, each read once; in batches, which take a fraction of one by one."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Matrix]] = {}

    def __call__(self, model: str, texts: Sequence[str]) -> Matrix:
        """(texts, 384). Raises ModelUnavailable."""
        kept = self._kept.setdefault(model, {})
        if len(kept) > _KEPT:
            kept.clear()
        fresh = sorted({text for text in texts if text not in kept}, key=len)
        for start in range(0, len(fresh), _AT_ONCE):
            some = fresh[start : start + _AT_ONCE]
            kept.update(zip(some, named(model).matrix(some, "query"), strict=True))
        return np.stack([kept[text] for text in texts])


@dataclass
class _Walk:
    """A case as far as it is walked: what each message said at once, and the turns that are still to be read."""

    state: State
    policy: Policy
    customer_of: Claims | None = None
    said: list[Spoken] = field(default_factory=list)
    asked: list[Spoken] = field(default_factory=list)
    first: dict[int, tuple[Reason, ...]] = field(default_factory=dict)
    turns: list[Transcript] = field(default_factory=list)

    def customer(self, line: Spoken) -> bool:
        """The first beat, as `lifecycle.post_message` has it; False where it calls at any threshold."""
        spoken = language.quick(line.text, self.state.language)
        scored = mood.score(plain(line.text), language.likeliest(line.text, spoken))
        body = {"text": line.text, "mood": scored, "language": spoken}
        step(self.state, Entry(line.seq, "message", "all", "visitor", "", body))
        found = triggers.reasons(text=line.text, moods=self.state.moods, policy=self.policy, value=self.value)
        self.first[line.seq] = found
        self.asked.append(line)
        self.said.append(line)
        return not any(reason.code in HARD for reason in found)

    def turn(self) -> None:
        """The assistant's turn for what was asked since its last word: the second beat, to be read with the others."""
        if not self.asked:
            return
        lines = tuple(Line(line.seq, line.role, line.text) for line in self.said[-LINES_READ:])
        at = (self.asked[0].seq, self.asked[-1].seq)
        state = self.state
        of_case = (tuple(state.moods), state.unknowns)
        self.turns.append(Transcript("", state.language, "", lines, *at, *of_case, customer=self.customer_of))
        self.asked = []

    def answer(self, line: Spoken) -> None:
        """What the assistant said; a second "I don't know" in a row is a reason too."""
        self.turn()
        answered = {"answered": "unknown" if line.unknown else "answer"}
        step(self.state, Entry(line.seq, "message", "all", "assistant", "", answered))
        self.said.append(line)
        if line.unknown and self.first:
            self.first[[*self.first][-1]] += triggers.unknown(self.state.unknowns, self.policy, self.value)

    @property
    def value(self) -> float | None:
        """What the customer is worth to the owner, where that is known."""
        return self.customer_of.value if self.customer_of else None


def walk(
    cases: Iterable[Sequence[Spoken]],
    policy: Policy,
    vectors: Vectors,
    *,
    own: Own = NOTHING_OWN,
    spoken: str = "en",
    customers: Sequence[Claims | None] | None = None,
) -> list[list[Beat]]:
    """Each case's beats, one for each of the customer's messages that was read. `spoken`: a case's language at first.
    `customers`: who each case's is, where they are verified.

    Without an embedding model the second beat is silent, as it is in a live turn.
    """
    known = itertools.repeat(None) if customers is None else customers
    walked = [
        _first_beat(_Walk(State(language=spoken), policy, who), lines) for lines, who in zip(cases, known, strict=False)
    ]
    turns = [transcript for one in walked for transcript in one.turns]
    asked = [_asked(transcript) for transcript in turns]
    try:
        felt = feeling.read_all(asked, vectors, own, sparing=True)
    except ModelUnavailable:
        felt = [feeling.Feeling()] * len(turns)
    found = iter(zip(turns, felt, strict=True))
    return [_beats(one, [next(found) for _transcript in one.turns]) for one in walked]


def _first_beat(walked: _Walk, lines: Sequence[Spoken]) -> _Walk:
    for line in lines:
        if line.role == Role.AGENT:
            break
        if line.role == Role.ASSISTANT:
            walked.answer(line)
        elif not walked.customer(line):
            return walked
    walked.turn()
    return walked


def _asked(transcript: Transcript) -> Asked:
    return Asked(
        transcript.question,
        judged.said(transcript),
        language.quick(transcript.question, transcript.language),
        judged.may_be_stuck(transcript),
    )


def _beats(walked: _Walk, felt: Iterable[tuple[Transcript, feeling.Feeling]]) -> list[Beat]:
    second = {transcript.question_upto: judged.everything(one, transcript, walked.policy) for transcript, one in felt}
    beats = []
    for seq, reasons in walked.first.items():
        beats.append(Beat(seq, (*reasons, *second.get(seq, ()))))
        if any(reason.code in HARD for reason in beats[-1].reasons):
            break
    return beats
