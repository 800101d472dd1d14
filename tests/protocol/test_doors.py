"""Who gets in: first frames, origins, tokens, sessions, sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.protocol.client import Console, Peer, Server, Widget, new_id
from tests.protocol.conftest import Desk, Meet, Silence, cookies_of, log_of


@pytest.fixture
async def stranger(server: Server) -> AsyncIterator[Widget]:
    """A socket that has said nothing yet."""
    widget = await Widget.connect(server.socket_url("widget"), server.url)
    yield widget
    await widget.close()


async def shown_out(peer: Peer, code: int, *reasons: str) -> None:
    """One error that says why, then the close, and nothing else."""
    assert await peer.ended() == code
    assert [frame["type"] for frame in peer.frames] == ["error"], peer.frames
    assert peer.frames[0]["code"] in reasons, peer.frames[0]
    assert peer.frames[0]["message"]


FIRST: dict[str, str | bytes] = {
    "ping": '{"type":"ping"}',
    "a message": json.dumps({"type": "message", "id": new_id(), "text": "x"}),
    "an unknown type": '{"type":"hullo"}',
    "not JSON": "{",
    "an array": "[]",
    "binary": b'{"type":"hello"}',
    "no site": '{"type":"hello"}',
    "a site that is a number": '{"type":"hello","site":5}',
    "U+0000": '{"type":"hello","site":"SITE","locale":"\\u0000"}',
    "a lone surrogate": '{"type":"hello","site":"SITE","locale":"\\ud83d"}',
    "a token that is a number": '{"type":"hello","site":"SITE","token":5}',
    "an after that is a string": '{"type":"hello","site":"SITE","after":"5"}',
    "traits that are a string": '{"type":"hello","site":"SITE","traits":"x"}',
    "over 64 KiB": json.dumps({"type": "hello", "site": "SITE", "padding": "x" * 2**16}),
}


@pytest.mark.parametrize("name", FIRST)
async def test_a_first_frame_that_is_no_good_hello_closes(stranger: Widget, server: Server, name: str) -> None:
    data = FIRST[name]
    await stranger.raw(data.replace("SITE", server.site) if isinstance(data, str) else data)
    await shown_out(stranger, 4400, "hello_first", "bad_frame", "too_long")


@pytest.mark.parametrize("name", ["ping", "a message", "an unknown type"])
async def test_another_frame_first_is_told_to_say_hello_first(stranger: Widget, name: str) -> None:
    await stranger.raw(FIRST[name])
    await shown_out(stranger, 4400, "hello_first")


@pytest.mark.parametrize("site", ["", "site_00000000000000000000", "x" * 10_000, "%", "' OR 1=1 --"])
async def test_a_site_that_is_not_there_closes(stranger: Widget, site: str) -> None:
    await stranger.send("hello", site=site)
    await shown_out(stranger, 4403, "bad_site")


def other_port(url: str) -> str:
    """The same host on the next port."""
    host, _, port = url.rpartition(":")
    return f"{host}:{int(port) - 1}"


FOREIGN: dict[str, Callable[[str], str]] = {
    "another host": lambda _: "https://evil.example",
    "null": lambda _: "null",
    "another port": other_port,
    "no port": lambda url: url.rpartition(":")[0],
    "https": lambda url: url.replace("http", "https"),
    "a longer host": lambda url: url.replace("127.0.0.1", "127.0.0.1.evil.example"),
    "as somebody's password": lambda url: url + "@evil.example",
    "another loopback address": lambda url: url.replace("127.0.0.1", "127.0.0.2"),
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_foreign_origin_is_closed(server: Server, name: str) -> None:
    widget = await Widget.connect(server.socket_url("widget"), FOREIGN[name](server.url))
    await widget.send("hello", site=server.site)
    await shown_out(widget, 4403, "bad_site")


async def test_without_an_origin_the_request_is_refused(server: Server) -> None:
    try:
        widget = await Widget.connect(server.socket_url("widget"), None)
    except InvalidStatus:
        return  # refused before it became a socket
    await widget.send("hello", site=server.site)
    await shown_out(widget, 4403, "bad_site")


async def test_localhost_is_the_demo_sites_own_address_too(server: Server) -> None:
    origin = server.url.replace("127.0.0.1", "localhost")
    widget = await Widget.connect(server.socket_url("widget"), origin)
    assert (await widget.hello(server.site))["protocol"] == 1
    await widget.close()


def changed(token: str, at: int) -> str:
    """The token with one character changed."""
    at %= len(token)
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


FORGED: dict[str, Callable[[str], str]] = {
    "garbage": lambda _: "garbage",
    "empty": lambda _: "",
    "endless": lambda _: "x" * 20_000,
    "cut short": lambda token: token[:-1],
    "longer": lambda token: token + "A",
    "with a space": lambda token: token + " ",
    "unsigned": lambda token: token.rpartition(":")[0],
    "changed at the end": lambda token: changed(token, -1),
    "changed at the start": lambda token: changed(token, 0),
    "changed in the middle": lambda token: changed(token, len(token) // 2),
    "not ASCII": lambda token: token[:-1] + "é",
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token_closes_and_the_client_may_come_without(
    server: Server, meet: Meet, stranger: Widget, name: str
) -> None:
    token = (await meet()).token
    await stranger.send("hello", site=server.site, token=FORGED[name](token))
    await shown_out(stranger, 4401, "bad_token")


async def test_the_signed_id_cannot_be_exchanged(server: Server, meet: Meet, stranger: Widget) -> None:
    one, other = (await meet()).token, (await meet()).token
    await stranger.send("hello", site=server.site, token=one.rpartition(":")[0] + ":" + other.rpartition(":")[2])
    await shown_out(stranger, 4401, "bad_token")


def test_who_says_no_hello_in_ten_seconds_is_closed(silence: Silence) -> None:
    silence.thread.join(20)
    assert silence.code == 4408
    assert 8 < silence.seconds < 14


async def test_the_sixth_socket_of_a_visitor_replaces_one(meet: Meet) -> None:
    first = await meet()
    await first.done("person")
    sockets = [first] + [await meet(token=first.token) for _ in range(5)]
    await asyncio.wait([widget.reading for widget in sockets], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.2)
    assert [widget.code for widget in sockets].count(4409) == 1
    assert [widget.code for widget in sockets].count(None) == 5
    for widget in sockets:
        if widget.code is None:
            await widget.settled()


async def test_five_sockets_of_a_visitor_stay(meet: Meet) -> None:
    first = await meet()
    sockets = [first] + [await meet(token=first.token) for _ in range(4)]
    for widget in sockets:
        await widget.settled()


async def console(server: Server, origin: str | None, cookies: str) -> int:
    """The close code of a console socket that says hello; 403 where not even that was possible."""
    try:
        peer = await Console.connect(server.socket_url("console"), origin, cookies)
    except InvalidStatus as refusal:
        return refusal.response.status_code
    await peer.send("hello")
    code = await peer.ended()
    assert not peer.having(type="welcome")
    return code


@pytest.mark.parametrize("cookies", ["", "sessionid=00000000000000000000000000000000"])
async def test_without_a_session_the_console_closes(server: Server, cookies: str) -> None:
    assert await console(server, server.url, cookies) == 4401


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "https"])
async def test_a_foreign_origin_closes_the_console(
    server: Server, browsers: dict[str, httpx.Client], name: str
) -> None:
    assert await console(server, FOREIGN[name](server.url), cookies_of(browsers["agent"])) == 4403


async def test_no_origin_closes_the_console(server: Server, browsers: dict[str, httpx.Client]) -> None:
    assert await console(server, None, cookies_of(browsers["agent"])) in (4403, 403)


async def test_the_console_wants_hello_first(server: Server, browsers: dict[str, httpx.Client]) -> None:
    peer = await Console.connect(server.socket_url("console"), server.url, cookies_of(browsers["agent"]))
    await peer.send("ping")
    await shown_out(peer, 4400, "hello_first")


async def test_a_session_that_ends_closes_the_console_within_five_seconds(server: Server) -> None:
    browser = await asyncio.to_thread(server.log_in, "agent")
    peer = await Console.connect(server.socket_url("console"), server.url, cookies_of(browser))
    await peer.hello()
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(log_out, browser)
    ended = loop.time()
    assert await peer.ended() == 4401
    assert loop.time() - ended < 5.5
    assert await console(server, server.url, cookies_of(browser)) == 4401
    browser.close()


def log_out(browser: httpx.Client) -> None:
    """Press the console's own button for it."""
    page = browser.get("/console/").text
    assert "logout" in page, page
    answer = browser.post("/console/logout/", data={"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
    assert answer.status_code in (200, 302), answer.text


async def test_an_agents_socket_is_none_of_a_visitors(server: Server, meet: Meet, desk: Desk) -> None:
    widget: Any = await meet()
    await widget.done("person")
    before = await log_of(server, widget.token)
    for kind in ("claim", "resolve", "hand_back", "note"):
        await widget.send(kind, id=new_id(), conversation=(await widget.frame("conversation"))["id"], text="x")
    await widget.settled()
    assert {frame["code"] for frame in widget.having(type="error")} == {"unknown_type"}
    assert await log_of(server, widget.token) == before


def test_a_request_that_is_too_large_is_refused_before_it_is_taken(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 1000)
        assert line.recv(4096).startswith(b"HTTP/1.1 413")
    assert server.healthy()


def test_a_body_that_is_too_large_for_its_address_is_refused_with_words_though_the_client_sends_on(
    server: Server,
) -> None:
    answer = httpx.post(server.url + "/resume/", content=b"x" * 4_000_000, trust_env=False, timeout=30)
    assert answer.status_code == 413
    assert "3 MB" in answer.text
    assert server.healthy()


def test_a_large_file_reaches_the_form_of_imports_whole(server: Server, browsers: dict[str, httpx.Client]) -> None:
    browser, path = browsers["admin"], "/admin/knowledge/import/add/"
    browser.get(path)
    large = {"uploads": ("large.md", b"word " * 1_000_000, "text/markdown")}
    token = {"X-CSRFToken": browser.cookies["csrftoken"]}
    answer = browser.post(path, data={"kind": "files"}, files=large, headers=token)
    assert answer.status_code == 200  # what else the form wants was left out, so that nothing is imported
    assert "Choose at least one file." not in answer.text
    answer = browser.post(path, data={"kind": "files"}, headers=token)
    assert "Choose at least one file." in answer.text
