"""Takes personal data out of texts and says what stands for what, so that a leak can be looked for from outside."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand

from knowledge import labelled
from supportsite.redact import Redactor
from supportsite.redaction.orders import BadForm, expression

_FIELDS: Final = {
    "text": labelled.TEXT,
    "language": labelled.MAYBE_TEXT,
    "region": labelled.MAYBE_TEXT,
}


class Command(BaseCommand):
    """Each row is a conversation of its own; exit 2 for a line or an option that is wrong."""

    help = "Write the rows of FILE with what a third party would see of their texts (docs/evaluation.md)"
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As docs/evaluation.md says."""
        parser.add_argument("--data", type=Path, required=True, help="JSON Lines with `text`")
        parser.add_argument("--out", type=Path, required=True, help="the same rows with `redacted` and `placeholders`")
        parser.add_argument("--orders", action="append", default=[], help="a form of order numbers, such as NP-######")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            for form in options["orders"]:
                expression(form)
            rows = labelled.read(options["data"], _FIELDS)
            lines = [json.dumps(_redacted(row, options["orders"]), ensure_ascii=False) for row in rows]
            options["out"].write_text("\n".join(lines) + "\n", "utf-8")
        except (labelled.Unusable, BadForm) as error:
            self._refuse(str(error))
        except OSError as error:
            self._refuse(f"--out: {options['out']} cannot be written ({error.strerror})")
        self.stdout.write(f"{len(rows)} rows")

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(2)


def _redacted(row: dict[str, Any], orders: list[str]) -> dict[str, Any]:
    text = row["text"]
    redactor = Redactor([text], language=row.get("language") or "en", region=row.get("region") or "", orders=orders)
    kept = {name: value for name, value in row.items() if name != "line"}
    return kept | {"redacted": redactor.redact(text), "placeholders": redactor.values}
