"""A request may bring so much to its address and no more, whether it says so beforehand or not."""

import asyncio
from collections.abc import Callable, Iterator
from io import BytesIO
from unittest.mock import MagicMock

import pytest

from supportsite import bodies
from supportsite.bodies import BoundedRequest, fed

HELP, PICTURE, IMPORT = b"/resume/", b"/admin/knowledge/article/picture/", b"/admin/knowledge/import/add/"
MEGABYTE = 1024 * 1024
Asked = Callable[..., BoundedRequest]


@pytest.fixture
def ask(monkeypatch) -> Iterator[Asked]:
    """Begins a request to a path, from somebody logged in or not."""
    monkeypatch.setattr(asyncio, "get_running_loop", MagicMock())
    made: list[BoundedRequest] = []

    def begin(path: bytes, length: int | None, *, cookie: bool = False) -> BoundedRequest:
        request = BoundedRequest(MagicMock(_path=path))
        request.received_cookies = {b"sessionid": b"x"} if cookie else {}
        made.append(request)
        request.gotLength(length)
        return request

    yield begin
    for request in made:
        bodies._large.discard(request)
        request.content.close()


def answer(request: BoundedRequest) -> bytes:
    """What the client was told already, before anything was taken."""
    written = request.channel.transport.write
    return bytes(written.call_args[0][0]) if written.called else b""


@pytest.mark.parametrize(
    ("path", "cookie", "most"),
    [
        (HELP, False, 3),
        (HELP, True, 3),
        (IMPORT, False, 3),
        (PICTURE, False, 3),
        (PICTURE, True, 22),
        (IMPORT, True, 256),
    ],
)
def test_how_much_may_come_depends_on_the_address_and_on_who_asks(ask, path, cookie, most):
    assert answer(ask(path, most * MEGABYTE, cookie=cookie)) == b""
    told = answer(ask(path + b"?next=/", most * MEGABYTE + 1, cookie=cookie))
    assert told.startswith(b"HTTP/1.1 413")
    assert b"larger than the %d MB" % most in told


def test_chunks_are_taken_up_to_the_bound_and_refused_beyond_it(ask, monkeypatch):
    monkeypatch.setattr(bodies, "ORDINARY", 10)
    request = ask(HELP, None)
    request.handleContentChunk(b"123456")
    request.handleContentChunk(b"7890")
    assert answer(request) == b""
    request.handleContentChunk(b"!")
    request.handleContentChunk(b"and more")
    assert answer(request).startswith(b"HTTP/1.1 413")
    assert request.channel.transport.write.call_count == 1
    request.content.seek(0)
    assert request.content.read() == b"1234567890"


def test_what_is_refused_is_never_asked_of_the_application(ask):
    request = ask(HELP, 4 * MEGABYTE)
    request.handleContentChunk(b"x" * 1000)
    request.process()
    assert not request.server.create_application.called
    assert request.content.read() == b""


def test_forms_are_left_to_django(ask):
    request = ask(IMPORT, 100, cookie=True)
    request.requestHeaders.setRawHeaders(b"Content-Type", [b"multipart/form-data; boundary=x"])
    request.handleContentChunk(b"no form at all")
    request.process = MagicMock()
    request.requestReceived(b"POST", IMPORT, b"HTTP/1.1")
    assert request.process.called


def test_few_large_bodies_come_at_a_time(ask):
    large = [ask(IMPORT, 100 * MEGABYTE, cookie=True) for _ in range(bodies.MOST_LARGE)]
    assert answer(ask(IMPORT, 100 * MEGABYTE, cookie=True)).startswith(b"HTTP/1.1 503")
    assert answer(ask(IMPORT, 1000, cookie=True)) == b""
    large[0]._let_go()
    assert answer(ask(IMPORT, 100 * MEGABYTE, cookie=True)) == b""


async def test_a_body_is_read_as_the_application_asks_and_whole():
    body = BytesIO(b"a" * bodies.PIECE * 3 + b"the end")
    queue: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    queue.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    queue.put_nowait({"type": "http.disconnect"})
    heard = []

    async def application(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            heard.append(message)

    await fed(application)({"type": "http", "tandem.body": body}, queue.get, None)
    assert b"".join(message["body"] for message in heard) == body.getvalue()
    assert [message["more_body"] for message in heard] == [True, True, True, False]
    assert max(len(message["body"]) for message in heard) == bodies.PIECE
