"""The only file that speaks MCP: to one server, over streamable HTTP, through the fetcher of knowledge.

Loaded where a tool is listed or called and not before (chat/outside.py): it brings 21 MB and takes a second. Each call
has an event loop of its own on the thread that waits for it, so that a request may block that loop; nothing else runs
there.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import (
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    PaginatedRequestParams,
    TextContent,
)
from mcp_types import Tool as ToldTool

from knowledge.documents.document import Unreadable
from knowledge.fetch import Fetcher, NoPlace

from .assistant.doing import sane
from .assistant.doing.tools import LONGEST_TOLD, Tool

Value = TypeVar("Value")

MOST_TOOLS: Final = 200
MOST_PAGES: Final = 20
_OURS: Final = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding"})
# The SDK logs what a server sent where it cannot read it; that may be about a customer. We tell how a call failed.
logging.getLogger("mcp").setLevel(logging.CRITICAL)
_GOODBYE: Final = 0.5  # seconds for ending a session, once the answer is there
_GRACE: Final = 0.5  # seconds for the SDK's own loops after the last byte


class NoAnswer(Exception):
    """A server gave none; `fault` is a code. `sent` tells whether the call itself may have reached it."""

    def __init__(self, fault: str, *, status: int = 0, sent: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.status, self.sent = fault, status, sent


@dataclass
class Server:
    """One MCP server for one errand. All that it takes together is bounded by `seconds`."""

    url: str
    fetcher: Fetcher
    headers: Mapping[str, str]
    seconds: float

    def tools(self) -> list[Tool]:
        """Those that it tells of. Raises NoAnswer."""

        async def errand(client: Client, _wire: "_Wire") -> list[Tool]:
            return [tool async for tool in _told(client)]

        return self._run(errand)

    def call(
        self, name: str, fill: Callable[[Tool], Mapping[str, Any] | str], *, key: str = ""
    ) -> Mapping[str, Any] | None:
        """What a tool answers; None where it answers nothing. `fill` gives the arguments, or a fault's code.

        Raises NoAnswer.
        """

        async def errand(client: Client, wire: "_Wire") -> Mapping[str, Any] | None:
            found = [tool async for tool in _told(client) if tool.name == name]
            filled = fill(found[0]) if found else "tool_gone"
            if isinstance(filled, str):
                raise NoAnswer(filled)
            params = CallToolRequestParams(name=name, arguments=dict(filled))
            wire.begin({"Idempotency-Key": key} if key else {})
            # Not `call_tool`: that would run the server's own output schema, patterns and all.
            return _values(await client.session.send_request(CallToolRequest(params=params), CallToolResult))

        return self._run(errand)

    def _run(self, errand: Callable[[Client, "_Wire"], Awaitable[Value]]) -> Value:
        wire = _Wire(self.fetcher, time.monotonic() + self.seconds)
        try:
            return asyncio.run(self._done(errand, wire))
        except _FAILURES as error:
            raise _failed(error, wire) from error
        except ExceptionGroup as group:  # the SDK's groups of tasks wrap what went wrong in one of them
            inner = _first(group)
            if not isinstance(inner, _FAILURES):
                raise
            raise _failed(inner, wire) from group

    async def _done(self, errand: Callable[[Client, "_Wire"], Awaitable[Value]], wire: "_Wire") -> Value:
        async with (
            asyncio.timeout(self.seconds + _GRACE),
            httpx2.AsyncClient(transport=wire, headers=self.headers) as http,
        ):
            us = Implementation(name="Tandem", version="1")
            transport = streamable_http_client(self.url, http_client=http)
            async with Client(transport, cache=None, client_info=us, read_timeout_seconds=self.seconds) as client:
                return await errand(client, wire)


@dataclass
class _Wire(httpx2.AsyncBaseTransport):
    """Sends each request through the fetcher, which looks at every address; after one that fails nothing is sent."""

    fetcher: Fetcher
    until: float
    fault: str = ""
    status: int = 0
    calls: bool = False
    sent: bool = False
    more: dict[str, str] = field(default_factory=dict)

    def begin(self, more: Mapping[str, str]) -> None:
        """From here on it is the call itself; `more` are headers of its own."""
        self.calls, self.more = True, dict(more)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":  # a stream of news, which an errand of a second has no use for
            return httpx2.Response(405, request=request)
        if self.fault:
            return httpx2.Response(503, request=request)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS} | self.more
        body, left = await request.aread(), self.until - time.monotonic()
        seconds = min(left, _GOODBYE) if request.method == "DELETE" else left
        try:
            self.sent = self.calls
            got = self.fetcher.send(request.method, str(request.url), headers=headers, body=body, seconds=seconds)
        except Unreadable as error:
            self.sent = self.calls and not isinstance(error, NoPlace)
            self.fault = error.reason.value
            return httpx2.Response(503, request=request)
        self.status = got.status
        kept = {
            name: value for name, value in got.headers.items() if name not in ("content-encoding", "content-length")
        }
        return httpx2.Response(got.status, headers=kept, content=got.data, request=request)


# What the SDK raises over a server that fails or talks nonsense.
_FAILURES: Final = (
    NoAnswer, MCPError, TimeoutError, RuntimeError, ValueError, httpx2.HTTPError, httpx2.StreamError, OSError,
)  # fmt: skip


def _failed(error: BaseException, wire: _Wire) -> NoAnswer:
    if isinstance(error, NoAnswer):
        return NoAnswer(error.fault, status=wire.status, sent=wire.sent)
    if wire.fault:
        return NoAnswer(wire.fault, sent=wire.sent)
    if isinstance(error, TimeoutError):
        return NoAnswer("slow", status=wire.status, sent=wire.sent)
    fault = "status" if wire.status >= 300 else "tool_refused" if wire.calls else "no_mcp"
    return NoAnswer(fault, status=wire.status, sent=wire.sent)


def _first(group: ExceptionGroup[Any]) -> BaseException:
    inner: BaseException = group
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return inner


async def _told(client: Client) -> AsyncIterator[Tool]:
    cursor, count = None, 0
    for _page in range(MOST_PAGES):
        page = await client.session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
        for told in page.tools:
            count += 1
            if count > MOST_TOOLS:
                return
            yield _tool(told)
        cursor = page.next_cursor
        if not cursor:
            return


def _tool(told: ToldTool) -> Tool:
    hints = told.annotations
    read_only = bool(hints and hints.read_only_hint)
    title = told.title or (hints.title if hints else None) or ""
    about = " – ".join(filter(None, (title.strip(), (told.description or "").strip())))
    return Tool(sane.text(told.name), sane.text(about)[:LONGEST_TOLD], sane.value(dict(told.input_schema)), read_only)


def _values(result: CallToolResult) -> Mapping[str, Any] | None:
    """An answer as an object. Raises NoAnswer for a tool that says it failed."""
    if result.is_error:
        raise NoAnswer("tool_failed")
    if isinstance(result.structured_content, dict):
        return result.structured_content or None
    text = next((one.text for one in result.content if isinstance(one, TextContent)), "")
    return _read(text) if text.strip() else None


def _read(text: str) -> Mapping[str, Any]:
    """Text that is JSON as what it says, any other text as `text`."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {"text": text}
    if isinstance(read, list):
        return {"items": read, "count": len(read)}
    return read if isinstance(read, dict) else {"text": text}
