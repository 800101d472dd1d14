"""A socket on the wire: frames are taken a few at a time, so that who sends many of them makes nobody else wait.

What is not taken yet stays with the kernel, and then with the sender, as TCP has it.
"""

import asyncio
import time
from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.abstract import FileDescriptor

from .sites.limits import Buckets

# What one socket gets of a turn of the loop: a frame is two of Autobahn's steps, and some 50 µs.
STEPS_A_TURN: Final = 64
# Frames that may wait for the application: 1.5 MB where each is as large as may be.
MOST_WAITING: Final = 16
# Frames of any kind, pings and fragments included: those that the application counts end a socket long before.
FRAMES_BURST: Final = 1000
FRAMES_A_SECOND: Final = 100.0


class WireProtocol(WebSocketProtocol):
    """Daphne's socket, which takes no more than it can deal with, and may send a message of any size."""

    maxMessagePayloadSize: int
    held = False
    goes_on = False  # by itself, at the next turn

    def __init__(self) -> None:
        super().__init__()
        self._frames = Buckets(capacity=FRAMES_BURST, per_second=FRAMES_A_SECOND)

    def sendMessage(self, *args: Any, **kwargs: Any) -> None:
        """Send a message of any size: an inbox of two hundred rows is larger than any frame that a client may send.

        Daphne's limit is for what comes in: Autobahn's own is for both directions.
        """
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*args, **kwargs)
        finally:
            self.maxMessagePayloadSize = limit
        self._let_out()

    def consumeData(self) -> None:
        """Take what fits into this turn and into the queue. The rest waits, and nothing more is read meanwhile."""
        if self.state not in (self.STATE_OPEN, self.STATE_CLOSING):
            super().consumeData()
            return
        for _step in range(STEPS_A_TURN):
            if self.state == self.STATE_OPEN and self.application_queue.qsize() >= MOST_WAITING:
                self._hold()
                return
            if not self.processData() or self.state == self.STATE_CLOSED:
                self._let_in()
                return
        self._hold()
        self.goes_on = True
        asyncio.get_running_loop().call_soon(self._go_on)

    def go_on(self) -> None:
        """The application has dealt with a frame."""
        if self.held and not self.goes_on and self.application_queue.qsize() <= MOST_WAITING // 2:
            self._go_on()

    def onFrameBegin(self) -> None:
        """A frame begins; one too many ends the socket, unless it is being closed: then its end is near anyway."""
        if self.state == self.STATE_OPEN and self._frames.take("", time.monotonic()):
            self.dropConnection(abort=True)
        else:
            super().onFrameBegin()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """A frame for the application, unless it was shown out."""
        if self.state == self.STATE_OPEN:
            super().onMessage(payload, isBinary)

    def _let_out(self) -> None:
        """Write now, not in the loop's next turn: what an ack lets begin would be in front of it.

        What the kernel does not take, and what went wrong, is left to the reactor, which writes again.
        """
        line = self.transport
        if isinstance(line, FileDescriptor) and line.connected and not line.disconnecting and not line.dataBuffer:
            line.doWrite()  # type: ignore[no-untyped-call]

    def _go_on(self) -> None:
        self.goes_on = False
        if self.held and self.state != self.STATE_CLOSED:
            self.consumeData()

    def _hold(self) -> None:
        if not self.held:
            self.held = True
            self.transport.pauseProducing()

    def _let_in(self) -> None:
        if self.held:
            self.held = False
            self.transport.resumeProducing()
