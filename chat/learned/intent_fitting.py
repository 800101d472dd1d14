"""Trains a reader of intents on labelled examples, and says how good it is on examples that it has not seen.

Everything that is chosen (shares, curves, thresholds) is chosen on examples held out. Examples that nearly repeat each
other are held out together: else words, which repetitions share, would seem to know more than they do. To learn what
lies outside, each fold hides some intents altogether; their examples, and those with the label OUTSIDE, are outside.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from chat.learned import fitting, intents, ngrams
from chat.learned.intents import (
    ALL,
    EVIDENCE,
    OUTSIDE,
    WORDS,
    Asked,
    Curve,
    Examples,
    Intents,
    Reader,
    Views,
    near_view,
)
from chat.learned.linear import Linear, Matrix
from knowledge import measures

FOLDS: Final = 3
SAME: Final = 0.9  # cosine from which two examples of an intent repeat each other
# Examples used to choose by; beyond that more of them change nothing and take minutes.
MOST_TO_CHOOSE_BY: Final = 6000
# Of 10 and 30: as good on a fold of CLINC150, and more certain of it.
C: Final = 30.0
HIDDEN: Final = 0.2  # share of the intents that a fold hides
COSTS: Final = 0.001  # share of the questions that are read rightly and may be called outside by mistake
START: Final = {"linear": 1.0, "near": 4.0, WORDS: 0.6, ALL: 1.4}
MISTAKES: Final = 0.05  # share of the verdicts that are followed which may be wrong, on examples held out
FEWEST_SURE: Final = 5
_ALIKE, _RARELY = -0.7, -4.0  # slopes and bias where nothing is outside to learn them from
_SEED: Final = 11
Progress = Callable[[int, int], None]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """Examples as numbers, the intent of each (OUTSIDE: none), and the language of each."""

    asked: Asked
    labels: Sequence[str]
    languages: Sequence[str]

    def chosen(self, rows: Numbers) -> "Labelled":
        """Those rows, in that order."""
        vectors = {name: matrix[rows] for name, matrix in self.asked.vectors.items()}
        words = self.asked.words.chosen(rows)
        return Labelled(Asked(vectors, words), [self.labels[at] for at in rows], [self.languages[at] for at in rows])


@dataclass(frozen=True)
class Held:
    """What was measured on examples that were held out."""

    examples: int
    accuracy: float  # of the intents that are there, a verdict "outside" counting as wrong
    outside_found: float
    outside_auroc: float
    followed: float  # share of those with an intent that are sure enough for the task-based strategy to act on


@dataclass(frozen=True)
class _Fold:
    """The views' scores of a fold's examples, of which `outside` belong to no intent that was there."""

    labels: tuple[str, ...]
    scores: Mapping[str, Matrix]
    right: Numbers  # the column that is true; -1 outside
    outside: npt.NDArray[np.bool_]


class TooFew(ValueError):
    """There are not two intents with two examples each."""


def train(data: Labelled, *, general: str, progress: Progress = lambda done, of: None) -> tuple[Intents, Held]:
    """The classifier and its held-out figures; `general` is the model that reads every language.

    Raises TooFew.
    """
    counts = Counter(label for label in data.labels if label != OUTSIDE)
    if sum(number >= 2 for number in counts.values()) < 2:
        raise TooFew
    folds = []
    for number, (learn, ask, hidden) in enumerate(_splits(data)):
        folds.append(_fold(data.chosen(learn), data.chosen(ask), hidden))
        progress(number + 1, FOLDS + 1)
    names = list(folds[0].scores)
    home = _reader(folds, names)
    away = _reader(folds, [name for name in names if name in (general, near_view(general))], near=False)
    views = fit_views(data)
    progress(FOLDS + 1, FOLDS + 1)
    return Intents(views, home, away, _home_languages(data.languages)), _held(folds, home)


def crossed(
    data: Labelled, *, general: str, folds: int, progress: Progress = lambda done, of: None
) -> Iterator[tuple[Intents, Numbers]]:
    """For each of `folds` parts a classifier trained on the others, and the rows of the part, which it has not seen.

    Raises TooFew.
    """
    rows = np.arange(len(data.labels))
    place = _places(data, rows, np.random.default_rng(_SEED), folds)
    for fold in range(folds):
        if (held := np.flatnonzero(place == fold)).size:
            made, _figures = train(data.chosen(np.flatnonzero(place != fold)), general=general, progress=progress)
            yield made, held


def fit_views(data: Labelled) -> Views:
    """Every view's classifier on all of `data`."""
    names = tuple(sorted(set(data.labels), key=lambda label: (label == OUTSIDE, label)))
    number = {label: at for at, label in enumerate(names)}
    owners = np.array([number[label] for label in data.labels], np.int64)
    rarity = ngrams.rarity(data.asked.words)
    linear: dict[str, Linear] = {
        name: _ordered(fitting.fit(matrix, data.labels, c=C, vectors=matrix.shape[1]), names)
        for name, matrix in data.asked.vectors.items()
    }
    linear[WORDS] = _ordered(fitting.fit_words(ngrams.weigh(data.asked.words, rarity), data.labels), names)
    beside = fitting.fit_beside(data.asked.in_order(), ngrams.weigh(data.asked.words, rarity), data.labels)
    linear[ALL] = _ordered(beside, names)
    examples = {name: Examples.of(matrix, owners) for name, matrix in data.asked.vectors.items()}
    return Views(names, linear, examples, rarity)


