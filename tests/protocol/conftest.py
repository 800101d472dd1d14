"""The servers that the protocol's tests talk to, and the people who do."""

import contextlib
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks import servers as running_servers
from tests import ready
from tests.protocol.client import Console, Peer, Server, Widget, new_id
from tests.protocol.pair import start
from tests.protocol.rules import console_faults, widget_faults

# Only where there is Redis to freeze: tests/run.py names it among those on PostgreSQL and Redis.
collect_ignore = [] if running_servers.running else ["test_redis_gone.py"]
SILENT: dict[str, "Silence"] = {}  # by the server's address
Meet = Callable[..., Awaitable[Widget]]
Desk = Callable[..., Awaitable[Console]]


LIMITS = {
    "TANDEM_LIMIT_MESSAGES": "3",
    "TANDEM_LIMIT_NEW_VISITORS": "2",
    "TANDEM_TRUSTED_PROXIES": "127.0.0.1",
}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[dict[str, Server]]:
    """The servers that the chosen tests need; `limited` gets ready while the first tests run."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    started: dict[str, Server] = {}
    try:
        if wanted & {"server", "silence"}:
            started["server"] = start(laid_out(tmp_path_factory, "free"), TANDEM_LIMIT_MESSAGES="0")
            started["server"].ready()
        if "silence" in wanted:
            SILENT[started["server"].url] = Silence(started["server"])
        if "limited" in wanted:
            started["limited"] = start(laid_out(tmp_path_factory, "limited"), **LIMITS)
        yield started
    finally:
        for server in started.values():
            server.stop()


def laid_out(folders: pytest.TempPathFactory, name: str) -> Path:
    """A new folder for a server, with the demo shop in it where the run has made one."""
    folder = folders.mktemp(name)
    ready.copy_to(folder)
    return folder


@pytest.fixture(scope="session")
def server(servers: dict[str, Server]) -> Server:
    """The server that most tests share: no limit on messages."""
    return servers["server"]


@pytest.fixture(scope="session")
def limited(servers: dict[str, Server]) -> Server:
    """A server where a visitor may send three messages at once, and an address bring two new visitors."""
    return servers["limited"].ready()


class Silence:
    """Somebody who connects and says nothing, in a thread of their own while other tests run."""

    def __init__(self, server: Server) -> None:
        self.code: int | None = None
        self.seconds = 0.0
        self.thread = threading.Thread(target=self.wait, args=(server,), daemon=True)
        self.thread.start()

    def wait(self, server: Server) -> None:
        """Stay until the server closes."""
        began = time.monotonic()
        with connect(server.socket_url("widget"), origin=Origin(server.url), proxy=None) as connection:
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                connection.recv(30)
            self.seconds = time.monotonic() - began
            self.code = connection.protocol.close_code


@pytest.fixture(scope="session")
def silence(servers: dict[str, Server]) -> Silence:
    """Who has been silent since the server got ready."""
    return SILENT[servers["server"].url]


@pytest.fixture(autouse=True)
async def _leave() -> AsyncIterator[None]:
    """Close what a test has left open."""
    yield
    for peer in Peer.everybody:
        await peer.close()
    Peer.everybody.clear()


@pytest.fixture(scope="session")
def browsers(server: Server) -> Iterator[dict[str, httpx.Client]]:
    """The browsers in which `agent` and `admin` are logged in."""
    both = {who: server.log_in(who) for who in ("agent", "admin")}
    yield both
    for browser in both.values():
        browser.close()


@pytest.fixture
async def meet(request: pytest.FixtureRequest) -> AsyncIterator[Meet]:
    """Makes a visitor's socket that has said hello; at the end all that it was told is held against the page."""
    met: list[Widget] = []

    async def meet_one(at: Server | None = None, **fields: Any) -> Widget:
        at = at or request.getfixturevalue("server")
        widget = await Widget.connect(at.socket_url("widget"), at.url)
        met.append(widget)
        await widget.hello(at.site, **fields)
        return widget

    yield meet_one
    for widget in met:
        await widget.close()
    faults = [fault for widget in met for fault in widget_faults(widget.sent, widget.frames)]
    assert not faults, "\n".join(faults)


@pytest.fixture
async def desk(server: Server, browsers: dict[str, httpx.Client]) -> AsyncIterator[Desk]:
    """Makes the socket of an agent (or of `admin`) that has said hello; its frames are held against the page too."""
    sat: list[Console] = []

    async def sit_down(who: str = "agent", *, other: bool = False) -> Console:
        console = await Console.connect(
            server.socket_url("console", other=other), server.url, cookies_of(browsers[who])
        )
        sat.append(console)
        await console.hello()
        return console

    yield sit_down
    for console in sat:
        await console.close()
    faults = [fault for console in sat for fault in console_faults(console.frames)]
    assert not faults, "\n".join(faults)


@pytest.fixture
async def empty_queue(desk: Desk) -> None:
    """Nobody waits: a welcome's list ends, and other tests have left many in the queue."""
    console = await desk()
    while rows := [row for row in console.welcome["inbox"] if row["handler"] == "queue"]:
        for row in rows:
            await console.done("resolve", conversation=row["conversation"])
        await console.hello()


@pytest.fixture
async def waiting(meet: Meet) -> Widget:
    """A visitor in the queue with one message: nothing happens there unless somebody does something."""
    widget = await meet()
    await widget.done("person")
    await widget.say("Hello? Is there a person?")
    await widget.event(seq=2)
    return widget


def cookies_of(browser: httpx.Client) -> str:
    """The Cookie header of a browser."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


async def log_of(server: Server, token: str, **fields: Any) -> tuple[Any, list[Any]]:
    """The conversation (without its place in the queue) and all its events, as a new socket is told them."""
    widget = await Widget.connect(server.socket_url("widget"), server.url)
    try:
        await widget.hello(server.site, token=token, **fields)
        conversation = {k: v for k, v in (widget.welcome["conversation"] or {}).items() if k != "queue"}
        return conversation, await widget.events()
    finally:
        await widget.close()


async def conversation_of(widget: Widget) -> str:
    """The id of a widget's conversation."""
    if widget.welcome["conversation"]:
        return str(widget.welcome["conversation"]["id"])
    return str((await widget.frame("conversation"))["id"])


def one_of(text: str) -> dict[str, str]:
    """The fields of a new message."""
    return {"id": new_id(), "text": text}
