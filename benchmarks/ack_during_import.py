"""The ack while 200 articles are imported and indexed by the same server, against its own quiet value."""

import random
import subprocess
import sys
import time

from . import ack, articles
from .ack import Visitor
from .report import Result, Spread, Target
from .rig import ROOT, Tandem, folder, tandem

ARTICLES = 200
QUIET = 200
LASTS_AT_MOST_S = 240.0


def run() -> Result:
    """First quiet, then from the start of the import until everything is indexed."""
    with tandem() as server, folder() as place:
        held, asked = ack.claimed(server), ack.with_assistant(server)
        for visitor in (held, asked):
            ack.warm(visitor)
        quiet_held = [held.once() for _ in range(QUIET)]
        quiet = [asked.once() for _ in range(QUIET)]
        path = articles.write(place, "imported", count=ARTICLES, dice=random.Random(3))
        began = time.monotonic()
        busy, busy_held = _while_importing(server, str(path), asked, held)
        lasted = time.monotonic() - began
    figures = {
        "quiet, the assistant has it": Spread.of(quiet),
        "during the import, the assistant has it": Spread.of(busy),
        "quiet, an agent has it": Spread.of(quiet_held),
        "during the import, an agent has it": Spread.of(busy_held),
        "the import and its indexing took, s": round(lasted, 1),
    }
    times, times_held = Spread.of(busy).p50 / Spread.of(quiet).p50, Spread.of(busy_held).p50 / Spread.of(quiet_held).p50
    targets = [Target("p50, times its quiet value, assistant", times, 3), Target("the same, agent", times_held, 3)]
    return Result("ack_during_import", figures, targets)


def _while_importing(server: Tandem, path: str, asked: Visitor, held: Visitor) -> tuple[list[float], list[float]]:
    command = [sys.executable, "manage.py", "import_articles", path]
    importing = subprocess.Popen(command, cwd=ROOT, env=server.env, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + LASTS_AT_MOST_S
    busy, busy_held = [], []
    try:
        while (importing.poll() is None or server.unindexed()) and time.monotonic() < deadline:
            busy.append(asked.once())
            busy_held += [held.once() for _ in range(5)]
    finally:
        if importing.poll() is None:
            importing.kill()
        if importing.wait():
            raise RuntimeError("the import failed")
    return busy, busy_held
