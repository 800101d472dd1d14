"""What a socket takes from the wire: no more than its application deals with, nothing lost, and nobody else waits."""

import asyncio
from typing import Any
from unittest.mock import MagicMock

import pytest
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionLost
from twisted.internet.testing import StringTransportWithDisconnection

from supportsite import wire

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def frame(text: bytes, opcode: int = 1, *, last: bool = True) -> bytes:
    """A client's frame, masked with zeroes."""
    return bytes([opcode | (0x80 if last else 0), 0x80 | len(text)]) + b"\0\0\0\0" + text


class Transport(StringTransportWithDisconnection):
    """Twisted's, which as the real one lets go of a producer that it does not have."""

    def unregisterProducer(self) -> None:
        self.producer = None


class Line:
    """A socket after its handshake, whose application takes a frame when the test says so."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        server = MagicMock(root_path="", proxy_forwarded_address_header=None)
        server.create_application.return_value = self.queue
        factory = WebSocketFactory(server)
        factory.protocol = wire.WireProtocol
        self.protocol = factory.buildProtocol(None)
        self.protocol._raw_query_string = b""
        self.transport = Transport()
        self.transport.protocol = self.protocol
        self.protocol.makeConnection(self.transport)
        self.protocol.dataReceived(HANDSHAKE)
        self.protocol.serverAccept()
        self.queue.get_nowait()

    @property
    def waits(self) -> bool:
        """Whether nothing more is read from the client."""
        return self.transport.producerState == "paused"

    async def take(self, count: int) -> list[str]:
        """What the application gets next, each with a turn of the loop around it."""
        texts = []
        for _ in range(count):
            texts.append((await asyncio.wait_for(self.queue.get(), 1))["text"])
            self.protocol.go_on()
            await asyncio.sleep(0)
        return texts


@pytest.fixture
async def line() -> Line:
    """A socket."""
    return Line()


async def test_of_a_read_full_of_frames_only_a_few_are_taken_and_the_line_waits(line):
    line.protocol.dataReceived(b"".join(frame(b"%d" % number) for number in range(500)))
    for _ in range(50):
        await asyncio.sleep(0)
    assert line.queue.qsize() == wire.MOST_WAITING
    assert line.waits


async def test_nothing_of_a_burst_is_lost_and_then_it_is_read_again(line):
    line.protocol.dataReceived(b"".join(frame(b"%d" % number) for number in range(500)))
    assert await line.take(500) == [str(number) for number in range(500)]
    assert not line.waits
    line.protocol.dataReceived(frame(b"after it"))
    assert await line.take(1) == ["after it"]


async def test_a_frame_that_comes_in_two_reads_is_whole(line):
    whole = frame(b"in two reads")
    line.protocol.dataReceived(whole[:7])
    assert not line.waits
    line.protocol.dataReceived(whole[7:])
    assert await line.take(1) == ["in two reads"]


async def test_pings_take_a_share_of_a_turn_and_no_more(line):
    before = len(line.transport.value())
    line.protocol.dataReceived(frame(b"", 9) * 400)
    assert line.waits
    answered = (len(line.transport.value()) - before) // 2
    assert 0 < answered <= wire.STEPS_A_TURN
    for _ in range(100):
        await asyncio.sleep(0)
    assert (len(line.transport.value()) - before) // 2 == 400
    assert not line.waits


@pytest.mark.parametrize("flood", [frame(b"", 9) * 2000, frame(b"", last=False) + frame(b"", 0, last=False) * 2000])
async def test_who_floods_below_the_applications_eyes_is_dropped(line, flood):
    line.protocol.dataReceived(flood)
    for _ in range(200):
        await asyncio.sleep(0)
    assert line.protocol.state == line.protocol.STATE_CLOSED


class Kernel(FileDescriptor):
    """A connection of which the kernel takes as much as the test says."""

    connected = True

    def __init__(self) -> None:
        super().__init__(MagicMock())
        self.takes: int | Exception = 1000
        self.sent = b""

    def writeSomeData(self, data: bytes) -> int | Exception:
        if isinstance(self.takes, Exception):
            return self.takes
        self.sent += bytes(data[: self.takes])
        return min(self.takes, len(data))


async def test_what_is_said_is_out_before_anything_else_is_done(line):
    line.protocol.transport = kernel = Kernel()
    line.protocol.sendMessage(b"ack")
    assert kernel.sent.endswith(b"ack")


async def test_what_the_kernel_does_not_take_at_once_follows_in_order(line):
    line.protocol.transport = kernel = Kernel()
    kernel.takes = 4  # of five bytes
    line.protocol.sendMessage(b"one")
    kernel.takes = 0
    line.protocol.sendMessage(b"two")
    kernel.takes = 1000
    line.protocol.sendMessage(b"six")
    assert kernel.sent == b"\x81\x03on"
    kernel.doWrite()  # by the reactor
    kernel.doWrite()
    assert kernel.sent == b"\x81\x03one\x81\x03two\x81\x03six"


async def test_a_line_that_broke_is_the_reactors_to_find(line):
    line.protocol.transport = kernel = Kernel()
    kernel.takes = ConnectionLost()
    line.protocol.sendMessage(b"ack")
    assert isinstance(kernel.doWrite(), ConnectionLost)
