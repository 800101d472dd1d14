"""How alike a sentence is to others, whatever the language of either, by the model that reads every language."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from django.conf import settings

from . import embed
from .embed import E5, Matrix, ModelUnavailable


def likeness(text: str, others: Sequence[str]) -> tuple[float, ...] | None:
    """The cosine of `text` with each of `others`; None where that model is not there, or is not the site's to ask."""
    if settings.TANDEM.embeddings or not embed.available(E5):
        return None
    try:
        own = _vector(text)
        return tuple(float(own @ _vector(other)) for other in others)
    except ModelUnavailable:
        return None


@lru_cache(maxsize=2048)
def _vector(text: str) -> Matrix:
    vector: Matrix = embed.named(E5).matrix([text], "query")[0]
    return vector / np.linalg.norm(vector)
