"""How likely a text attacks the assistant's instructions instead of asking something."""

from typing import Final

from chat.learned.linear import Matrix
from chat.signals import texts

# From here on it is counted as an attack. Chosen on our own lines, each judged by a fit without it
# (benchmarks/fit_signals.py): 1 % of the harmless ones lie above.
THRESHOLD: Final = 0.7


def score(text: str, vector: Matrix, model: str) -> float:
    """0 to 1; `vector` (384) is the text's by `model`."""
    head = texts.shipped("injection", model)
    return float(head.probabilities([text], vector[None])[0, head.labels.index("attack")])
