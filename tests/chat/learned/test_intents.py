"""A reader of intents that was saved says the same; its nearness is that of a pencil."""

import numpy as np
import pytest

from chat.learned import intent_fitting, intents, ngrams
from chat.learned.intent_fitting import Labelled, TooFew
from chat.learned.intents import OUTSIDE, Asked, Examples


def labelled(labels: list[str], each: int = 12) -> Labelled:
    """Texts and vectors around a point for each label."""
    random = np.random.default_rng(4)
    centres = np.random.default_rng(1).normal(size=(len(labels), 16)) * 1.5
    rows = np.concatenate([random.normal(size=(each, 16)) + centre for centre in centres]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = [label for label in labels for _ in range(each)]
    words = ngrams.count([f"about {label or 'things'} {number}" for number, label in enumerate(names)])
    return Labelled(Asked({"one": rows, "two": rows[:, ::-1].copy()}, words), names, ["en"] * len(names))


def test_nearness_is_the_mean_of_the_three_nearest_of_each_label():
    vectors = np.array([[1, 0], [0.5, 0], [0, 1], [0.8, 0], [0.1, 0]], np.float32)
    made = Examples.of(vectors, np.array([0, 0, 1, 0, 0]))
    assert made.near(np.array([[1, 0]], np.float32), 3) == pytest.approx(
        np.array([[(1 + 0.8 + 0.5) / 3, 0, 0]], np.float32)
    )


def test_what_was_saved_says_the_same_at_home_and_away():
    data = labelled(["a", "b", "c", "d", OUTSIDE])
    made, held = intent_fitting.train(data, general="two")
    assert held.accuracy > 0.8
    again = intents.from_bytes(made.as_bytes())
    for language in ("en", "de"):
        before, after = made.judge(data.asked, language), again.judge(data.asked, language)
        assert after.labels == ("a", "b", "c", "d")
        assert np.allclose(before.probabilities, after.probabilities, atol=0.02)
        assert (before.is_sure == after.is_sure).mean() > 0.95
    assert set(again.away.shares) == {"two", "near:two"}


def test_one_intent_is_too_few():
    with pytest.raises(TooFew):
        intent_fitting.train(labelled(["a"]), general="two")


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="pickle"):
        intents.from_bytes(b"import os")
