"""`manage.py evaluate escalation`: which conversations need a person, judged after the customer's last message."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from chat.signals import conversations, fit
from chat.signals.conversations import THRESHOLD, Reader
from chat.signals.dialogue import Said
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run
from knowledge.labelled import FLAG

SIDES: Final = ("customer", "assistant", "agent")
MESSAGES: Final = labelled.Field(
    "a list of objects with from (customer, assistant or agent) and text, one of them a customer's",
    lambda value: isinstance(value, list) and all(map(_is_message, value)) and any(map(_is_customers, value)),
)
ROWS: Final = {"messages": MESSAGES, "escalate": FLAG}
_BAND: Final = 0.2


def run(run: Run) -> Result:
    """Each conversation by itself. Raises BadLine before any work."""
    rows = run.chosen(labelled.read(run.data, ROWS))
    train = labelled.read(run.train, ROWS) if run.train else None
    by = fit.reader([lines_of(row) for row in train], [row["escalate"] for row in train]) if train else None
    scores, ms = _scores(by or conversations.shipped(), rows, run)
    truth = [row["escalate"] for row in rows]
    in_band = [score >= measures.at_share(scores, _BAND) for score in scores]
    said = [score >= THRESHOLD for score in scores]
    found = {
        "auroc": measures.auroc(truth, scores),
        "precision_20": measures.precision(truth, in_band),
        "recall_20": measures.recall(truth, in_band),
        "f1_20": measures.f1(truth, in_band),
        "rate": sum(said) / len(said),
        "precision": measures.precision(truth, said),
        "recall": measures.recall(truth, said),
        **measures.milliseconds(ms),
    }
    settings = {
        "limit": run.limit, "seed": run.seed, "threshold": THRESHOLD,
        "trained_on": str(run.train) if run.train else None,
    }  # fmt: skip
    return Result(found, len(rows), labelled.digest([run.data]), settings)


def lines_of(row: Mapping[str, Any]) -> list[Said]:
    """A row's messages."""
    return [Said(one["from"] == "customer", one["text"]) for one in row["messages"]]


def _scores(reader: Reader, rows: Sequence[Mapping[str, Any]], run: Run) -> tuple[list[float], list[float]]:
    scores, ms = [], []
    bar = run.bar("talks")
    for done, row in enumerate(rows, start=1):
        began = time.perf_counter()
        scores.append(float(reader.dissatisfied([lines_of(row)])[0]))
        ms.append(1000 * (time.perf_counter() - began))
        bar(done, len(rows))
    return scores, ms


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and value.get("from") in SIDES and isinstance(value.get("text"), str)


def _is_customers(value: Any) -> bool:
    return isinstance(value, dict) and value.get("from") == "customer"