def _ordered(made: Linear, names: tuple[str, ...]) -> Linear:
    rows = [made.labels.index(name) for name in names]
    return Linear(names, made.weights[rows], made.bias[rows])


def _home_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """Those of at least a tenth of the examples."""
    counts = Counter(languages)
    return tuple(sorted(language for language, number in counts.items() if number * 10 >= len(languages)))


def _splits(data: Labelled) -> list[tuple[Numbers, Numbers, frozenset[str]]]:
    """For each fold what it learns from, what it is asked, and which intents it does not know."""
    random = np.random.default_rng(_SEED)
    rows = np.arange(len(data.labels))
    if len(rows) > MOST_TO_CHOOSE_BY:
        rows = np.sort(random.choice(rows, MOST_TO_CHOOSE_BY, replace=False))
    place = _places(data, rows, random, FOLDS)
    known = np.array(sorted({label for label in data.labels if label != OUTSIDE}))
    order = random.permutation(known)
    hide = max(1, int(len(known) * HIDDEN)) if len(known) > 2 else 0
    labels = np.array(data.labels)[rows]
    made = []
    for fold in range(FOLDS):
        hidden = order[fold * hide : (fold + 1) * hide] if (fold + 1) * hide <= len(order) else order[:hide]
        learn = rows[(place != fold) & ~np.isin(labels, hidden)]
        made.append((learn, rows[place == fold], frozenset(map(str, hidden))))
    return made


def _places(data: Labelled, rows: Numbers, random: np.random.Generator, folds: int) -> Numbers:
    """The fold of each row: what repeats each other in the same one, each intent spread evenly."""
    vectors = next(iter(data.asked.vectors.values()))
    labels = np.array(data.labels)[rows]
    place = np.zeros(len(rows), np.int64)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        groups = _groups(vectors[rows[own]])
        sizes = Counter(groups.tolist())
        filled = random.permutation(folds).astype(float) / 10
        for group, size in sorted(sizes.items(), key=lambda item: -item[1]):
            fold = int(filled.argmin())
            filled[fold] += size
            place[own[groups == group]] = fold
    return place


def _groups(vectors: Matrix) -> Numbers:
    """The group of each row: chains of rows of which each is nearly the next."""
    same = vectors @ vectors.T >= SAME
    groups = np.full(len(vectors), -1, np.int64)
    for start in range(len(vectors)):
        if groups[start] >= 0:
            continue
        reached = same[start]
        while (wider := same[reached].any(axis=0) | reached).sum() > reached.sum():
            reached = wider
        groups[reached] = start
    return groups


def _fold(learn: Labelled, ask: Labelled, hidden: frozenset[str]) -> _Fold:
    views = fit_views(learn)
    number = {label: at for at, label in enumerate(views.labels) if label != OUTSIDE}
    right = np.array([number.get(label, -1) for label in ask.labels], np.int64)
    outside = np.array([label == OUTSIDE or label in hidden for label in ask.labels])
    keep = np.flatnonzero((right >= 0) | outside)
    kept = ask.chosen(keep)
    return _Fold(views.labels, views.scores(kept.asked), right[keep], outside[keep])


