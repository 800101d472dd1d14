"""What can be evaluated on an owner's labelled data, and what every evaluation takes and gives (docs/evaluation.md)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from chat.evaluation import answer, emotion, escalation, injection, intent, language, mood, redaction, tier
from knowledge import evaluation
from knowledge.evaluation import Result, Run

CAPABILITIES: Final[Mapping[str, Callable[[Run], Result]]] = {
    "retrieval": evaluation.run_retrieval,
    "answerable": evaluation.run_answerable,
    "answer": answer.run,
    "language": language.run,
    "intent": intent.run,
    "tier": tier.run,
    "mood": mood.run,
    "emotion": emotion.run,
    "escalation": escalation.run,
    "injection": injection.run,
    "redaction": redaction.run,
}


@dataclass(frozen=True)
class Report:
    """What is printed, and written with --out."""

    capability: str
    result: Result
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The fields that docs/evaluation.md promises."""
        measures = {name: None if value != value else round(value, 4) for name, value in self.result.measures.items()}
        return {
            "capability": self.capability,
            "rows": self.result.rows,
            "data_sha256": self.result.digest,
            "measures": measures,
            "settings": dict(self.result.settings),
            "seconds": round(self.seconds, 2),
            "version": version(),
        }

    def as_table(self) -> str:
        """A line for each measure."""
        width = max(map(len, self.result.measures))
        lines = [f"{name:<{width}}  {_shown(value)}" for name, value in self.result.measures.items()]
        return "\n".join([f"{self.capability}: {self.result.rows} rows, {self.seconds:.1f} s", *lines])


def version() -> str:
    """This version of Tandem."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _shown(value: float) -> str:
    return "–" if value != value else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
