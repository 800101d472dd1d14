"""Around a visitor's first message: a socket that closes at that moment, a second tab that opens at it."""

import asyncio
import random

from tests.protocol.client import Server, Widget, new_id
from tests.protocol.conftest import Desk
from tests.protocol.rules import widget_faults

ROUNDS, AT_ONCE = 5, 8
CHANCE = random.Random(20)


async def first_message_and_gone(server: Server, text: str, stay: float) -> None:
    """A new visitor's message; the page is closed `stay` seconds after the ack."""
    widget = await Widget.connect(server.socket_url("widget"), server.url)
    await widget.hello(server.site)
    await widget.say(text)
    await asyncio.sleep(stay)
    await widget.close()


async def test_who_closes_the_page_around_the_first_ack_has_left(server: Server, desk: Desk) -> None:
    console, text = await desk(), f"I would like a person {new_id()}"
    for _ in range(ROUNDS):
        stays = [CHANCE.choice([0, 0.0003, 0.0006, 0.001]) for _ in range(AT_ONCE)]
        await asyncio.gather(*[first_message_and_gone(server, text, stay) for stay in stays])
    await console.quiet(1.0)
    told = [frame["row"] for frame in console.having(type="inbox") if text in frame["row"].get("subject", "")]
    last = {row["conversation"]: row["here"]["state"] for row in told}
    assert list(last.values()) == ["left"] * (ROUNDS * AT_ONCE)


async def second_tab(server: Server, wait: float) -> Widget:
    """What a visitor's second tab is told that opens `wait` seconds after the first message left the first one."""
    first, second = [await Widget.connect(server.socket_url("widget"), server.url) for _ in range(2)]
    await first.hello(server.site)
    await first.send("message", id=new_id(), text="I would like a person")
    await asyncio.sleep(wait)
    await second.hello(server.site, token=first.token)
    await second.until(lambda frame: any(event["kind"] == "escalated" for event in second.told()))
    await second.settled()
    return second


async def test_a_second_tab_is_welcomed_first_and_told_everything_once(server: Server) -> None:
    for _ in range(ROUNDS):
        waits = [CHANCE.random() * 0.03 for _ in range(AT_ONCE)]
        for second in await asyncio.gather(*[second_tab(server, wait) for wait in waits]):
            assert second.frames[0]["type"] == "welcome"
            assert [event["seq"] for event in second.told()] == [1, 2]
            assert widget_faults(second.sent, second.frames) == []