def _reader(folds: Sequence[_Fold], names: Sequence[str], *, near: bool = True) -> Reader:
    """Shares, curve and threshold that suit what was held out."""
    shares = _shares(folds, names)
    parts = [intents.evidence({n: fold.scores[n] for n in names}, shares, fold.labels) for fold in folds]
    evidence, outside = np.concatenate(parts), np.concatenate([fold.outside for fold in folds])
    used = np.array([name in ("top", "outside") or near for name in EVIDENCE])
    curve = _curve(evidence, outside, used)
    fine = [_is_right(fold, names, shares) for fold in folds]
    outside_by = curve.probabilities(evidence)
    rightly = np.concatenate(fine)
    certainty = np.exp(evidence[:, 0]) * (1 - outside_by)
    return Reader(shares, curve, _threshold(outside_by, rightly), _sure(certainty, rightly))


def _shares(folds: Sequence[_Fold], names: Sequence[str]) -> dict[str, float]:
    models = sum(name.startswith("near:") for name in names)
    start = [START[name] if name in START else START[_sort(name)] / models for name in names]
    width = max(len(fold.labels) for fold in folds)
    stacks, right = [], []
    for fold in folds:
        known = fold.right >= 0
        right.append(fold.right[known])
        stacks.append([_widened(fold.scores[name][known], width) for name in names])
    scores = [np.concatenate([stack[at] for stack in stacks]) for at in range(len(names))]
    found = fitting.fit_shares(scores, np.concatenate(right), start=start)
    return dict(zip(names, found, strict=True))


def _sort(view: str) -> str:
    return "near" if view.startswith("near:") else "linear"


def _widened(scores: Matrix, width: int) -> Matrix:
    """With columns that cannot win, where a fold knows fewer intents than another."""
    return np.pad(scores, ((0, 0), (0, width - scores.shape[1])), constant_values=-1e3)


def _curve(evidence: Matrix, outside: npt.NDArray[np.bool_], used: npt.NDArray[np.bool_]) -> Curve:
    """Where nothing is outside to learn from, every piece of evidence counts alike."""
    means, scales = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-3)
    slopes = np.zeros(len(EVIDENCE), np.float32)
    if outside.all() or not outside.any():
        slopes[used] = _ALIKE
        return Curve(_RARELY, slopes, means, scales)
    made = fitting.fit(((evidence - means) / scales)[:, used], ["1" if one else "0" for one in outside], c=1.0)
    slopes[used] = made.weights[1] - made.weights[0]
    return Curve(float(made.bias[1] - made.bias[0]), slopes, means, scales)


def _is_right(fold: _Fold, names: Sequence[str], shares: Mapping[str, float]) -> npt.NDArray[np.bool_]:
    logs = intents.total({name: fold.scores[name] for name in names}, shares)
    inside = [label != OUTSIDE for label in fold.labels]
    return np.asarray(np.where(inside, logs, -np.inf).argmax(axis=1) == fold.right)


def _threshold(probabilities: npt.NDArray[np.float32], fine: npt.NDArray[np.bool_]) -> float:
    """The lowest that calls no more than COSTS of the rightly read ones outside."""
    rightly = np.sort(probabilities[fine])[::-1]
    if not len(rightly):
        return 1.0
    return float(min(max(rightly[int(len(rightly) * COSTS)] + 1e-4, 0.5), 1.0))


def _sure(certainty: npt.NDArray[np.float32], fine: npt.NDArray[np.bool_]) -> float:
    """The lowest certainty from which on no more than MISTAKES of the verdicts are wrong; above 1 where none is."""
    order = np.argsort(-certainty, kind="stable")
    wrong = np.cumsum(~fine[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= MISTAKES)
    return float(certainty[order][good[-1]]) if len(good) >= FEWEST_SURE else 1.1


def _held(folds: Sequence[_Fold], reader: Reader) -> Held:
    said, fine, outside, certain = [], [], [], []
    for fold in folds:
        scores = {name: fold.scores[name] for name in reader.shares}
        evidence = intents.evidence(scores, reader.shares, fold.labels)
        said.append(reader.curve.probabilities(evidence))
        certain.append(np.exp(evidence[:, 0]) * (1 - said[-1]))
        fine.append(_is_right(fold, list(reader.shares), reader.shares))
        outside.append(fold.outside)
    probability, right, out = np.concatenate(said), np.concatenate(fine), np.concatenate(outside)
    inside = ~out
    return Held(
        examples=len(out),
        accuracy=float((right & (probability < reader.threshold))[inside].mean()),
        outside_found=float((probability >= reader.threshold)[out].mean()) if out.any() else float("nan"),
        outside_auroc=measures.auroc(out, probability),
        followed=float((np.concatenate(certain) >= reader.sure)[inside].mean()),
    )
