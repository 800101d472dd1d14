"""kill -9 while a new index is built beside the live one, and around the swap: one is live, whole, and searched."""

import asyncio
import random
import time
from typing import Any

import pytest

from benchmarks.rig import Tandem

from .conftest import ROUNDS

ENDS_WITHIN_S = 300.0
pytestmark = pytest.mark.timeout(600 + 120 * ROUNDS)
_STATES = "SELECT site_id, state, id FROM knowledge_edition ORDER BY id"
_VECTORS = "SELECT count(*) FROM knowledge_vector"


async def test_the_old_index_or_the_new_one_is_searched_after_a_kill(
    server: Tandem, dice: random.Random, count_hits: dict[str, Any]
) -> None:
    """Each round: a new index is asked for beside the server, which is killed while it is built, and starts again."""
    await _until(server, lambda: not server.unindexed())
    seconds = await _rebuild(server)
    vectors = server.rows(_VECTORS)
    for _number in range(ROUNDS):
        before = _live(server)
        server.command("reindex", "--no-wait")
        await asyncio.sleep(seconds * dice.random() * 1.1)
        server.kill()
        _count(count_hits, server, before)
        assert len(_live(server)) == 1, "one edition is searched, whenever it was"
        await asyncio.to_thread(server.start)
        await _until(server, lambda: not _at_work(server))
        assert _live(server) != before, "what was begun was gone on with"
        assert server.rows(_VECTORS) == vectors, "nothing was embedded again"
        server.stop()
        assert "FAULT" not in server.command("doctor")
        await asyncio.to_thread(server.start)
    assert count_hits["while it was built"], "no kill hit its moment"


async def _rebuild(server: Tandem) -> float:
    """Without a kill; seconds that it takes."""
    began = time.monotonic()
    server.command("reindex", "--no-wait")
    await _until(server, lambda: not _at_work(server))
    return time.monotonic() - began


async def _until(server: Tandem, holds: Any) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, server.rows(_STATES)
        await asyncio.sleep(0.05)


def _live(server: Tandem) -> list[int]:
    return [number for _site, state, number in server.rows(_STATES) if state == "live"]


def _at_work(server: Tandem) -> bool:
    return any(state == "building" for _site, state, _number in server.rows(_STATES))


def _count(counted: dict[str, Any], server: Tandem, before: list[int]) -> None:
    hits = {"kills": 1, "while it was built": _at_work(server), "after the swap": _live(server) != before}
    for name, hit in hits.items():
        counted[name] = counted.get(name, 0) + int(hit)
