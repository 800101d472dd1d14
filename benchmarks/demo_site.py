"""The demo site in a database of its own, fully indexed, and the questions that are asked of it."""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "benchmarks" / "demo"


@dataclass(frozen=True)
class Question:
    """A labelled question; `relevant` holds the slugs that answer it, none if no article does."""

    text: str
    relevant: frozenset[str]
    language: str


def questions(name: str) -> list[Question]:
    """The questions of benchmarks/demo/questions-NAME.jsonl."""
    lines = (QUESTIONS / f"questions-{name}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Question(row["text"], frozenset(row["relevant"]), row["language"]) for row in rows]


def start() -> None:
    """Set Django up on TANDEM_VAR, else on a new folder that is thrown away. To be called before any import of ours."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")
    os.environ.setdefault("TANDEM_VAR", tempfile.mkdtemp(prefix="tandem-benchmark-"))
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
