"""Who goes first at the writer, and that nobody's work is lost there."""

import asyncio
import threading

import pytest

from chat import crossing


async def test_who_waits_for_an_ack_goes_before_answers_that_are_only_kept():
    free, done = threading.Event(), []
    holding = [asyncio.create_task(crossing.write(free.wait, 5)) for _ in range(crossing._writer._max_workers)]
    await asyncio.sleep(0.02)
    kept = [asyncio.create_task(crossing.write_then(done.append, f"answer {n}")) for n in (1, 2)]
    await asyncio.sleep(0)
    acked = [asyncio.create_task(crossing.write(done.append, f"message {n}")) for n in (1, 2)]
    await asyncio.sleep(0)
    free.set()
    await asyncio.gather(*holding, *kept, *acked)
    assert sorted(done[:2]) == ["message 1", "message 2"]
    assert sorted(done[2:]) == ["answer 1", "answer 2"]


async def test_what_was_called_off_while_it_waited_is_not_done_and_the_next_is():
    free, done = threading.Event(), []
    holding = [asyncio.create_task(crossing.write(free.wait, 5)) for _ in range(crossing._writer._max_workers)]
    await asyncio.sleep(0.02)
    called_off = asyncio.create_task(crossing.write(done.append, "called off"))
    following = asyncio.create_task(crossing.write_then(done.append, "following"))
    await asyncio.sleep(0)
    called_off.cancel()
    await asyncio.sleep(0)
    free.set()
    await asyncio.gather(*holding, following)
    assert done == ["following"]


async def test_what_fails_is_told_to_who_asked_and_to_nobody_else():
    with pytest.raises(ValueError, match="invalid literal"):
        await crossing.write(int, "x")
    assert await crossing.write(int, "3") == 3
