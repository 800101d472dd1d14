"""kill -9 while articles are being indexed: afterwards the index is what the rows say."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import articles
from benchmarks.rig import Tandem

from .conftest import ROUNDS

ARTICLES = 12
INDEXED_WITHIN_S = 300.0  # the demo shop in five languages, on a busy machine
pytestmark = pytest.mark.timeout(600 + 60 * ROUNDS)


async def test_the_index_is_what_the_rows_say_after_a_kill_in_mid_index(
    server: Tandem, dice: random.Random, count_hits: dict[str, Any], tmp_path: Path
) -> None:
    """Each round: articles are imported beside the server, it is killed somewhere in the indexing, and starts again."""
    seconds = await _index(server, articles.write(tmp_path, "first", count=ARTICLES, dice=dice))
    for number in range(ROUNDS):
        if number:
            await asyncio.to_thread(server.start)
        more = articles.write(tmp_path, f"round-{number}", count=ARTICLES, dice=dice)
        server.command("import_articles", str(more))
        await asyncio.sleep(seconds * dice.random() ** 2)
        left = server.unindexed()
        server.kill()
        _count(count_hits, left)
        await asyncio.to_thread(server.start)
        await _indexed(server)
        server.stop()
        assert "FAULT" not in server.command("doctor")
    assert count_hits["in mid-index"], "no kill hit its moment"
    assert "Another process has the index" not in server.log.read_text("utf-8"), "a stale lock"


async def _index(server: Tandem, path: Path) -> float:
    """Import without a kill; seconds that the indexing takes."""
    await _indexed(server)
    server.command("import_articles", str(path))
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
