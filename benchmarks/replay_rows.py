"""Rows of `evaluate escalation` as rows of `manage.py replay`: python -m benchmarks.replay_rows FILE OUT.

Public sets hold several windows of one dialogue. Windows that share two messages one after the other get one id, so
that a threshold is chosen on other dialogues than those whose rate is told.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

_LONG = 60  # characters of two messages: shorter ones are said everywhere


def main(source: Path, target: Path) -> None:
    """Write them; `outcome` is escalated or resolved, as the row says."""
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines() if line.strip()]
    above: dict[int, int] = {}
    seen: dict[str, int] = {}

    def first(at: int) -> int:
        while above.get(at, at) != at:
            at = above[at]
        return at

    for at, row in enumerate(rows):
        for one, two in pairwise(message["text"] for message in row["messages"]):
            if len(one) + len(two) >= _LONG:
                other = first(seen.setdefault(f"{one}\n{two}", at))
                above[first(at)] = other
    with target.open("w", encoding="utf-8") as out:
        for at, row in enumerate(rows):
            outcome = "escalated" if row["escalate"] else "resolved"
            made = {"id": f"{source.stem}-{first(at)}", "messages": row["messages"], "outcome": outcome}
            out.write(json.dumps(made, ensure_ascii=False) + "\n")
    print(f"{len(rows)} windows of {len({first(at) for at in range(len(rows))})} dialogues or more")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
