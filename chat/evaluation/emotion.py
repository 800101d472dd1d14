"""`manage.py evaluate emotion`: what the writer of a text feels."""

import statistics
from collections.abc import Sequence
from typing import Any, Final

from chat.evaluation import reading
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run
from knowledge.labelled import NAMES, TEXT, Unusable

ROWS: Final = {"text": TEXT, "emotions": NAMES}


def run(run: Run) -> Result:
    """Each text by itself; of the names asked for, the likeliest is said. Raises BadLine before any work."""
    wanted = tuple(name.strip() for name in str(run.options.get("labels", "")).split(",") if name.strip())
    rows = run.chosen(_with(labelled.read(run.data, ROWS), wanted))
    train = _with(labelled.read(run.train, ROWS), wanted) if run.train else None
    if not rows or (run.train and not train):
        raise Unusable(f"--labels: no row has one of {', '.join(wanted)}")
    names = sorted(set(wanted) or {name for row in rows for name in row["emotions"]})
    texts = [row["text"] for row in rows]
    if train:
        examples = [(row["text"], name) for row in train for name in row["emotions"] if not wanted or name in wanted]
        read = reading.trained(run, examples, texts, balanced=False)
    else:
        read = reading.shipped(run, "emotion", texts)
    said = _likeliest(read, names)
    truth = [set(row["emotions"]) & set(names) for row in rows]
    each = {f"f1_{name}": measures.f1([name in t for t in truth], [s == name for s in said]) for name in names}
    right = sum(s in t for t, s in zip(truth, said, strict=True))
    found = {
        "macro_f1": statistics.fmean(each.values()),
        "micro_f1": 2 * right / max(sum(map(len, truth)) + sum(s is not None for s in said), 1),
        **each,
    }
    settings = {
        "limit": run.limit, "seed": run.seed, "labels": names, "trained_on": str(run.train) if run.train else None,
    }  # fmt: skip
    return Result(found, len(rows), labelled.digest([run.data]), settings)


def _with(rows: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[dict[str, Any]]:
    return [row for row in rows if not wanted or set(wanted) & set(row["emotions"])]


def _likeliest(read: reading.Read, names: Sequence[str]) -> list[str | None]:
    """The likeliest of these names for each text; None where what reads knows none of them."""
    at = [place for place, label in enumerate(read.labels) if label in names]
    if not at:
        return [None] * len(read.probabilities)
    return [read.labels[at[best]] for best in read.probabilities[:, at].argmax(axis=1)]
