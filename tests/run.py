"""Runs the tests kind by kind and ends with a line for each: `.venv/bin/python tests/run.py [kind …]`.

Two kinds run at a time, the longest first: those with a server or a browser wait, while the others compute.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import ready  # noqa: E402

RESULTS = ROOT / "var" / "tests"
SEED = random.randrange(2**32)  # of the tests' order
NO_TESTS = 5  # pytest's exit code where it collected nothing


@dataclass(frozen=True)
class Kind:
    """Tests that are run together, in one pytest; or a command that must end well."""

    name: str
    about: str
    folders: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    serves: bool = False  # its tests start servers of the demo shop, each on a copy of one first start


# The same tests as elsewhere, of what differs most there; `make servers` runs all that can be.
ON_SERVERS = (
    "-p",
    "tests.on_servers",
    "tests/protocol/test_handover.py",
    "tests/protocol/test_first_message.py",
    "tests/protocol/test_races.py",
    "tests/protocol/test_identity.py",
    "tests/protocol/test_redis_gone.py",
    "tests/chat/test_lifecycle.py",
    "tests/agents/test_given.py",
    "tests/agents/test_attending.py",
    "tests/agents/test_left_alone.py",
    "tests/supportsite/test_prepared.py",
    "-k",
    "not whatever_happens",  # long, and of the fold alone
)
# A file's tests in one of them: what they read alike is read once.
IN_TWO_PROCESSES = ("-n", "2", "--dist=loadfile")
KINDS = (  # the longest first
    Kind("journeys", "a person's aims, in a browser", ("journeys",), serves=True),
    Kind("unit", "each app, file by file", ("supportsite", "knowledge", "chat", "agents"), IN_TWO_PROCESSES),
    Kind("faults", "killed and started again, short form", ("faults",), serves=True),
    Kind("protocol", "a client that knows only docs/protocol.md", ("protocol",), serves=True),
    Kind("servers", "PostgreSQL, Redis and two web processes, short form", ("servers",), ON_SERVERS),
    Kind("docs", "documents and examples against the code", ("docs",)),
    Kind("checks", "style, types, layers, templates", command=("make", "--no-print-directory", "checks")),
    Kind("modules", "the widget's and console's scripts, in a browser", ("js",)),
    Kind("contract", "one suite on every implementation", ("contract",)),
    Kind("house", "the source itself: habits, lock, set-up", ("house",)),
)
AT_A_TIME = 2


@dataclass
class Outcome:
    """What came of one kind."""

    kind: Kind
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    computed: float = 0.0  # seconds of processor
    failures: list[str] = field(default_factory=list)
    remark: str = ""

    def line(self) -> str:
        """One row of the closing table."""
        counts = self.remark or f"{self.passed:5} passed  {self.failed:3} failed  {self.skipped:3} skipped"
        took = f"{self.seconds:6.1f} s  ({self.computed:3.0f} computed)"
        return f"{self.kind.name:10} {counts:36} {took:26} {self.kind.about}"


def tests_in(folder: Path) -> bool:
    """Whether a folder holds test files."""
    return any(folder.rglob("test_*.py"))


_speaking = threading.Lock()


def say(words: str) -> None:
    """Print lines of one kind together, whatever runs beside it."""
    with _speaking:
        print(words, flush=True)


_making = threading.Lock()


@cache
def _made() -> str:
    say("a demo shop for the servers is being made …")
    return str(ready.make(ready.FOLDER))


def demo_shop() -> dict[str, str]:
    """Where the tests' servers find what one first start made; kinds that begin meanwhile wait for it."""
    with _making:
        return {ready.VARIABLE: _made()}


def run(kind: Kind) -> Outcome:
    """Run one kind in a process of its own; its output is shown when it ends."""
    outcome = Outcome(kind)
    folders = [f"tests/{name}" for name in kind.folders if tests_in(ROOT / "tests" / name)]
    if not folders and not kind.command:
        outcome.remark = "no such tests yet"
        return outcome
    settings = demo_shop() if kind.serves else {}
    say(f"{kind.name} begins …")
    written = RESULTS / f"{kind.name}.xml"
    written.unlink(missing_ok=True)
    began = time.monotonic()
    options = ["-q", f"--randomly-seed={SEED}", f"--junitxml={written}", *kind.options]
    command = kind.command or (sys.executable, "-m", "pytest", *folders, *options)
    environment = {**os.environ, **settings, "COLUMNS": "120"}
    # A hundred processes are started: where none may keep what it compiled, each compiles all of our source again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _pid, status, used = os.wait4(process.pid, 0)  # its servers and browsers counted
        process.returncode = code = os.waitstatus_to_exitcode(status)
        said.seek(0)
        say(f"\n── {kind.name}: {kind.about} (--randomly-seed={SEED})\n{said.read()}")
    outcome.seconds = time.monotonic() - began
    outcome.computed = used.ru_utime + used.ru_stime
    read_report(written, outcome)
    outcome.passed += bool(kind.command and not code)
    if code and not outcome.failed:
        outcome.failed = 1
        outcome.remark = "collected no test" if code == NO_TESTS else f"ended with {code}"
    return outcome


def read_report(written: Path, outcome: Outcome) -> None:
    """Count what pytest wrote down."""
    if not written.exists():
        return
    for case in ElementTree.parse(written).iter("testcase"):
        found = {child.tag for child in case}
        if found & {"failure", "error"}:
            outcome.failed += 1
            outcome.failures.append(f"{case.get('classname')}::{case.get('name')}")
        elif "skipped" in found:
            outcome.skipped += 1
        else:
            outcome.passed += 1


def unplaced() -> list[str]:
    """Test files that no kind would run."""
    placed = {folder for kind in KINDS for folder in kind.folders}
    files = [file.relative_to(ROOT / "tests") for file in sorted((ROOT / "tests").rglob("test_*.py"))]
    return [str(file) for file in files if file.parts[0] not in placed]


def refusal(names: list[str]) -> str:
    """Why these kinds cannot be run, or ''."""
    unknown = set(names) - {kind.name for kind in KINDS}
    if unknown:
        return f"no such kind of test: {', '.join(sorted(unknown))}"
    return f"run by no kind of test: {', '.join(unplaced())}" if unplaced() else ""


def report(outcomes: list[Outcome]) -> int:
    """Say what came of each kind, and of all in the last line. Returns the exit code."""
    print()
    for outcome in outcomes:
        print(outcome.line())
    for outcome in outcomes:
        for failure in outcome.failures:
            print(f"failed: {failure}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def main(names: list[str]) -> int:
    """Run the kinds that are named, or all."""
    if refused := refusal(names):
        print(refused, file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    chosen = [kind for kind in KINDS if not names or kind.name in names]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return report(list(pool.map(run, chosen)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
