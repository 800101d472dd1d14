"""Words that a question and the sections found by meaning have in common: which has more of those that matter."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

# Words are compared by their first letters, in every language: on the demo's tuning questions as good as stemming
# (recall@1 .683 for either, .633 without this part; docs/retrieval.md), and the time of a dictionary look-up.
STEM = 5
_WORD = re.compile(r"\w+")
# Chinese, Japanese and Thai write no spaces: there two letters count as a word.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")


def terms(text: str) -> set[str]:
    """The terms of a text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    pairs = {run[i : i + 2] for run in _UNSPACED.findall(folded) for i in range(max(1, len(run) - 1))}
    return pairs | {word[:STEM] for word in _WORD.findall(_UNSPACED.sub(" ", folded))}


def coverage(question: str, texts: Sequence[str]) -> list[float]:
    """For each text the share of the question's terms in it, 0 to 1; terms that most of the texts have weigh little.

    The weights come from these texts alone: they were found by meaning, so what tells them apart is what counts.
    """
    asked = terms(question)
    found = [asked & terms(text) for text in texts]
    counts = Counter(term for had in found for term in had)
    weights = {t: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for t, n in counts.items()}
    total = sum(weights.values()) or 1.0
    return [sum(weights[term] for term in had) / total for had in found]
