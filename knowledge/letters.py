"""What a question and a text have in common letter by letter: that finds endings, compounds and turns of phrase.

Of runs of four letters, over the ends of words too: McNamee and Mayfield, Character N-Gram Tokenization for European
Language Text Retrieval (2004).
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from .lexical import ARABIC_FRONT

RUN: Final = 4
# How much of a text's share is that of all its article's texts together, as of its words (bm25.py).
_WHOLE: Final = 1 / 3
# Up to so many runs are sooner looked for in a text than the text is cut into its own.
_FEW: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")

Shares: TypeAlias = npt.NDArray[np.float64]


def shares(question: str, texts: Sequence[str], articles: Sequence[int]) -> Shares:
    """How much of the question's runs stands in each text, 0 to 1. `articles`: which texts are of one article.

    A run weighs by how few of these texts have it, as BM25's terms do: those that all have decide nothing.
    """
    line = _plain(question)
    asked = sorted(_runs(line))
    if not asked or not texts:
        return np.zeros(len(texts))
    held = np.array([_held(asked, _plain(text)) for text in texts], np.float64)
    together = np.minimum(np.equal.outer(articles, articles) @ held, 1)
    have = held.sum(axis=0)
    weights = np.log1p((len(texts) - have + 0.5) / (have + 0.5))
    mixed: Shares = ((1 - _WHOLE) * held + _WHOLE * together) @ weights
    return mixed / weights.sum()


def _held(asked: Sequence[str], line: str) -> list[bool]:
    there = line if len(asked) < _FEW else _runs(line)
    return [run in there for run in asked]


def _plain(text: str) -> str:
    """A text whatever its case and marks; each gap between words is one blank."""
    if text.isascii():
        words = _WORD.findall(text.lower())
    else:
        words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
        words = [ARABIC_FRONT.sub("", word, count=1) for word in words]
    return f" {' '.join(words)} "


def _runs(line: str) -> set[str]:
    return {line[start : start + RUN] for start in range(len(line) - RUN + 1)}
