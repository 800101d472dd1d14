"""What the embedded set-up holds resident after its first answers, and how long a second start takes, step by step."""

import os
import re
import statistics
from collections import defaultdict
from pathlib import Path

from . import demo_questions, first_delta
from .report import Result, Target
from .rig import Tandem, tandem

QUESTIONS_EACH = 3
STARTS = 3
_STEP = re.compile(
    r"^(?P<name>[a-z][a-z ]+?) +(?P<seconds>[\d.]+) s$|^(?P<ready>ready after) (?P<total>[\d.]+) s", re.M
)


def run() -> Result:
    """Answers in four languages, then the memory of every process of the group; then a few more starts."""
    with tandem() as server:
        for language in ("en", "de", "es", "fr"):
            for text in demo_questions.texts(language, QUESTIONS_EACH):
                first_delta.ask(server, text, locale=language)
        processes = _group(server.pid)
        resident = sum(_rollup(pid)["Rss"] for pid in processes)
        shared = sum(_rollup(pid)["Pss"] for pid in processes)
        parts = _parts(server.pid)
        starts = [_start_again(server) for _ in range(STARTS)]
    figures = {
        "processes": len(processes),
        "resident (RSS), MB": round(resident),
        "proportional (PSS), MB": round(shared),
        **{f"  of that {name}, MB": round(size) for name, size in parts[:8]},
        "second start to ready, s": round(statistics.median(total for total, _steps in starts), 2),
        **{f"  {name}, s": seconds for name, seconds in starts[-1][1].items()},
    }
    ready = statistics.median(total for total, _steps in starts)
    return Result("memory", figures, [Target("resident MB", resident, 600), Target("second start, s", ready, 6)])


def _start_again(server: Tandem) -> tuple[float, dict[str, float]]:
    server.stop()
    server.log.unlink()
    total = server.start()
    steps = {}
    for found in _STEP.finditer(server.tail()):
        steps[found["name"] or found["ready"]] = float(found["seconds"] or found["total"])
    return total, steps


def _group(leader: int) -> list[int]:
    """Every process of the server's group."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if _group_of(number) == leader]


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _rollup(pid: int) -> dict[str, float]:
    """Megabytes by name, as the kernel sums them up."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}


def _parts(pid: int) -> list[tuple[str, float]]:
    """Resident megabytes by what they are of."""
    parts: defaultdict[str, float] = defaultdict(float)
    name = ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            words = line.split(maxsplit=5)
            name = _kind(words[5] if len(words) > 5 else "")
        elif line.startswith("Rss:"):
            parts[name] += int(line.split()[1]) / 1024
    return sorted(parts.items(), key=lambda part: -part[1])


def _kind(path: str) -> str:
    if not path or path.startswith("["):
        return "heap and anonymous"
    if "site-packages" in path:
        return "package " + path.split("site-packages/")[1].split("/")[0]
    return "file " + Path(path).name
