"""kill -9 while articles are being indexed: afterwards the index is what the rows say."""

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rig import Tandem

from .conftest import ROUNDS

ARTICLES = 12
INDEXED_WITHIN_S = 60.0
pytestmark = pytest.mark.timeout(240 + 60 * ROUNDS)
WORDS = "tent stove jacket parcel refund label zip seam courier voucher size repair lamp rope boot sock pole mat".split()


async def test_the_index_is_what_the_rows_say_after_a_kill_in_mid_index(
    server: Tandem, dice: random.Random, count_hits: dict[str, Any], tmp_path: Path
) -> None:
    """Each round: articles are imported beside the server, it is killed somewhere in the indexing, and starts again."""
    seconds = await _index(server, _write_articles(tmp_path, "first", dice))
    for number in range(ROUNDS):
        server.command("import_articles", str(_write_articles(tmp_path, f"round-{number}", dice)))
        await asyncio.sleep(seconds * dice.random() ** 2)
        left = server.unindexed()
        server.kill()
        _count(count_hits, left)
        await asyncio.to_thread(server.start)
        await _indexed(server)
        server.stop()
        assert "FAULT" not in server.command("doctor")
        await asyncio.to_thread(server.start)
    assert count_hits["in mid-index"], "no kill hit its moment"
    assert "Another process has the index" not in server.log.read_text("utf-8"), "a stale lock"


async def _index(server: Tandem, articles: Path) -> float:
    """Import without a kill; seconds that the indexing takes."""
    await _indexed(server)
    server.command("import_articles", str(articles))
    began = time.monotonic()
    await _indexed(server)
    return time.monotonic() - began


async def _indexed(server: Tandem) -> None:
    deadline = time.monotonic() + INDEXED_WITHIN_S
    while left := server.unindexed():
        assert time.monotonic() < deadline, f"{left} versions are not indexed"
        await asyncio.sleep(0.05)


def _count(counted: dict[str, Any], left: int) -> None:
    hits = {"kills": 1, "in mid-index": bool(left), "of these with some indexed": 0 < left < ARTICLES}
    for name, hit in hits.items():
        counted[name] = counted.get(name, 0) + int(hit)


def _write_articles(folder: Path, name: str, dice: random.Random) -> Path:
    """Articles of four sections each, no two texts the same."""
    path = folder / f"{name}.jsonl"
    rows = [
        {"id": f"{name}-{number}", "title": _words(dice, 4), "body": "\n\n".join(_section(dice) for _ in range(4))}
        for number in range(ARTICLES)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _section(dice: random.Random) -> str:
    return f"## {_words(dice, 3)}\n\n" + " ".join(_words(dice, 9) + "." for _ in range(6))


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count)).capitalize()
