"""`manage.py evaluate redaction`: how much personal data is found, and how much else is taken for it."""

import statistics
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from knowledge import labelled
from knowledge.evaluation import Result, Run
from supportsite import redact
from supportsite.redaction.span import Kind, Span

# What other people's data calls our kinds, by a part of the name; the first that fits.
_NAMES: Final = (
    ("EMAIL", Kind.EMAIL), ("PHONE", Kind.PHONE), ("MOBILE", Kind.PHONE), ("FAX", Kind.PHONE), ("CARD", Kind.CARD),
    ("IBAN", Kind.IBAN), ("IP_", Kind.IP), ("IPV", Kind.IP), ("IPADD", Kind.IP), ("MAC", Kind.IP), ("URL", Kind.URL),
    ("SSN", Kind.ID), ("PASSPORT", Kind.ID), ("LICEN", Kind.ID), ("NATIONAL", Kind.ID), ("TAX", Kind.ID),
    ("SOCIAL", Kind.ID), ("NINO", Kind.ID), ("BIRTH", Kind.BIRTH), ("DOB", Kind.BIRTH), ("ORDER", Kind.ORDER),
    ("ADDRESS", Kind.ADDRESS), ("ZIP", Kind.ADDRESS), ("POST", Kind.ADDRESS), ("STREET", Kind.ADDRESS),
    ("LOCATION", Kind.ADDRESS), ("CITY", Kind.ADDRESS), ("BUILDING", Kind.ADDRESS), ("PERSON", Kind.NAME),
    ("NAME", Kind.NAME), ("ACCOUNT", Kind.NUMBER), ("BANK", Kind.NUMBER), ("NUM", Kind.NUMBER), ("ID", Kind.ID),
)  # fmt: skip


@dataclass
class _Tally:
    """What has been counted so far."""

    spans: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    typed: int = 0
    predicted: int = 0
    right: int = 0
    characters: int = 0
    leaked: int = 0

    def add(
        self, said: Sequence[Span], spans: Iterable[Mapping[str, Any]], optional: Iterable[Mapping[str, Any]]
    ) -> None:
        """One text."""
        covered = {at for span in said for at in range(span.start, span.end)}
        wanted = [(span["start"], span["end"], span["type"]) for span in spans]
        for start, end, kind in wanted:
            inside = set(range(start, end))
            self.spans[kind] += 1
            self.characters += len(inside)
            self.leaked += len(inside - covered)
            if inside <= covered:
                self.found[kind] += 1
                self.typed += any(s.start < end and s.end > start and s.kind == kind_of(kind) for s in said)
        for span in said:
            right = any(span.start < end and span.end > start for start, end, _ in wanted)
            allowed = any(span.start < one["end"] and span.end > one["start"] for one in optional)
            self.right += right
            self.predicted += right or not allowed

    def measures(self) -> dict[str, float]:
        """As docs/evaluation.md says."""
        recall = _share(self.found.total(), self.spans.total())
        precision = _share(self.right, self.predicted)
        return {
            "recall": recall,
            "precision": precision,
            "f2": _share(5 * precision * recall, 4 * precision + recall),
            "type_accuracy": _share(self.typed, self.found.total()),
            "leaked": _share(self.leaked, self.characters),
            **{f"recall_{kind}": _share(self.found[kind], count) for kind, count in sorted(self.spans.items())},
        }


def run(run: Run) -> Result:
    """Each text by itself. Raises BadLine before any work."""
    rows = run.chosen(labelled.read(run.data, FIELDS))
    tally, ms = _Tally(), []
    bar = run.bar("texts")
    redact.find("Warm")
    for done, row in enumerate(rows, start=1):
        began = time.perf_counter()
        said = redact.find(row["text"], redact.countries("en", ""))
        ms.append(1000 * (time.perf_counter() - began))
        tally.add(said, row["spans"], row.get("optional") or ())
        bar(done, len(rows))
    measures = tally.measures() | {"ms_p50": statistics.median(ms)}
    return Result(measures, len(rows), labelled.digest([run.data]), {"limit": run.limit, "seed": run.seed})


def kind_of(name: str) -> str:
    """Our kind for another's name of one; the name itself where we have none."""
    upper = name.upper().replace(" ", "_")
    return next((kind for part, kind in _NAMES if part in upper), upper)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _are_spans(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("start"), int)
        and isinstance(one.get("end"), int)
        and 0 <= one["start"] < one["end"]
        and isinstance(one.get("type"), str)
        for one in value
    )


_SPANS: Final = "a list of spans, each with start, end (above start) and type"
FIELDS: Final = {
    "text": labelled.TEXT,
    "spans": labelled.Field(_SPANS, _are_spans),
    "optional": labelled.Field(_SPANS, lambda value: value is None or _are_spans(value), required=False),
}
