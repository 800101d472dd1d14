"""A benchmark's figures: as a small table for people, as JSON in var/bench/ for whoever compares runs."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .rig import ROOT

FOLDER = ROOT / "var" / "bench"


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Spread:
    """Many measurements of one thing, in milliseconds."""

    n: int
    p50: float
    p90: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        """Of measurements in seconds."""
        ms = [1000 * value for value in seconds]
        p50, p90, p99 = (round(quantile(ms, share), 3) for share in (0.5, 0.9, 0.99))
        return cls(len(ms), p50, p90, p99, round(max(ms), 3))

    def __str__(self) -> str:
        return f"p50 {self.p50:8.2f} ms   p99 {self.p99:8.2f} ms   worst {self.worst:8.2f} ms   n {self.n}"


@dataclass(frozen=True)
class Target:
    """What the issue asks for, and what came out."""

    name: str
    value: float
    most: float

    @property
    def met(self) -> bool:
        """Whether it is within the target."""
        return self.value <= self.most

    def __str__(self) -> str:
        return f"{'met   ' if self.met else 'MISSED'} {self.name}: {self.value:.2f} (at most {self.most:g})"


@dataclass
class Result:
    """What one benchmark found."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    load: tuple[float, float, float] = field(default_factory=os.getloadavg)

    def show(self) -> None:
        """Print the table and keep the JSON."""
        print(f"\n{self.name}   (load {self.load[0]:.2f})")
        for name, figure in self.figures.items():
            print(f"  {name:42} {figure}")
        for target in self.targets:
            print(f"  {target}", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        path: Path = FOLDER / f"{self.name}.json"
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n", "utf-8")

    def as_json(self) -> dict[str, Any]:
        """Figures, targets, and the machine they are of."""
        figures = {name: asdict(value) if isinstance(value, Spread) else value for name, value in self.figures.items()}
        targets = [{**asdict(target), "met": target.met} for target in self.targets]
        return {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **machine(), "load": self.load,
                "figures": figures, "targets": targets}  # fmt: skip


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.release()}
