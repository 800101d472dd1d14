"""`manage.py evaluate mood`: whether a text is negative, neutral or positive."""

import statistics
from typing import Final

from chat.evaluation import reading
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run
from knowledge.labelled import TEXT

MOODS: Final = {"negative": -1, "neutral": 0, "positive": 1}
_NAMES: Final = {mood: name for name, mood in MOODS.items()}
_FIELDS: Final = {
    "text": TEXT,
    "mood": labelled.Field("-1, 0 or 1", lambda value: type(value) is int and value in MOODS.values()),
}


def run(run: Run) -> Result:
    """Each text by itself. Raises BadLine before any work."""
    rows = run.chosen(labelled.read(run.data, _FIELDS))
    train = labelled.read(run.train, _FIELDS) if run.train else None
    texts = [row["text"] for row in rows]
    if train:
        examples = [(row["text"], _NAMES[row["mood"]]) for row in train]
        read = reading.trained(run, examples, texts, balanced=True)
    else:
        read = reading.shipped(run, "mood", texts)
    said = [MOODS[read.labels[at]] for at in read.probabilities.argmax(axis=1)]
    truth = [row["mood"] for row in rows]
    found = {
        "macro_f1": measures.macro_f1(truth, said, sorted(set(truth))),
        "accuracy": statistics.fmean(t == s for t, s in zip(truth, said, strict=True)),
        "auroc_negative": measures.auroc([t == -1 for t in truth], _column(read, "negative")),
        "ms_p50": statistics.median(read.ms),
    }
    settings = {"limit": run.limit, "seed": run.seed, "trained_on": str(run.train) if run.train else None}
    return Result(found, len(rows), labelled.digest([run.data]), settings)


def _column(read: reading.Read, label: str) -> list[float]:
    if label not in read.labels:
        return [0.0] * len(read.probabilities)
    return [float(one) for one in read.probabilities[:, read.labels.index(label)]]
