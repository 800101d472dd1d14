"""A server's folder made once and copied for each test, and the count of what the kills really hit."""

import json
import os
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rig import Tandem
from tests import ready

from .crowd import Crowd

ROUNDS = int(os.environ.get("TANDEM_FAULT_ROUNDS", "1"))
SEED = int(os.environ.get("TANDEM_FAULT_SEED", "3"))
_hits: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation after its first start, all indexed; the run's, or one of our own."""
    return Path(os.environ.get(ready.VARIABLE) or ready.make(tmp_path_factory.mktemp("made")))


@pytest.fixture
def installation(made: Path, tmp_path: Path) -> Iterator[Tandem]:
    """A copy of it that is this test's own; not started."""
    shutil.copytree(made, tmp_path / "var")
    server = Tandem(tmp_path / "var")
    yield server
    server.kill()


@pytest.fixture
def server(installation: Tandem) -> Tandem:
    """The same, serving."""
    installation.start()
    return installation


@pytest.fixture
async def crowd(server: Tandem, dice: random.Random) -> AsyncIterator[Crowd]:
    """Visitors of that server, who close their pages in the end."""
    crowd = Crowd(server, dice)
    yield crowd
    server.kill()
    await crowd.close()


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """The same throws in every run (TANDEM_FAULT_SEED for others)."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def count_hits(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where a test counts what its kills hit; shown at the end."""
    return _hits.setdefault(request.node.name, {})


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How often the moment was really hit."""
    if not _hits:
        return
    terminalreporter.section("what the kills hit")
    for name, counted in _hits.items():
        terminalreporter.write_line(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counted.items()))
    kept = Path(__file__).resolve().parents[2] / "var" / "tests" / "faults.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(_hits, indent=2) + "\n", "utf-8")
