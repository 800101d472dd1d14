"""How good retrieval is on an owner's labelled questions, and how well it knows that there is no answer.

Every question goes through `search.find`, as a customer's would.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from supportsite.sites.models import Site

from . import calibrating, editions, labelled_folder, measures, search
from .answerable import Calibration, shipped
from .calibrating import Example
from .candidates import LETTERS_WEIGH, WEIGHTS, WORDS_WEIGH, Asked, Candidate
from .embed import E5, MINILM, available
from .labelled_folder import Folder, Progress, Question
from .models import Collection, Recalibration
from .workspace import workspace

_BEST = 10
Row = TypeVar("Row")


@dataclass(frozen=True)
class Outcome:
    """One question and what was found for it. The lists are ids of articles, best first, as each half orders them."""

    question: Question
    fused: Sequence[str]
    dense: Sequence[str]
    lexical: Sequence[str]
    probability: float
    ms: float

    @property
    def right(self) -> bool:
        """Whether the first source is relevant."""
        return bool(self.fused) and self.fused[0] in self.question.relevant


@dataclass(frozen=True)
class Run:
    """What is to be evaluated. `bar` makes, for the name of a piece of work, what is told how far it is.

    `options` are those that one capability alone has, by name.
    """

    data: Path
    train: Path | None
    limit: int | None
    seed: int
    bar: Callable[[str], Progress]
    options: Mapping[str, Any] = field(default_factory=dict)

    def chosen(self, rows: Sequence[Row]) -> Sequence[Row]:
        """All of them, or `limit` at random in their order."""
        if self.limit is None or self.limit >= len(rows):
            return rows
        return [rows[at] for at in sorted(random.Random(self.seed).sample(range(len(rows)), self.limit))]  # noqa: S311


@dataclass(frozen=True)
class Result:
    """The measures by name, over how many rows of which data (its SHA-256), with which settings."""

    measures: Mapping[str, float]
    rows: int
    digest: str
    settings: Mapping[str, Any]


def run_retrieval(run: Run) -> Result:
    """`manage.py evaluate retrieval`. Raises BadLine before any work."""
    folder = labelled_folder.read(run.data)
    with workspace():
        outcomes, seconds = _outcomes(folder, run)
    return Result(retrieval(outcomes) | {"index_seconds": seconds}, len(outcomes), folder.digest, _settings(run))


def run_answerable(run: Run) -> Result:
    """`manage.py evaluate answerable`. Raises BadLine before any work, TooFew where `train` holds too little."""
    folder = labelled_folder.read(run.data)
    calibration = trained(run.train, run.bar) if run.train else shipped()
    with workspace():
        outcomes, _seconds = _outcomes(folder, run, calibration)
    accepted = Site().accepted_wrong
    found = answerable(outcomes, calibration.threshold(accepted))
    return Result(found, len(outcomes), folder.digest, _settings(run) | {"accepted_wrong": accepted})


def trained(data: Path, bar: Callable[[str], Progress]) -> Calibration:
    """The calibration for a folder's questions. Raises BadLine, TooFew."""
    folder = labelled_folder.read(data)
    with workspace():
        site, ids, _seconds = labelled_folder.build(folder, now=timezone.now(), progress=bar("index"))
        made = examples(site, folder.questions, ids, bar("questions"))
    return calibrating.calibrate(made, f"{data.name} ({folder.digest[:12]})", shipped=shipped())


def _outcomes(folder: Folder, run: Run, calibration: Calibration | None = None) -> tuple[list[Outcome], float]:
    """The outcome of each question that is asked, and how long the indexing took."""
    site, ids, seconds = labelled_folder.build(folder, now=timezone.now(), progress=run.bar("index"))
    if calibration:
        Recalibration.objects.create(site=None, parameters=calibration.as_json(), made_at=timezone.now())
    return ask(site, run.chosen(folder.questions), ids, run.bar("questions")), seconds


def _settings(run: Run) -> dict[str, Any]:
    return {
        "models": [model for model in (MINILM, E5) if available(model)],
        "weights": dict(WEIGHTS) | {"words": WORDS_WEIGH, "letters": LETTERS_WEIGH},
        "trained_on": str(run.train) if run.train else None,
        "limit": run.limit,
        "seed": run.seed,
    }


