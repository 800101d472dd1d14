"""Each text is read by an embedding model once in a run: what a test asks for again is what the model gave before.

A model gives a text the same vector whenever it is asked (tests/knowledge/test_embed.py, where none is kept), and
hundreds of tests publish the same few articles.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest

from knowledge.embed import WIDTH, E5Small, Embedder, Kind, Matrix, MiniLM

Read = Callable[[Embedder, Sequence[str], Kind], Matrix]
_vectors: dict[tuple[str, Kind, str], Matrix] = {}


@contextmanager
def read_once() -> Iterator[None]:
    """The models that ship read no text again."""
    with pytest.MonkeyPatch.context() as patch:
        for model in (MiniLM, E5Small):
            patch.setattr(model, "matrix", _remembering(model.matrix))
        yield


def _remembering(read: Read) -> Read:
    def matrix(embedder: Embedder, texts: Sequence[str], kind: Kind) -> Matrix:
        keys = [(embedder.model, kind, text) for text in texts]
        if new := [key for key in dict.fromkeys(keys) if key not in _vectors]:
            _vectors.update(zip(new, read(embedder, [text for _model, _kind, text in new], kind), strict=True))
        return np.stack([_vectors[key] for key in keys]) if keys else np.empty((0, WIDTH), np.float32)

    return matrix
