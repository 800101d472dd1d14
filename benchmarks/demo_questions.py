"""Questions that people would ask the demo shop: those of benchmarks/demo, in one language."""

import json

from .rig import ROOT


def texts(language: str, count: int) -> list[str]:
    """As many questions as wanted; they begin again where there are fewer."""
    found = []
    for path in sorted((ROOT / "benchmarks" / "demo").glob("questions-*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        found += [row["text"] for row in rows if row.get("language") == language and row.get("relevant")]
    return [found[number % len(found)] for number in range(count)]
