"""A classifier is fitted, saved, read back, and says the same without scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn import linear_model

from chat.learned import fitting, linear


def clouds(labels: str, seed: int = 1) -> tuple[np.ndarray, list[str]]:
    """Fifty rows of four numbers around a point for each letter."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(len(labels), 4)) * 2
    rows = np.concatenate([random.normal(size=(50, 4)) + centre for centre in centres]).astype(np.float32)
    return rows, [label for label in labels for _ in range(50)]


@pytest.mark.parametrize("labels", ["ab", "abc"])
def test_it_tells_the_labels_apart_and_survives_being_saved(labels):
    rows, said = clouds(labels)
    made = linear.from_bytes(fitting.fit(rows, said).as_bytes())
    unseen, truth = clouds(labels, seed=2)
    found = made.probabilities(unseen)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-3)
    right = [made.labels[at] == label for at, label in zip(found.argmax(axis=1), truth, strict=True)]
    assert sum(right) > 0.8 * len(right)


def test_its_probabilities_are_those_of_the_fit():
    rows, said = clouds("ab")
    sklearn = linear_model.LogisticRegression(C=1.0, max_iter=1000).fit(rows, said)
    assert np.allclose(fitting.fit(rows, said).probabilities(rows), sklearn.predict_proba(rows), atol=1e-3)


def test_reading_one_loads_no_scikit_learn():
    script = "import sys, chat.learned.linear; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_what_is_no_classifier_is_refused():
    with pytest.raises(ValueError, match="pickle"):
        linear.from_bytes(b"import os")
