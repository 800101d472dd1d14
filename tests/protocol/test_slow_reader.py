"""A reader who does not read holds nobody up, is closed, and comes back for the rest."""

import asyncio
import json
import socket
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.protocol.client import Server, Widget
from tests.protocol.conftest import Meet
from tests.protocol.rules import broken_chain
from tests.protocol.test_resume import fill, seqs

EVENTS = 240  # more than what the buffers of both kernels and the server's own hold
LONG = '"' * 3990  # 32 KB as an event


def narrow(url: str) -> socket.socket:
    """A connection with a small buffer for what comes in."""
    address = urlsplit(url)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    narrow.connect((address.hostname, address.port))
    narrow.setblocking(False)
    return narrow


async def test_a_reader_who_does_not_read(waiting: Widget, meet: Meet, server: Server) -> None:
    url = server.socket_url("widget")
    other = await meet(token=waiting.token, after=2)
    async with connect(
        url, sock=narrow(url), origin=Origin(server.url), compression=None, max_queue=1, ping_interval=None, proxy=None
    ) as lazy:
        await lazy.send(json.dumps({"type": "hello", "site": server.site, "token": waiting.token}))
        await asyncio.sleep(0.2)
        await fill(waiting, EVENTS, LONG)
        await other.event(seq=EVENTS + 2)
        read = []
        try:
            while True:
                read.append(json.loads(await asyncio.wait_for(lazy.recv(), 10)))
        except ConnectionClosed:
            pass
        except TimeoutError:
            raise AssertionError(f"still open after {len(read)} frames") from None
        assert lazy.close_code in (4013, 1006)
    events = [event for frame in read for event in frame.get("events", [frame] if frame["type"] == "event" else [])]
    assert not list(broken_chain(events, 0))
    assert len(events) < EVENTS
    again = await meet(token=waiting.token, after=events[-1]["seq"])
    assert seqs(await again.events()) == list(range(events[-1]["seq"] + 1, EVENTS + 3))
