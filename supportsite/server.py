"""The web process: Daphne in the foreground, readers' hub; where it is the only one, Celery beside it in threads."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from daphne import server as daphne_server
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from django.utils import timezone
from twisted.internet import reactor

from chat import broadcast, leases, socket, turns
from chat.crossing import read, write
from knowledge import imports

from . import readiness
from .asgi import application
from .background import Background
from .bodies import BoundedFactory, BoundedRequest, fed
from .wire import WireProtocol

# A frame over this ends the socket on the wire; the 64 KiB of the protocol are judged by us, with a word.
WIRE_BYTES = 96 * 1024
TASKS_HAVE_S = 2.0
IMPATIENT_AFTER_S = 1.0
AGAIN_AFTER_S = 0.5

logger = logging.getLogger(__name__)
# A thread that still computes would be waited for as the interpreter ends; rows are the truth, so nobody waits longer.
GONE_AFTER_S = 3.0


class TandemServer(Server):
    """Daphne, which tells each socket's application how much its client has not read yet, and hears what it did."""

    application: Any

    def run(self) -> None:
        """Serve, with our sockets and requests."""
        WebSocketFactory.protocol = WireProtocol
        daphne_server.HTTPFactory = BoundedFactory
        self.application = fed(self.application)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Put `tandem.buffered` into the scope, bytes that wait in the transport, and `tandem.done`, for each frame."""
        scope["tandem.buffered"] = lambda: _unread(protocol.transport)
        if isinstance(protocol, WireProtocol):
            scope["tandem.done"] = protocol.go_on
        elif isinstance(protocol, BoundedRequest) and protocol.body is not None:
            scope["tandem.body"] = protocol.body
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """Daphne's own fails on a connection that has no application any more."""
        for protocol, details in list(self.connections.items()):
            if "application_instance" not in details:
                del self.connections[protocol]
        return super().kill_all_applications()


def _unread(transport: Any) -> int:
    return (
        len(transport.dataBuffer) - transport.offset + transport._tempDataLen if hasattr(transport, "dataBuffer") else 0
    )


async def _for_ever(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run what must never end. Where it fails, healthz says so until it runs again."""
    while True:
        try:
            await work()
        except Exception:  # an edge of the process: without this it would go deaf and not say so
            logger.exception("%s failed; it starts again", work.__name__)
        was_ready = readiness.is_ready()
        readiness.unmark()
        await asyncio.sleep(AGAIN_AFTER_S)
        if was_ready:
            readiness.mark()


def serve(*, prepare: Callable[[], None], ready: Callable[[], None]) -> int:
    """Listen, run `prepare` in a thread, call `ready`, and serve until SIGTERM or Ctrl-C. Returns the exit code."""
    return _Process(prepare, ready).run()


class _Process:
    """What lives from the first listen to the last goodbye."""

    def __init__(self, prepare: Callable[[], None], ready: Callable[[], None]) -> None:
        self._prepare = prepare
        self._ready = ready
        self._background = Background()
        self._loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping_since: float | None = None
        self._code = 0

    def run(self) -> int:
        # A thread that computes may hold the interpreter for 5 ms at a time by default: too long beside an ack.
        sys.setswitchinterval(0.0005)
        self._server = TandemServer(
            application,
            endpoints=build_endpoint_description_strings(host=settings.TANDEM.bind, port=settings.TANDEM.port),
            signal_handlers=False,
            ready_callable=self._begin,
            websocket_max_message_size=WIRE_BYTES,
            websocket_max_frame_size=WIRE_BYTES,
            websocket_timeout=-1,
            application_close_timeout=5,
            verbosity=0,
            server_name="tandem",
        )
        self._server.run()
        return self._code

    def _begin(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop)
        self._loop.call_soon(lambda: self._tasks.append(self._loop.create_task(self._start())))

    async def _start(self) -> None:
        try:
            broadcast.hub().floor_hooks.append(turns.drop_older)
            self._tasks += [self._loop.create_task(_for_ever(work)) for work in (broadcast.listen, broadcast.watch)]
            await self._loop.run_in_executor(None, self._prepare)
            await write(leases.void_earlier_boots)
            await write(imports.void_earlier_boots)
            for turn_id in await read(leases.due, now=timezone.now()):
                turns.start(turn_id)
            if settings.TANDEM.does_tasks:
                await self._loop.run_in_executor(None, self._background.start)
        # The edge of the process: without this it would serve, never be ready, and not say why.
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(f"Tandem could not start: {type(error).__name__}: {error}\n")
            self._code = 1
            self._stop()
            return
        # What is there now stays: without this each full collection walks all of it, 100 ms in the midst of messages.
        gc.collect()
        gc.freeze()
        readiness.mark()
        self._ready()

    def _stop(self) -> None:
        """Begin to end. `make` hands its own signal on, so one may come twice: only a later one is impatience."""
        now = time.monotonic()
        if self._stopping_since is not None:
            if now - self._stopping_since > IMPATIENT_AFTER_S:
                os._exit(1)
            return
        self._stopping_since = now
        threading.Thread(target=self._end_at_the_latest, daemon=True).start()
        readiness.unmark()
        self._loop.create_task(self._end())

    def _end_at_the_latest(self) -> None:
        time.sleep(GONE_AFTER_S)
        os._exit(self._code)

    async def _end(self) -> None:
        """Tell every socket to come back, give tasks their time, and leave nothing."""
        began = time.monotonic()
        stopping = threading.Thread(target=self._background.stop, daemon=True)
        stopping.start()
        for listener in self._server.listeners:
            listener.addCallback(lambda port: port.stopListening())
        await socket.end_all()
        await turns.stop()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        # Celery stops in a thread, which no event of ours hears.
        while stopping.is_alive() and time.monotonic() - began < TASKS_HAVE_S:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        with contextlib.suppress(RuntimeError):
            reactor.stop()  # type: ignore[misc]
