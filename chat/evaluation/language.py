"""`manage.py evaluate language`: which language a message is in."""

import statistics
import time

from chat.assistant import language
from knowledge import labelled
from knowledge.evaluation import Result, Run
from knowledge.labelled import TEXT

_CODE = labelled.Field(
    "a language as two letters (ISO 639-1)",
    lambda value: isinstance(value, str) and len(value) == 2 and value.islower(),
)


def run(run: Run) -> Result:
    """Each text by itself, as a conversation's first message. Raises BadLine before any work."""
    rows = run.chosen(labelled.read(run.data, {"text": TEXT, "language": _CODE}))
    said, ms = [], []
    bar = run.bar("texts")
    for done, row in enumerate(rows, start=1):
        began = time.perf_counter()
        said.append(language.detect(row["text"]))
        ms.append(1000 * (time.perf_counter() - began))
        bar(done, len(rows))
    measures = {
        "accuracy": statistics.fmean(s == row["language"] for s, row in zip(said, rows, strict=True)),
        "unknown": statistics.fmean(not s for s in said),
        "ms_p50": statistics.median(ms),
    }
    return Result(measures, len(rows), labelled.digest([run.data]), {"limit": run.limit, "seed": run.seed})
