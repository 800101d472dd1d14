"""What the newest message tells besides its question, read with the vectors that the search needs anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from chat import mood
from chat.signals import conversations, texts
from chat.signals.dialogue import Said
from knowledge.embed import Matrix, question_vectors

_KINDS: Final = ("emotion", "mood", "injection", "person")


@dataclass(frozen=True)
class Feeling:
    """`emotion` is the likeliest one and `sure` how likely; the others are 0 to 1, `vader` is VADER's -1 to 1."""

    emotion: str = "neutral"
    sure: float = 0.0
    negative: float = 0.0
    positive: float = 0.0
    vader: float = 0.0
    dissatisfied: float = 0.0
    wants_person: float = 0.0
    attack: float = 0.0

    def as_json(self) -> dict[str, object]:
        """For the trace."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


UNFELT: Final = Feeling()


def warm() -> None:
    """Load the classifiers, 30 ms, so that the first message finds them there."""
    for kind in _KINDS:
        texts.shipped(kind, texts.model_for(kind, "en"))
    conversations.shipped()


def models(language: str) -> tuple[str, ...]:
    """The models whose vectors `read` needs for a text of a language."""
    return tuple(dict.fromkeys(texts.model_for(kind, language) for kind in _KINDS))


def feel(question: str, lines: Sequence[Said], language: str) -> Feeling:
    """What `question`, the newest of `lines`, tells. Waits for its vectors, then takes some 2 ms."""
    found = question_vectors([question], models(language))
    return read(question, lines, {model: rows[0] for model, rows in found.items()}, language)


def read(question: str, lines: Sequence[Said], vectors: Mapping[str, Matrix], language: str) -> Feeling:
    """The same with its vectors by `models` at hand."""
    found = {kind: _of(kind, question, vectors, language) for kind in _KINDS}
    emotion = max(found["emotion"], key=lambda name: found["emotion"][name])
    return Feeling(
        emotion=emotion,
        sure=found["emotion"][emotion],
        negative=found["mood"]["negative"],
        positive=found["mood"]["positive"],
        vader=mood.score(question),
        dissatisfied=float(conversations.shipped().dissatisfied([lines])[0]),
        wants_person=found["person"]["wants"],
        attack=found["injection"]["attack"],
    )


def _of(kind: str, question: str, vectors: Mapping[str, Matrix], language: str) -> dict[str, float]:
    model = texts.model_for(kind, language)
    head = texts.shipped(kind, model)
    found = head.probabilities([question], vectors[model][None])[0]
    return dict(zip(head.labels, map(float, found), strict=True))
