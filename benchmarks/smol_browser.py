"""The 40 questions in a real browser, with the real small model behind the demo shop.

`python -m benchmarks.smol_browser` writes docs/provider-path-in-the-browser.md: what the model wrote, as the turn's
trace has it, beside what stood on the customer's screen.
"""

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.fakes.small_model import NAME, small_model
from tests.server import ROOT, ServerProcess

QUESTIONS = ROOT / "benchmarks" / "demo" / "questions-40.jsonl"
DOCUMENT = ROOT / "docs" / "provider-path-in-the-browser.md"
HEAD = """# The provider path in the browser

The 40 questions of `benchmarks/demo/questions-40.jsonl`, asked on the demo shop in Chromium with SmolLM2-135M as
`TANDEM_MODEL` (`python -m benchmarks.smol_browser`). Each question came from a new visitor. What the model tried is
from the turn's trace; what the customer saw is the text on the screen.

| | asked | the truth | what was tried, and what became of it | what the customer saw |
|---|---|---|---|---|
"""
ENDED = "SELECT trace, state FROM chat_turn ORDER BY id DESC LIMIT 1"


def ask(browser: Browser, server: ServerProcess, question: str) -> str:
    """Ask in a browser of its own; the text of the log's answer as the customer sees it, and what is offered."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-IE")
    try:
        page = context.new_page()
        page.goto(server.url + "/")
        page.get_by_role("button", name="Help").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_role("textbox").fill(question)
        sheet.get_by_role("button", name="Send").click()
        page.wait_for_timeout(500)
        wait_for_end(server)
        page.wait_for_timeout(400)
        shown = sheet.get_by_role("log").inner_text()
        return shown.split(question, 1)[-1].strip()
    finally:
        context.close()


def wait_for_end(server: ServerProcess) -> None:
    """Return once no turn is open."""
    end = time.monotonic() + 100
    while time.monotonic() < end:
        time.sleep(0.25)
        with sqlite3.connect(server.folder / "tandem.sqlite3") as rows:
            total, still = rows.execute(
                "SELECT count(*), sum(state IN ('queued', 'running')) FROM chat_turn"
            ).fetchone()
        if total and not still:
            return
    raise TimeoutError("a turn did not end within 100 s")


def written(server: ServerProcess) -> list[dict[str, Any]]:
    """What the newest turn's trace says of each try to write."""
    with sqlite3.connect(server.folder / "tandem.sqlite3") as rows:
        trace = json.loads(rows.execute(ENDED).fetchone()[0])
    return [step for step in trace.get("steps", []) if step["step"] == "write"]


def cell(text: str) -> str:
    """A text in one cell of a table."""
    return " ".join(text.replace("|", "\\|").split()) or "–"


def row(number: int, question: dict[str, Any], tries: list[dict[str, Any]], shown: str) -> str:
    """One question's line."""
    said = "; ".join(f"{one['decision']}: {json.dumps(one['evidence'], ensure_ascii=False)[:600]}" for one in tries)
    return f"| {number} | {cell(question['text'])} | {cell(question['truth'])} | {cell(said)} | {cell(shown)} |"


def main() -> None:
    """Ask all, write the page."""
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines() if line.strip()]
    lines = []
    with small_model() as url, tempfile.TemporaryDirectory() as folder, chromium() as browser:
        settings = {"TANDEM_MODEL": f"openai:{NAME}", "TANDEM_MODEL_URL": url, "TANDEM_LIMIT_NEW_VISITORS": "0"}
        server = ServerProcess(Path(folder), **settings, OPENAI_API_KEY="none-is-needed").start()
        for number, question in enumerate(questions, 1):
            shown = ask(browser, server, question["text"])
            lines.append(row(number, question, written(server), shown))
            sys.stderr.write(f"{number} {question['text']}\n")
        server.stop()
    DOCUMENT.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
