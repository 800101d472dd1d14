"""What e5's vectors of a language's texts have in common, taken out of a question before it meets another language.

Each language lies in a place of its own among the vectors (Libovický, Rosa and Fraser, On the Language Neutrality of
Pre-trained Multilingual Representations, 2020), and a passage is near to questions of a language for that alone.
benchmarks/fit_language_means.py makes the means; docs/retrieval.md has the evidence.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from .shelf import Matrix

SHIPPED: Final = Path(__file__).with_name("language_means.npz")
# Of 0.3 to 0.7 the best across languages. Within a language all of it was worse.
SHARE: Final = 0.5


def without_language(vector: Matrix, language: str) -> Matrix:
    """A question's vector by e5, less half of its language's mean; where that is not known, of the mean of all.

    The passages stay as they are: to take something out of these as well moves all scores of a question alike.
    """
    means = _means()
    moved: Matrix = vector - SHARE * means.get(language.lower().partition("-")[0], means[""])
    return moved


@cache
def _means() -> dict[str, Matrix]:
    """Language → mean, and under "" the mean of these."""
    with np.load(SHIPPED) as stored:
        means = {language: stored[language].astype(np.float32) for language in stored.files}
    return means | {"": np.mean(list(means.values()), axis=0)}
