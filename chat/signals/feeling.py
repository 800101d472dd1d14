"""What the newest message tells besides its question, read with the vectors that the search needs anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Final, Protocol

from chat import mood
from chat.signals import conversations, texts
from chat.signals.conversations import Reader
from chat.signals.dialogue import Said
from chat.signals.texts import Head
from knowledge.embed import Matrix, question_vectors

# Labels of `call` beside upset and calm, named as the sites name them (docs/escalation.md).
SUBJECTS: Final = ("safety", "self_harm", "payment", "bereavement")
_KINDS: Final = ("emotion", "mood", "injection", "person", "call")


@dataclass(frozen=True)
class Feeling:
    """`emotion` is the likeliest one and `sure` how likely; the others are 0 to 1, `vader` is VADER's -1 to 1.

    `upset`: at the end of their patience with the site, so that a person has to take over. `grave`: a subject that is
    one for a person, `subject` the likeliest of SUBJECTS.
    """

    emotion: str = "neutral"
    sure: float = 0.0
    negative: float = 0.0
    positive: float = 0.0
    vader: float = 0.0
    dissatisfied: float = 0.0
    wants_person: float = 0.0
    upset: float = 0.0
    grave: float = 0.0
    subject: str = ""
    attack: float = 0.0

    def as_json(self) -> dict[str, object]:
        """For the trace."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


UNFELT: Final = Feeling()


@dataclass(frozen=True)
class Own:
    """What a site has trained itself, else what ships reads: conversations, and emotions by a head for each model."""

    talks: Reader | None = None
    emotions: Mapping[str, Head] = field(default_factory=dict)


NOTHING_OWN: Final = Own()


def warm() -> None:
    """Load the classifiers, 30 ms, so that the first message finds them there."""
    for kind in _KINDS:
        for model in texts.models_for(kind, "en"):
            texts.shipped(kind, model)
    conversations.shipped()


def models(language: str) -> tuple[str, ...]:
    """The models whose vectors `read` needs for a text of a language."""
    return tuple(dict.fromkeys(model for kind in _KINDS for model in texts.models_for(kind, language)))


@dataclass(frozen=True)
class Asked:
    """A customer's newest message and the lines of both sides with it as the last; `stuck`: whether they may be."""

    question: str
    lines: Sequence[Said]
    language: str
    stuck: bool = True


class Vectors(Protocol):
    """The vectors of texts by a model: (texts, 384)."""

    def __call__(self, model: str, texts: Sequence[str], /) -> Matrix: ...


def feel(question: str, lines: Sequence[Said], language: str, own: Own = NOTHING_OWN) -> Feeling:
    """What `question`, the newest of `lines`, tells. Waits for its vectors, then takes some 2 ms."""
    found = question_vectors([question], models(language))
    return read(question, lines, {model: rows[0] for model, rows in found.items()}, language, own)


def read(
    question: str,
    lines: Sequence[Said],
    vectors: Mapping[str, Matrix],
    language: str,
    own: Own = NOTHING_OWN,
) -> Feeling:
    """The same with its vectors by `models` at hand."""

    def at_hand(model: str, _texts: Sequence[str]) -> Matrix:
        return vectors[model][None]

    return read_all([Asked(question, lines, language)], at_hand, own)[0]


def read_all(
    asked: Sequence[Asked], vectors: Vectors, own: Own = NOTHING_OWN, *, sparing: bool = False
) -> list[Feeling]:
    """What each of many messages tells. `sparing` leaves out what speaks neither for a person nor against."""
    emotions = _of("emotion", asked, vectors, heads=own.emotions)
    wishes = _of("person", asked, vectors)
    tempers = _of("call", asked, vectors)
    vader = [mood.score(one.question, one.language) for one in asked]
    sure = [_likeliest(one) for one in emotions]
    angry = [name == "anger" and low <= 0 for name, low in zip(sure, vader, strict=True)]
    moods = _of("mood", asked, vectors, where=angry if sparing else None)
    attacks = [{"attack": 0.0}] * len(asked) if sparing else _of("injection", asked, vectors)
    bad = _dissatisfied(asked, own.talks or conversations.shipped())
    return [
        Feeling(
            emotion=sure[at],
            sure=emotions[at][sure[at]],
            negative=moods[at].get("negative", 0.0),
            positive=moods[at].get("positive", 0.0),
            vader=vader[at],
            dissatisfied=bad[at],
            wants_person=wishes[at]["wants"],
            upset=tempers[at]["upset"],
            grave=sum(tempers[at][subject] for subject in SUBJECTS),
            subject=max(SUBJECTS, key=tempers[at].__getitem__),
            attack=attacks[at]["attack"],
        )
        for at in range(len(asked))
    ]


def _likeliest(of: Mapping[str, float]) -> str:
    return max(of, key=lambda name: of[name])


def _dissatisfied(asked: Sequence[Asked], reader: Reader) -> list[float]:
    places = [at for at, one in enumerate(asked) if one.stuck]
    found = [0.0] * len(asked)
    if places:
        talks = [[replace(line, language=asked[at].language) for line in asked[at].lines] for at in places]
        for at, value in zip(places, reader.dissatisfied(talks), strict=True):
            found[at] = float(value)
    return found


def _of(
    kind: str,
    asked: Sequence[Asked],
    vectors: Vectors,
    where: Sequence[bool] | None = None,
    heads: Mapping[str, Head] = MappingProxyType({}),
) -> list[dict[str, float]]:
    """The probabilities of a kind's labels for each; none where `where` says not to read it.

    Read by the site's own `heads`, a model each, else by what ships.
    """
    found: list[dict[str, float]] = [{} for _one in asked]
    by_model: dict[str, list[int]] = {}
    for at, one in enumerate(asked):
        if where is None or where[at]:
            for model in texts.models_for(kind, one.language):
                by_model.setdefault(model, []).append(at)
    for model, places in by_model.items():
        said = [asked[at].question for at in places]
        head = heads.get(model) or texts.shipped(kind, model)
        for at, row in zip(places, head.probabilities(said, vectors(model, said)), strict=True):
            for label, value in zip(head.labels, map(float, row), strict=True):
                found[at][label] = found[at].get(label, 0.0) + value / len(texts.models_for(kind, asked[at].language))
    return found
