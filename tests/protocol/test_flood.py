"""A visitor who sends without pause: cut off whatever they send, and nobody else waits for it."""

import asyncio
import contextlib
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.protocol.client import Server, Widget, new_id
from tests.protocol.conftest import Desk, Meet, one_of

FLOODS: dict[str, dict[str, Any]] = {
    "pings": {"type": "ping"},
    "unknown types": {"type": "nonsense"},
    "blank messages": {"type": "message", "id": "x", "text": " "},
    "messages that are too long": {"type": "message", "id": "x", "text": "a" * 4001},
    "ratings of nothing": {"type": "rating", "id": "x", "score": 5},
}
MOST_FRAMES = 50_000  # a client that is never cut off gives up here


async def pour(widget: Any, frame: dict[str, Any]) -> None:
    """Send one frame again and again, as fast as the line takes it, until the socket is closed."""
    raw = json.dumps(frame)
    with contextlib.suppress(ConnectionClosed):
        for number in range(MOST_FRAMES):
            await widget.connection.send(raw)
            if number % 100 == 0:
                await asyncio.sleep(0)


@pytest.mark.parametrize("what", FLOODS)
async def test_who_sends_without_pause_is_cut_off(meet: Meet, server: Server, what: str) -> None:
    widget = await meet(server)
    await pour(widget, FLOODS[what])
    assert await widget.ended() == 4429
    assert len(widget.frames) < 500


async def test_a_console_that_asks_without_pause_for_what_is_refused_is_cut_off(desk: Desk) -> None:
    console: Any = await desk()
    await pour(console, {"type": "claim", "id": "x", "conversation": "none"})
    assert await console.ended() == 4429


async def test_the_same_message_again_and_again_is_cut_off(meet: Meet, limited: Server) -> None:
    widget = await meet(limited)
    message = one_of("How long does delivery take?")
    await widget.done("message", **message)
    await pour(widget, {"type": "message", **message})
    assert await widget.ended() == 4429


async def test_what_was_kept_while_the_line_was_away_goes_out_at_once(meet: Meet, server: Server) -> None:
    widget = await meet(server)
    messages = [one_of(f"How long does delivery take, {number}?") for number in range(60)]
    since = widget.mark()
    for message in messages:
        await widget.send("message", **message)
    for message in messages:
        await widget.frame("ack", since, id=message["id"], within=30)
    assert widget.code is None


async def test_a_console_may_open_many_conversations_at_once(desk: Desk, meet: Meet) -> None:
    console: Any = await desk()
    talks = []
    for _ in range(3):
        visitor = await meet()
        await visitor.say("How long does delivery take?")
        talks.append((await visitor.frame("conversation"))["id"])
    since = console.mark()
    for _ in range(25):
        for talk in talks:
            await console.send("open", conversation=talk)
    await console.settled()
    assert len(console.having(since, type="events")) >= 75
    assert console.having(since, type="error") == []


async def test_nobody_waits_for_one_who_floods(meet: Meet, server: Server) -> None:
    good = await meet(server)
    await good.say("How long does delivery take?")
    bad = await Widget.connect(server.socket_url("widget"), server.url)
    await bad.hello(server.site)
    flood = asyncio.create_task(pour(bad, FLOODS["pings"]))
    slowest = 0.0
    for _ in range(8):
        began = asyncio.get_running_loop().time()
        await good.done("message", id=new_id(), text="And to Norway?")
        slowest = max(slowest, asyncio.get_running_loop().time() - began)
    await flood
    assert slowest < 2
