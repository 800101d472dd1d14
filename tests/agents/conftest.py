"""The cast of the console's tests: who is in tests/conftest.py, visitors who write, and a console's socket."""

import asyncio
import contextlib
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from agents import rounds, tickets
from agents.board import board
from agents.desk import Desk, desk_of
from agents.sockets import ConsoleConsumer
from chat import broadcast, lifecycle
from chat.models import Conversation
from supportsite.sites.models import Member, Site, Team
from tests.agents.waiting import PERSON, rule
from tests.fakes.help_desk import help_desk_server

HOST = "127.0.0.1:8000"
_numbers = itertools.count(1)


@dataclass
class Cast:
    """Who is who; each means one thing."""

    site: Site
    agent: Member
    another_agent: Member
    curator: Member
    other_site: Site
    stranger: Member
    outsider: Any
    visitors: dict[str, str] = field(default_factory=dict)

    def desk(self, who: Member) -> Desk:
        found = desk_of(who.user_id)
        assert found
        return found

    def team(self, *members: Member) -> Team:
        team = Team.objects.create(site=self.site, name=f"Team {next(_numbers)}")
        team.members.set(members)
        return team

    def says(self, visitor: str, text: str, *, site: Site | None = None, at: dt.datetime | None = None) -> Conversation:
        """A visitor writes; their conversation."""
        key = f"{next(_numbers):032x}"
        public_id = self.visitors.setdefault(visitor, key)
        done = lifecycle.post_message(
            site=site or self.site, visitor_id=public_id, client_id=key, text=text, now=at or timezone.now()
        )
        return Conversation.objects.get(pk=done.conversation_id)

    def does(
        self, verb: Callable[..., lifecycle.Done], who: Member, where: Conversation, **fields: Any
    ) -> lifecycle.Done:
        """A member does something."""
        key = f"id-{next(_numbers)}"
        return verb(member=who, conversation=where.public_id, client_id=key, now=timezone.now(), **fields)


@pytest.fixture
def cast(site: Site, agent: Member, another_agent: Member, curator: Member, other_site: Site, stranger: Member) -> Cast:
    """The cast that every test shares, an outsider who is a member of nothing, and what they can do here."""
    outsider = get_user_model().objects.create_user("outsider", password="a long password")
    return Cast(site, agent, another_agent, curator, other_site, stranger, outsider)


class Console:
    """A console's socket in a test."""

    def __init__(self, cookie: str = "", origin: str = f"http://{HOST}", host: str = HOST) -> None:
        headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        self.wire = WebsocketCommunicator(ConsoleConsumer.as_asgi(), "/ws/v1/console/", headers=headers)
        self.rows: dict[str, Any] = {}  # of the inbox, as it was told last

    async def open(self) -> dict[str, Any]:
        """Connect and say hello; the welcome."""
        accepted, _subprotocol = await self.wire.connect()
        assert accepted
        await self.send(type="hello")
        return await self.get("welcome")

    async def send(self, **frame: Any) -> None:
        await self.wire.send_json_to(frame)

    async def get(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this kind with these fields; what comes before it is passed over."""
        while True:
            frame = await self._next()
            if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
                return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send what has an id; its ack or error."""
        await self.send(**frame)
        while True:
            answer = await self._next()
            if answer.get("id") == frame["id"]:
                return answer

    async def _next(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self.wire.receive_json_from(timeout=5)
        if frame["type"] == "inbox" and frame.get("row"):
            self.rows[frame["row"]["conversation"]] = frame["row"]
        return frame

    async def close_code(self) -> int:
        """Read until the server closes; with which code."""
        while True:
            message = await self.wire.receive_output(timeout=6)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def nothing(self, kind: str, within: float = 0.6, **fields: Any) -> bool:
        """Whether no frame of this kind with these fields comes."""
        end = asyncio.get_running_loop().time() + within
        while (left := end - asyncio.get_running_loop().time()) > 0:
            if await self.wire.receive_nothing(timeout=left):
                return True
            frame = await self.wire.receive_json_from()
            if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
                return False
        return True


def cookie_of(user: Any) -> str:
    """The session cookie of a login."""
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest_asyncio.fixture
async def wake() -> AsyncIterator[None]:
    """The readers' hub at work, as in the server."""
    task = asyncio.create_task(broadcast.listen())
    await asyncio.sleep(0)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Desks:
    """Consoles that are open in a test, closed with it; and the cast's deeds from async code."""

    def __init__(self, cast):
        self.cast = cast
        self.opened = []

    async def console(self, user, **kwargs):
        cookie = await sync_to_async(cookie_of)(user)
        console = Console(cookie, **kwargs)
        self.opened.append(console)
        return console

    async def open(self, member):
        console = await self.console(member.user)
        console.welcome = await console.open()
        return console

    async def says(self, *args, **kwargs):
        return await sync_to_async(self.cast.says)(*args, **kwargs)

    async def does(self, *args, **kwargs):
        return await sync_to_async(self.cast.does)(*args, **kwargs)


@pytest_asyncio.fixture
async def desks(cast):
    desks = Desks(cast)
    yield desks
    for console in desks.opened:
        # One that was cancelled, as asgiref does where nothing came in time, would stop pytest from undoing anything.
        with contextlib.suppress(asyncio.CancelledError):
            await console.wire.disconnect()
    assert not board().consoles


@pytest.fixture
def desk(settings):
    """A help desk whose login was tried and taken."""
    with help_desk_server(settings) as made:
        assert tickets.check(now=timezone.now()) == ""
        made.asked.clear()
        yield made


@pytest.fixture
def start(cast):
    rule(cast.site, unclaimed_rule="ticket", unclaimed_after=15)
    return timezone.now()


@pytest.fixture
def few(monkeypatch):
    """As if three were the most that a round does."""
    monkeypatch.setattr(rounds, "MOST", 3)


@pytest.fixture
def held(cast):
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.claim, cast.agent, conversation)
    return conversation
