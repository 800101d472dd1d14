"""kill -9 at the worst moments: nothing lost or doubled, order kept, every turn answered once, soon after "ready"."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from benchmarks.rig import Tandem

from . import truth
from .conftest import ROUNDS
from .crowd import Crowd, open_turns

NEWCOMERS = 4
KEPT = 4
MOST_ROUNDS = ROUNDS + 3  # of a moment that no kill has hit yet
ANSWERED_WITHIN_S = 5.0
pytestmark = pytest.mark.timeout(120 + 3 * 40 * MOST_ROUNDS)

Moment = Callable[[Crowd, float], Coroutine[Any, Any, None]]


async def between_frame_and_ack(crowd: Crowd, share: float) -> None:
    """While the frames of all are being stored, the first ones perhaps acked already."""
    await asyncio.sleep(0.08 * share)


async def between_ack_and_answer(crowd: Crowd, share: float) -> None:
    """Soon after the first ack."""
    await asyncio.wait_for(crowd.first["ack"].wait(), 20)
    await asyncio.sleep(0.15 * share)


async def in_mid_stream(crowd: Crowd, share: float) -> None:
    """As soon as somebody reads the first words of an answer."""
    await asyncio.wait_for(crowd.first["delta"].wait(), 20)
    await asyncio.sleep(0.02 * share)


MOMENTS: tuple[tuple[Moment, str], ...] = (  # each with what shows that a kill hit it
    (between_frame_and_ack, "messages not acked"),
    (between_ack_and_answer, "acked, not answered"),
    (in_mid_stream, "in mid-stream"),
)


async def test_nothing_is_lost_or_doubled_by_a_kill(
    server: Tandem, crowd: Crowd, dice: random.Random, count_hits: dict[str, Any]
) -> None:
    """Each round: some new visitors, some known ones, everyone writes, kill, start, resend, check every row.

    All moments at one server, one after the other: what a kill left behind would meet the next one.
    """
    await crowd.gather(newcomers=KEPT)
    await crowd.ask(most=1)
    await crowd.at_rest(within=20)
    for moment, hit in MOMENTS:
        hits: dict[str, Any] = {}
        for number in range(MOST_ROUNDS):
            if number >= ROUNDS and hits[hit]:
                break
            await crowd.gather(newcomers=NEWCOMERS)
            await crowd.ask(most=1 if moment is in_mid_stream else 3)  # joined questions find no answer to stream
            await moment(crowd, dice.random())
            server.kill()
            await crowd.lost()
            _count(crowd, hits)
            await _come_back(crowd, hits)
            truth.check(crowd)
            await crowd.let_go(stay=KEPT)
        count_hits |= {f"{moment.__name__}: {name}": count for name, count in hits.items()}
        assert hits[hit], f"no kill {moment.__name__} hit its moment"
    assert "Another process has the index" not in server.log.read_text("utf-8"), "a stale lock"


async def _come_back(crowd: Crowd, counted: dict[str, Any]) -> None:
    """Start again on the same port; what was open is answered within 5 s of "ready", though nobody asks for it."""
    interrupted = open_turns(crowd.server)
    await asyncio.to_thread(crowd.server.start)
    ready = time.monotonic()
    await crowd.gather(newcomers=0)
    while open_turns(crowd.server) & interrupted:
        late = time.monotonic() - ready
        assert late < ANSWERED_WITHIN_S, f"{len(open_turns(crowd.server) & interrupted)} turns wait after {late:.1f} s"
        await asyncio.sleep(0.02)
    took = round(time.monotonic() - ready, 2) if interrupted else 0.0
    counted["s at most from ready to answered"] = max(took, counted.get("s at most from ready to answered", 0.0))
    await crowd.at_rest(within=20)


def _count(crowd: Crowd, counted: dict[str, Any]) -> None:
    """What was really in the air when the server died."""
    stored = {client_id for (client_id,) in crowd.server.rows("SELECT client_id FROM chat_event")}
    unacked = [frame_id for visitor in crowd.visitors for frame_id in visitor.unacked]
    first = [visitor for visitor in crowd.visitors if not visitor.acked]
    hits = {
        "kills": 1,
        "messages not acked": len(unacked),
        "of these stored already": len(stored.intersection(unacked)),
        "first messages among them": len(first),
        "acked, not answered": sum(visitor.unanswered for visitor in crowd.visitors),
        "in mid-stream": sum(bool(visitor.writing) for visitor in crowd.visitors),
        "turns open": len(open_turns(crowd.server)),
    }
    for name, count in hits.items():
        counted[name] = counted.get(name, 0) + count
