"""Runs the benchmarks that are named, or all: `.venv/bin/python -m benchmarks [name …]`."""

import importlib
import subprocess
import sys

NAMES = (
    "ack",
    "ack_during_import",
    "first_delta",
    "alert",
    "alert_many",
    "memory",
    "widget",
    "storm",
    "scoring",
    "pipeline",
    "retrieval_speed",
    "indexing",
    "publish_to_use",
)


def main(names: list[str]) -> int:
    """Run them one after the other; 1 where a target was missed."""
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    if len(names) == 1:
        return _run(names[0])
    # Each in a process of its own: what one leaves in memory and in its database is not the next one's.
    return max([subprocess.call([sys.executable, "-m", "benchmarks", name]) for name in names or NAMES])


def _run(name: str) -> int:
    result = importlib.import_module(f"benchmarks.{name}").run()
    result.show()
    missed = sum(not target.met for target in result.targets)
    if missed:
        print(f"\n{missed} targets were missed; docs/benchmarks.md says what each means")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
