"""kill -9 while a new index is built beside the live one, and around the swap: one is live, whole, and searched."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest

from benchmarks.rig import Tandem

from .conftest import ROUNDS

ARTICLES = 12
ENDS_WITHIN_S = 300.0
pytestmark = pytest.mark.timeout(600 + 120 * ROUNDS)
_STATES = "SELECT site_id, state, id FROM knowledge_edition ORDER BY id"
_UNCUT = """
    SELECT article.slug FROM knowledge_article article
    JOIN knowledge_edition edition ON edition.site_id = article.site_id AND edition.state = 'live'
    WHERE article.published_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM knowledge_section WHERE version_id = article.published_id AND edition_id = edition.id)
"""
_VECTORS = "SELECT count(*) FROM knowledge_vector"


async def test_the_old_index_or_the_new_one_is_searched_after_a_kill(
    installation: Tandem, dice: random.Random, count_hits: dict[str, Any]
) -> None:
    """Each round: a new index is asked for beside the server, which is killed while it is built, and starts again."""
    server = installation
    _keep(server, ARTICLES)
    await asyncio.to_thread(server.start)
    await _until(server, lambda: not server.unindexed())
    seconds = await _rebuild(server)
    vectors = server.rows(_VECTORS)
    for number in range(ROUNDS):
        if number:
            await asyncio.to_thread(server.start)
        before = _live(server)
        asking = await _ask(server)
        await asyncio.sleep(seconds * dice.random() * 1.1)
        server.kill()
        await asking
        _count(count_hits, server, before)
        assert len(_live(server)) == 1, "one edition is searched, whenever it was"
        assert server.rows(_UNCUT) == [], "and it is whole"
        await asyncio.to_thread(server.start)
        await _until(server, lambda: not _at_work(server))
        assert _live(server) != before, "what was begun was gone on with"
        assert server.rows(_VECTORS) == vectors, "nothing was embedded again"
        server.stop()
        assert "FAULT" not in server.command("doctor"), "the index is what the rows of that edition say"
    assert count_hits["while it was built"], "no kill hit its moment"


def _keep(server: Tandem, count: int) -> None:
    """Leave the shop a few articles: what is tried is the swap, and reading five languages takes long."""
    with closing(sqlite3.connect(server.var / "tandem.sqlite3")) as base, base:
        some = "SELECT id FROM knowledge_article WHERE published_id IS NOT NULL ORDER BY id LIMIT ?"
        base.execute(f"UPDATE knowledge_article SET published_id = NULL WHERE id NOT IN ({some})", [count])


async def _ask(server: Tandem) -> "asyncio.Future[str]":
    """Ask for a new index, until it is begun; the command may still be at its end."""
    asking = asyncio.ensure_future(asyncio.to_thread(server.command, "reindex", "--no-wait"))
    await _until(server, lambda: _at_work(server))
    return asking


async def _rebuild(server: Tandem) -> float:
    """Without a kill; seconds from its beginning to the swap."""
    asking = await _ask(server)
    began = time.monotonic()
    await _until(server, lambda: not _at_work(server))
    seconds = time.monotonic() - began
    await asking
    return seconds


async def _until(server: Tandem, holds: Any) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, server.rows(_STATES)
        await asyncio.sleep(0.02)


def _live(server: Tandem) -> list[int]:
    return [number for _site, state, number in server.rows(_STATES) if state == "live"]


def _at_work(server: Tandem) -> bool:
    return any(state == "building" for _site, state, _number in server.rows(_STATES))


def _count(counted: dict[str, Any], server: Tandem, before: list[int]) -> None:
    hits = {"kills": 1, "while it was built": _at_work(server), "after the swap": _live(server) != before}
    for name, hit in hits.items():
        counted[name] = counted.get(name, 0) + int(hit)
