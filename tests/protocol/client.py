"""A client that knows docs/protocol.md and nothing else of the project: sockets that collect what they are told."""

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

ROOT = Path(__file__).resolve().parent.parent.parent
Frame = dict[str, Any]

LIMIT = 64 * 1024  # bytes of one inbound frame
PAGE = 50  # events of one page
PATIENCE = 10.0  # seconds until a frame that was promised counts as missing


def new_id() -> str:
    """A client's id for something to be done once."""
    return str(uuid.uuid4())


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fits(frame: Frame, wanted: Frame) -> bool:
    """Whether a frame has these fields with these values."""
    return all(key in frame and frame[key] == value for key, value in wanted.items())


@dataclass
class Server:
    """A Tandem of one's own, with its demo shop."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    demo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, folder: Path, **settings: str) -> Self:
        """Start one on a free port with its data in `folder`; `ready` waits for it."""
        port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"PORT": str(port), "TANDEM_VAR": str(folder)} | settings
        with (folder / "output.txt").open("wb") as output:
            command = [sys.executable, "manage.py", "serve"]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        return cls(process, f"http://127.0.0.1:{port}", folder)

    @property
    def output(self) -> str:
        """What the server has printed."""
        return (self.folder / "output.txt").read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """What a command beside it is given."""
        return os.environ | {"TANDEM_VAR": str(self.folder)}

    def ready(self, within: float = 110) -> Self:
        """Wait until it answers, and read what it says of the demo shop."""
        end = time.monotonic() + within
        while not self.healthy():
            assert self.process.poll() is None, f"the server ended:\n{self.output}"
            assert time.monotonic() < end, f"the server did not get ready:\n{self.output}"
            time.sleep(0.2)
        self.demo = json.loads((self.folder / "demo.json").read_text())
        return self

    def healthy(self) -> bool:
        """Whether /healthz answers 200."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == httpx.codes.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it as a supervisor would."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def site(self) -> str:
        """The demo shop's public key."""
        return str(self.demo["site"])

    def socket_url(self, name: str, *, other: bool = False) -> str:
        """The address of the `widget` or the `console` socket; the `other` one where there are two processes."""
        return f"ws{self.url.removeprefix('http')}/ws/v1/{name}/"

    def log_in(self, who: str) -> httpx.Client:
        """A browser in which the `agent` or the `admin` of the demo shop is logged in."""
        there = "http" + self.socket_url("console").removeprefix("ws").split("/ws/")[0]
        browser = httpx.Client(base_url=there, timeout=30, verify=False, trust_env=False)
        form = browser.get("/console/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token, form
        answer = browser.post("/console/login/", data={**self.demo[who], "csrfmiddlewaretoken": token[1]})
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return browser


class Peer:
    """One socket: keeps every frame in the order of arrival."""

    everybody: ClassVar[list["Peer"]] = []  # for the fixture that closes what a test has left open

    def __init__(self, connection: ClientConnection) -> None:
        self.everybody.append(self)
        self.connection = connection
        self.frames: list[Frame] = []
        self.sizes: list[int] = []  # bytes of each frame
        self.sent: list[tuple[int, Frame]] = []  # with how many frames had come before
        self.code: int | None = None  # the close code, once it is closed
        self.news = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(
        cls, url: str, origin: str | None, cookies: str = "", headers: dict[str, str] | None = None
    ) -> Self:
        """Open a socket and say nothing yet."""
        headers = (headers or {}) | ({"Cookie": cookies} if cookies else {})
        return cls(
            await connect(
                url,
                origin=Origin(origin) if origin is not None else None,
                additional_headers=headers,
                compression=None,
                max_size=None,
                proxy=None,
                open_timeout=10,
            )
        )

    async def _read(self) -> None:
        try:
            async for raw in self.connection:
                assert isinstance(raw, str), f"not a text frame: {raw!r}"
                self.frames.append(json.loads(raw))
                self.sizes.append(len(raw.encode()))
                self.news.set()
        except ConnectionClosed:
            pass
        finally:
            self.code = self.connection.close_code
            self.news.set()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a frame of this type."""
        frame = {"type": kind, **fields}
        self.sent.append((len(self.frames), frame))
        await self.raw(json.dumps(frame, ensure_ascii=False))

    async def raw(self, data: str | bytes) -> None:
        """Send exactly this; a str is a text frame. Where the server has closed, `code` says so."""
        with contextlib.suppress(ConnectionClosed):
            await self.connection.send(data)

    def mark(self) -> int:
        """A place in the stream, for `since`."""
        return len(self.frames)

    def having(self, since: int = 0, /, **wanted: Any) -> list[Frame]:
        """The frames so far with these values."""
        return [frame for frame in self.frames[since:] if fits(frame, wanted)]

    async def until(self, test: Callable[[Frame], bool], since: int = 0, within: float = PATIENCE) -> Frame:
        """The first frame, from `since` on, that passes; waits for it."""
        end = time.monotonic() + within
        seen = since
        while True:
            for frame in self.frames[seen:]:
                if test(frame):
                    return frame
            seen = max(seen, len(self.frames))
            left = end - time.monotonic()
            if self.code is not None or left <= 0:
                came = "\n".join(json.dumps(frame, ensure_ascii=False)[:600] for frame in self.frames[since:][-12:])
                raise AssertionError(f"no such frame (closed: {self.code}); what came last:\n{came or '(nothing)'}")
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), left)
            except TimeoutError:
                continue

    async def frame(self, kind: str, since: int = 0, /, within: float = PATIENCE, **wanted: Any) -> Frame:
        """The first frame of this type with these values, from `since` on; waits for it."""
        return await self.until(lambda frame: fits(frame, {"type": kind, **wanted}), since, within)

    async def answer(self, kind: str, /, **fields: Any) -> Frame:
        """Send a frame that carries an id and wait for its `ack` or `error`."""
        since = self.mark()
        name = fields.setdefault("id", new_id())
        await self.send(kind, **fields)
        return await self.until(lambda frame: frame["type"] in ("ack", "error") and frame.get("id") == name, since)

    async def done(self, kind: str, **fields: Any) -> Frame:
        """The same where it must be an `ack`."""
        answer = await self.answer(kind, **fields)
        assert answer["type"] == "ack", f"{kind} {fields} got {answer}"
        return answer

    async def settled(self) -> int:
        """Wait until the server has dealt with all that was sent before, and mark that place."""
        number, since = uuid.uuid4().int % 2**31, self.mark()
        await self.send("ping", n=number)
        await self.frame("pong", since, n=number)
        return self.mark()

    async def quiet(self, seconds: float, since: int | None = None) -> list[Frame]:
        """All that comes within this time."""
        since = self.mark() if since is None else since
        await asyncio.sleep(seconds)
        return self.frames[since:]

    async def ended(self, within: float = PATIENCE) -> int:
        """The code with which the server closes the socket."""
        end = time.monotonic() + within
        while not self.reading.done():
            left = end - time.monotonic()
            assert left > 0, f"still open; what came: {self.frames}"
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), left)
            except TimeoutError:
                continue
        assert self.code is not None
        return self.code

    async def close(self) -> None:
        """Leave."""
        await self.connection.close()
        await self.reading


class Widget(Peer):
    """A visitor's socket."""

    welcome: Frame

    @property
    def token(self) -> str:
        """What says who this visitor is."""
        return str(self.welcome["token"])

    async def hello(self, site: str, **fields: Any) -> Frame:
        """Say hello and wait to be welcomed."""
        since = self.mark()
        await self.send("hello", site=site, **fields)
        self.welcome = await self.frame("welcome", since)
        return self.welcome

    async def events(self, since: int = 0) -> list[Frame]:
        """The events of the last welcome and its further pages, all that were there when it came."""
        events = list(self.welcome["events"])
        more, at = self.welcome["more"], self.frames.index(self.welcome, since) + 1
        while more:
            page = await self.frame("events", at)
            at = next(i for i in range(at, len(self.frames)) if self.frames[i] is page) + 1
            events += page["events"]
            more = page["more"]
        return events

    async def say(self, text: str, **fields: Any) -> Frame:
        """Send a message and wait for its ack."""
        return await self.done("message", text=text, **fields)

    async def event(self, since: int = 0, /, **wanted: Any) -> Frame:
        """The first live event with these values; waits for it."""
        return await self.frame("event", since, **wanted)

    def live(self, since: int = 0) -> list[Frame]:
        """The live events so far."""
        return self.having(since, type="event")

    def told(self) -> list[Frame]:
        """Every event in the order told, whether in a page or live."""
        return told(self.frames)


class Console(Peer):
    """An agent's socket."""

    welcome: Frame

    async def hello(self) -> Frame:
        """Say hello and wait to be welcomed."""
        since = self.mark()
        await self.send("hello")
        self.welcome = await self.frame("welcome", since)
        return self.welcome

    async def open(self, conversation: str, **fields: Any) -> list[Frame]:
        """Open a conversation and collect its pages."""
        at, events = self.mark(), []
        await self.send("open", conversation=conversation, **fields)
        while True:
            page = await self.frame("events", at, conversation=conversation)
            at = next(i for i in range(at, len(self.frames)) if self.frames[i] is page) + 1
            events += page["events"]
            if not page["more"]:
                return events

    async def event(self, conversation: str, since: int = 0, /, **wanted: Any) -> Frame:
        """The first live event of a conversation with these values; waits for it."""

        def is_it(frame: Frame) -> bool:
            return fits(frame, {"type": "event", "conversation": conversation}) and fits(frame["event"], wanted)

        return dict((await self.until(is_it, since))["event"])

    def live(self, conversation: str, since: int = 0) -> list[Frame]:
        """The live events of a conversation so far."""
        return [frame["event"] for frame in self.having(since, type="event", conversation=conversation)]

    async def row(self, conversation: str, since: int = 0, /, **wanted: Any) -> Frame:
        """The first inbox row of a conversation with these values; waits for it."""
        wanted = {"conversation": conversation, **wanted}
        frame = await self.until(lambda frame: frame["type"] == "inbox" and fits(frame["row"], wanted), since)
        return dict(frame["row"])


def told(frames: list[Frame]) -> list[Frame]:
    """Every event that a widget's frames tell, in order."""
    events: list[Frame] = []
    for frame in frames:
        if frame["type"] in ("welcome", "events"):
            events += frame["events"]
        elif frame["type"] == "event":
            events.append(frame)
    return events
