"""Rows of texts read by what ships, or by what their owner's rows train: mood, emotion, attacks."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chat.assistant import language
from chat.learned.linear import Matrix
from chat.signals import fit, texts
from knowledge.embed import E5, MINILM, available, named
from knowledge.evaluation import Run

_AT_ONCE = 64
UNKNOWN = "en"  # a text without a word to go by, such as "???"


@dataclass(frozen=True)
class Read:
    """What was said of each text: (texts, labels), and the milliseconds that each took beside its vector."""

    labels: tuple[str, ...]
    probabilities: Matrix
    ms: Sequence[float]


def shipped(run: Run, kind: str, rows: Sequence[str]) -> Read:
    """By what Tandem comes with, each text in its own language."""
    models = [texts.model_for(kind, language.detect(text) or UNKNOWN) for text in rows]
    labels = texts.shipped(kind, models[0]).labels
    found, ms = np.zeros((len(rows), len(labels)), np.float32), [0.0] * len(rows)
    for model in dict.fromkeys(models):
        at = [place for place, one in enumerate(models) if one == model]
        read = _by(texts.shipped(kind, model), model, [rows[place] for place in at], run, f"by {model}")
        found[at] = read.probabilities
        for place, spent in zip(at, read.ms, strict=True):
            ms[place] = spent
    return Read(labels, found, ms)


def trained(run: Run, examples: Sequence[tuple[str, str]], rows: Sequence[str], *, balanced: bool) -> Read:
    """By what these examples train: by one model, that of their commonest language."""
    said = [text for text, _label in examples]
    spoken = Counter(language.detect(text) or UNKNOWN for text in said).most_common(1)[0][0]
    model = MINILM if spoken == "en" or not available(E5) else E5
    head = fit.head(said, [label for _text, label in examples], vectors(said, model, run, "train"), balanced=balanced)
    return _by(head, model, rows, run, "texts")


def vectors(rows: Sequence[str], model: str, run: Run, name: str) -> Matrix:
    """The vectors of texts, some at once."""
    bar = run.bar(name)
    found = []
    for start in range(0, len(rows), _AT_ONCE):
        found.append(named(model).matrix(rows[start : start + _AT_ONCE], "query"))
        bar(min(start + _AT_ONCE, len(rows)), len(rows))
    return np.concatenate(found)


def _by(head: texts.Head, model: str, rows: Sequence[str], run: Run, name: str) -> Read:
    read, ms = [], []
    for text, vector in zip(rows, vectors(rows, model, run, name), strict=True):
        began = time.perf_counter()
        read.append(head.probabilities([text], vector[None])[0])
        ms.append(1000 * (time.perf_counter() - began))
    return Read(head.labels, np.stack(read), ms)
