"""Fits knowledge/answerable.json on the tuning questions: python benchmarks/fit_answerable.py [--write].

For each route (English by MiniLM, the question's own language by e5, any other language by e5) a logistic regression
says how probable it is that the first passage is of a relevant article. The threshold is the lowest at which at most
WRONG_ALLOWED of the answers of the whole `find` are wrong; the probabilities for choosing it come from fits that had
not seen the question (10 folds). docs/retrieval.md says why it is not 5 %.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from demo_site import Question, questions, start

start()

from django.utils import timezone  # noqa: E402

from knowledge import demo, index, indexing, search  # noqa: E402
from knowledge.answerable import FEATURES, PARAMETERS, Route, features  # noqa: E402

FOLDS = 10
RIDGE = 3.0
WRONG_ALLOWED = 0.25
# Words in common mean nothing between languages: there only what the model says is used.
USED = {Route.ACROSS: ("similarity", "lead", "crowd")}


@dataclass(frozen=True)
class Look:
    """One route's evidence for one question."""

    question: int
    route: Route
    values: tuple[float, ...]
    right: bool


@dataclass(frozen=True)
class Fit:
    bias: float
    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray

    def probability(self, values: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(self.bias + ((values - self.means) / self.scales) @ self.weights)))


def fit(looks: Sequence[Look]) -> Fit:
    """Logistic regression with a ridge on the standardised weights, by Newton's method."""
    x = np.array([look.values for look in looks])
    y = np.array([look.right for look in looks], float)
    means, scales = x.mean(0), np.maximum(x.std(0), 1e-6)
    used = np.array([name in USED.get(looks[0].route, FEATURES) for name in FEATURES])
    scales[~used] = 1e6
    design = np.hstack([np.ones((len(x), 1)), (x - means) / scales])
    penalty = np.diag([0.0] + [RIDGE] * x.shape[1])
    w = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ w))
        slope = design.T @ (y - p) - penalty @ w
        curve = design.T @ (design * (p * (1 - p))[:, None]) + penalty
        w = w + np.linalg.solve(curve, slope)
    return Fit(float(w[0]), w[1:], means, scales)


def looks_of(site: object, asked: Sequence[Question]) -> tuple[list[Look], list[Look]]:
    """The looks that `find` may take for each question, and those that are fitted.

    They differ for ACROSS: it is fitted on questions in other languages whose own articles are put aside, which is what
    a language without articles is like.
    """
    real, fitted = [], []
    for number, question in enumerate(asked):
        own = Route.MINILM if question.language == "en" else Route.E5
        rest = [code for code in ("de", "en", "es", "fr") if code != question.language]
        ways = [(own, [question.language], "", (real, fitted)), (Route.ACROSS, rest, question.language, (real,))]
        if own is Route.E5:
            ways.append((Route.ACROSS, rest, "", (fitted,)))
        for route, languages, not_in, lists in ways:
            found = search._look(site, question.text, languages, route, "", 5, not_in)
            if found.passages:
                right = found.passages[0].slug in question.relevant
                look = Look(number, route, features(question.text, found.passages), right)
                for kept in lists:
                    kept.append(look)
    return real, fitted


def left_out(looks: Sequence[Look], fitted: Sequence[Look]) -> dict[tuple[int, Route], float]:
    """Each look's probability by a fit that has not seen its question."""
    order = np.random.default_rng(7).permutation(max(look.question for look in looks) + 1)
    fold_of = {int(question): place % FOLDS for place, question in enumerate(order)}
    out = {}
    for route in Route:
        mine = [look for look in looks if look.route is route]
        for fold in range(FOLDS):
            model = fit([look for look in fitted if look.route is route and fold_of[look.question] != fold])
            for look in mine:
                if fold_of[look.question] == fold:
                    out[look.question, route] = float(model.probability(np.array(look.values)))
    return out


def outcome(looks: Sequence[Look], probabilities: dict[tuple[int, Route], float], threshold: float) -> tuple[int, int]:
    """(answers, wrong answers) of the whole `find` at a threshold: its own language first, then any."""
    answers = wrong = 0
    for number in {look.question for look in looks}:
        mine = sorted((look for look in looks if look.question == number), key=lambda look: look.route is Route.ACROSS)
        chosen = next((look for look in mine if probabilities[number, look.route] >= threshold), None)
        answers += chosen is not None
        wrong += chosen is not None and not chosen.right
    return answers, wrong


def choose(looks: Sequence[Look], probabilities: dict[tuple[int, Route], float]) -> float:
    """The lowest threshold at which no more than WRONG_ALLOWED of the answers are wrong."""
    for threshold in np.arange(0.3, 1.0, 0.01):
        answers, wrong = outcome(looks, probabilities, threshold)
        if wrong <= WRONG_ALLOWED * answers:
            return round(float(threshold), 2)
    return 1.0


def main() -> None:
    asked = questions("tune")
    site = demo.load()
    index.own()
    indexing.rebuild(site, now=timezone.now())
    looks, fitted = looks_of(site, asked)
    probabilities = left_out(looks, fitted)
    fitted_alone = left_out(fitted, fitted)
    for route in Route:
        mine = [look for look in fitted if look.route is route]
        p = np.array([fitted_alone[look.question, route] for look in mine])
        y = np.array([look.right for look in mine])
        auroc = float((p[y][:, None] > p[~y][None]).mean() + 0.5 * (p[y][:, None] == p[~y][None]).mean())
        print(f"{route}: {len(mine)} looks, {y.sum()} right, AUROC of right {auroc:.3f}")
    threshold = choose(looks, probabilities)
    for at in sorted({0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, threshold}):
        answers, wrong = outcome(looks, probabilities, at)
        print(f"threshold {at:.2f}: answered {answers / len(asked):.3f}, wrong {wrong / max(answers, 1):.3f}")
    fits = {route: fit([look for look in fitted if look.route is route]) for route in Route}
    for route, made in fits.items():
        print(route, dict(zip(FEATURES, made.weights.round(2).tolist(), strict=True)))
    if "--write" in sys.argv:
        write(threshold, fits)


def write(threshold: float, fits: dict[Route, Fit]) -> None:
    routes = {
        route.value: {
            "bias": round(made.bias, 4),
            **{name: [round(float(v), 4) for v in getattr(made, name)] for name in ("weights", "means", "scales")},
        }
        for route, made in fits.items()
    }
    source = "benchmarks/fit_answerable.py on benchmarks/demo/questions-tune.jsonl"
    content = {"source": source, "features": list(FEATURES), "threshold": threshold, "routes": routes}
    PARAMETERS.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
