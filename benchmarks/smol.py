"""Asks a real small model the 40 demo questions, and writes what it wrote beside what reached the customer.

`.venv/bin/python -m benchmarks.smol [--write]`; with --write into docs/provider-path.md, between its two marks.
"""

# ruff: noqa: PLC0415 (Django has to be set up before anything of ours is imported)

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import demo_site

DOCUMENT = demo_site.ROOT / "docs" / "provider-path.md"
BEGIN, END = "<!-- smol: begin -->", "<!-- smol: end -->"
TIMEOUT_S = 300.0


@dataclass
class Asked:
    """One question and what came of it."""

    question: str
    truth: str
    wrote: list[dict[str, Any]] = field(default_factory=list)
    reached: str = ""
    by: str = ""
    seconds: float = 0.0


class _Ledger:
    """Counts the calls; every row has to be closed."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    async def open(self, **call: Any) -> int:
        self.outcomes.append("open")
        return len(self.outcomes) - 1

    async def close(self, row: int, *, outcome: str, **tokens: int) -> None:
        self.outcomes[row] = outcome


def ask_all(url: str) -> tuple[list[Asked], list[str]]:
    """Every question through the whole pipeline, with the small model at `url` as TANDEM_MODEL."""
    from django.conf import settings

    from chat.assistant.ports import SiteView
    from knowledge import demo, indexing
    from tests.fakes.small_model import NAME

    site = demo.load()
    indexing.ensure(site)
    environment = settings.TANDEM.model_copy(
        update={"model": f"openai:{NAME}", "model_url": url, "model_timeout": TIMEOUT_S}
    )
    view = SiteView.of(site, environment)
    rows = [json.loads(line) for line in (demo_site.QUESTIONS / "questions-40.jsonl").read_text("utf-8").splitlines()]
    ledger = _Ledger()
    return [_ask(row, site, view, ledger) for row in rows], ledger.outcomes


def _ask(row: dict[str, Any], site: Any, view: Any, ledger: _Ledger) -> Asked:
    from chat.assistant.ports import Ports
    from chat.assistant.respond import respond
    from chat.assistant.steps import Answer
    from chat.assistant.transcript import Line, Transcript
    from chat.turn_ports import alike
    from knowledge import search

    found = search.find(site=site, question=row["text"], language=row["language"])

    async def port(question: str, language: str, region: str, before: str, /) -> search.Found:
        return found

    async def run() -> Any:
        transcript = Transcript("", row["language"], "", (Line(1, "visitor", row["text"]),), 1, 1)
        return [step async for step in respond(transcript, view, Ports(port, ledger, time.monotonic, alike=alike))][-1]

    began = time.monotonic()
    last = asyncio.run(run())
    asked = Asked(row["text"], row["truth"], seconds=time.monotonic() - began)
    tries = [step["evidence"] for step in last.trace["steps"] if step["step"] == "write"]
    asked.wrote = [sentence for one in tries if one["provider"] == "openai" for sentence in one["sentences"]]
    asked.reached = last.text if isinstance(last, Answer) else "(a person is called)"
    answered = isinstance(last, Answer) and last.answered == "answer"
    asked.by = "nobody" if not answered else "small model" if tries[-1]["provider"] == "openai" else "built-in model"
    print(f"{asked.seconds:6.1f} s  {asked.by:15} {asked.question}", file=sys.stderr, flush=True)
    return asked


def table(asked: list[Asked], outcomes: list[str]) -> str:
    """The page's generated part."""
    sentences = [sentence for one in asked for sentence in one.wrote]
    cut = Counter(sentence["why"].split()[0] for sentence in sentences if not sentence["passed"])
    by = Counter(one.by for one in asked)
    lines = [
        f"{len(asked)} questions, {len(outcomes)} calls of the small model: "
        + ", ".join(f"{count} {name}" for name, count in Counter(outcomes).most_common()) + ".",
        f"Of {len(sentences)} sentences that it wrote until it was stopped, "
        f"{len(sentences) - sum(cut.values())} passed; "
        "cut: " + ", ".join(f"{count} `{name}`" for name, count in cut.most_common()) + ".",
        "Answered by: " + ", ".join(f"{name} {count}" for name, count in by.most_common()) + ".",
        "",
        "| Question, and the truth in our articles | What the small model wrote | What reached the customer |",
        "|---|---|---|",
        *(_row(one) for one in asked),
    ]  # fmt: skip
    return "\n".join(lines)


def _row(one: Asked) -> str:
    wrote = " ".join(
        _cell(sentence["text"]) if sentence["passed"] else f"~~{_cell(sentence['text'])}~~ `{sentence['why']}`"
        for sentence in one.wrote
    )
    who = {"nobody": "*", "small model": "**small model:** ", "built-in model": "**built-in model:** "}[one.by]
    reached = f"*{_cell(one.reached)}*" if one.by == "nobody" else who + _cell(one.reached)
    return f"| **{_cell(one.question)}** {_cell(one.truth)} | {wrote or '(was not asked)'} | {reached} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>").replace("*", "\\*")[:700]


def write(text: str, document: Path = DOCUMENT) -> None:
    """Put the generated part between the document's marks."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main(arguments: list[str]) -> None:
    """Run, print the counts, and with --write keep the page."""
    demo_site.start()
    from tests.fakes.small_model import small_model

    with small_model() as url:
        text = table(*ask_all(url))
    if "--write" in arguments:
        write(text)
    print("\n".join(text.split("\n")[:3]))


if __name__ == "__main__":
    main(sys.argv[1:])
