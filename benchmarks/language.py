"""Language detection on labelled texts, and what it costs: `.venv/bin/python -m benchmarks.language PATH.jsonl`.

A row is `text` and `language` (ISO 639-1). Also: how often the first words of a text leave the language that is spoken,
and how often they find it from a wrong one.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from chat.assistant import language


def resident_mb() -> float:
    """This process's resident memory (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main(path: str) -> None:
    """Print accuracy, time, memory and steadiness."""
    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]
    before = resident_mb()
    language.warm()
    right, times = Counter[str](), list[float]()
    for row in rows:
        began = time.thread_time()
        right[row["language"]] += language.detect(row["text"]) == row["language"]
        times.append((time.thread_time() - began) * 1000)
    times.sort()
    total = Counter(row["language"] for row in rows)
    print(f"accuracy {right.total() / len(rows):.4f} of {len(rows)}", {k: round(right[k] / total[k], 3) for k in total})
    print(f"CPU ms p50 {times[len(times) // 2]:.3f}, p99 {times[int(len(times) * 0.99)]:.3f}, most {times[-1]:.2f}")
    print(f"resident +{resident_mb() - before:.0f} MB")
    for words in (1, 2, 3, 4, 6, 99):
        left, found = (steadiness(rows, words, wrong=wrong) for wrong in (False, True))
        print(f"first {words:2} words: leave the right language {left:.4f}, find it from a wrong one {found:.3f}")


def steadiness(rows: list[dict[str, str]], words: int, *, wrong: bool) -> float:
    """The share of first words by which `quick` finds their language from a wrong one, or leaves the right one."""
    hits = 0
    for row in rows:
        spoken = row["language"] if not wrong else "de" if row["language"] == "en" else "en"
        said = language.quick(" ".join(row["text"].split()[:words]), spoken)
        hits += (said == row["language"]) is wrong
    return hits / len(rows)


if __name__ == "__main__":
    main(sys.argv[1])