def ask(site: Site, questions: Sequence[Question], ids: Mapping[str, str], progress: Progress) -> list[Outcome]:
    """Each question's outcome; `ids` gives the article's id for a slug."""
    known = shelves(site)
    outcomes = []
    for number, question in enumerate(questions):
        began = time.perf_counter()
        found = search.find(
            site=site,
            question=question.text,
            language=question.language,
            region=question.region,
            collection=known.get(question.collection, "-") if question.collection else "",
        )
        ms = (time.perf_counter() - began) * 1000
        fused, dense, lexical = (_articles(found.ranked, key, ids) for key in ("score", "dense", "lexical"))
        outcomes.append(Outcome(question, fused, dense, lexical, found.probability, ms))
        progress(number + 1, len(questions))
    return outcomes


def retrieval(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The measures of `retrieval`, over the questions that an article answers."""
    asked = [one for one in outcomes if one.question.relevant]
    found = {
        "recall_1": _recall(asked, attrgetter("fused"), 1),
        "recall_1_dense": _recall(asked, attrgetter("dense"), 1),
        "recall_1_lexical": _recall(asked, attrgetter("lexical"), 1),
        "recall_5": _recall(asked, attrgetter("fused"), 5),
        "mrr_10": _mean(_reciprocal(one.fused, one.question.relevant) for one in asked),
    } | measures.milliseconds([one.ms for one in outcomes])
    languages = sorted({one.question.language for one in asked})
    if len(languages) > 1:
        for language in languages:
            mine = [one for one in asked if one.question.language == language]
            found[f"recall_1_{language}"] = _recall(mine, attrgetter("fused"), 1)
    return found


def answerable(outcomes: Sequence[Outcome], threshold: float) -> dict[str, float]:
    """The measures of `answerable`; the AUROC is of "an article answers it"."""
    answers = [one for one in outcomes if one.probability >= threshold and one.fused]
    return {
        "auroc": measures.auroc(
            [bool(one.question.relevant) for one in outcomes], [one.probability for one in outcomes]
        ),
        "answered": len(answers) / len(outcomes),
        "wrong": _mean(not one.right for one in answers),
        "answered_at_5_wrong": answered_at(outcomes, 0.05),
        "threshold": threshold,
    }


def examples(site: Site, questions: Sequence[Question], ids: Mapping[str, str], progress: Progress) -> list[Example]:
    """What each look found for each question, to fit on."""
    known, made = shelves(site), []
    for number, question in enumerate(questions):
        collection = known.get(question.collection, "-") if question.collection else ""
        asked = Asked(site, editions.live(site.pk), [question.text], {}, question.region, collection)
        for look in search.looks(asked, question.language):
            if look.ranked:
                right = ids[look.ranked[0].slug] in question.relevant
                made.append(Example(number, look.route, look.evidence, right))
        progress(number + 1, len(questions))
    return made


def answered_at(outcomes: Sequence[Outcome], wrong: float) -> float:
    """The largest share of the questions that some threshold answers with at most this share of the answers wrong."""
    ordered = sorted((one for one in outcomes if one.fused), key=lambda one: -one.probability)
    most = mistakes = 0
    for number, one in enumerate(ordered, start=1):
        mistakes += not one.right
        next_is_lower = number == len(ordered) or ordered[number].probability < one.probability
        if next_is_lower and mistakes <= wrong * number:
            most = number
    return most / len(outcomes)


def shelves(site: Site) -> dict[str, str]:
    """The slug of each collection by its title."""
    return {shelf.titles["en"]: shelf.slug for shelf in Collection.objects.filter(site=site)}


def _articles(ranked: Iterable[Candidate], key: str, ids: Mapping[str, str]) -> list[str]:
    """The articles in the order of their best candidate; what has nothing of this half is left out."""
    ordered = sorted(ranked, key=lambda one: (-getattr(one, key), one.section_id))
    slugs = dict.fromkeys(one.slug for one in ordered if getattr(one, key) > 0)
    return [ids[slug] for slug in slugs][:_BEST]


def _recall(outcomes: Sequence[Outcome], half: Callable[[Outcome], Sequence[str]], n: int) -> float:
    return _mean(any(one in outcome.question.relevant for one in half(outcome)[:n]) for outcome in outcomes)


def _reciprocal(order: Sequence[str], relevant: frozenset[str]) -> float:
    return next((1 / place for place, one in enumerate(order, start=1) if one in relevant), 0.0)


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else float("nan")
