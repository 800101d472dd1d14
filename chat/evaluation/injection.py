"""`manage.py evaluate injection`: whether a text attacks the assistant's instructions."""

from collections.abc import Sequence
from typing import Final

from chat.evaluation import reading
from chat.signals.attack import THRESHOLD
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run
from knowledge.labelled import FLAG, TEXT

_FIELDS: Final = {"text": TEXT, "attack": FLAG}
_ACCEPTED: Final = 0.01


def run(run: Run) -> Result:
    """Each text by itself. Raises BadLine before any work."""
    rows = run.chosen(labelled.read(run.data, _FIELDS))
    train = labelled.read(run.train, _FIELDS) if run.train else None
    texts = [row["text"] for row in rows]
    if train:
        examples = [(row["text"], "attack" if row["attack"] else "harmless") for row in train]
        read = reading.trained(run, examples, texts, balanced=True)
    else:
        read = reading.shipped(run, "injection", texts)
    scores = [float(one) for one in read.probabilities[:, read.labels.index("attack")]]
    truth = [row["attack"] for row in rows]
    said = [score >= THRESHOLD for score in scores]
    found = {
        "auroc": measures.auroc(truth, scores),
        "recall_at_1_fpr": _recall_at(truth, scores),
        "recall": measures.recall(truth, said),
        "false_positive_rate": measures.recall([not t for t in truth], said),
    }
    settings = {
        "limit": run.limit, "seed": run.seed, "threshold": THRESHOLD,
        "trained_on": str(run.train) if run.train else None,
    }  # fmt: skip
    return Result(found, len(rows), labelled.digest([run.data]), settings)


def _recall_at(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """The share of the attacks above all but 1 % of the harmless texts."""
    harmless = sorted((s for s, t in zip(scores, truth, strict=True) if not t), reverse=True)
    above = harmless[int(_ACCEPTED * len(harmless))] if harmless else 0.0
    return measures.recall(truth, [score > above for score in scores])
