"""What a request may bring: little, unless it is an upload in the admin; and nothing of it is held in memory.

Daphne would put all of a body into the application's queue before the application sees any.
"""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import IO, Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from django.utils.translation import gettext as _

from knowledge.reading import LARGEST_FILE

MEGABYTE: Final = 1024 * 1024
ORDINARY: Final = 3 * MEGABYTE  # Django takes 2.5 MB of fields
# By path, for who brings a session's cookie: the files of an import; a picture (15 MB) and a router's examples (20 MB).
IMPORT: Final = (b"/admin/knowledge/import/add/", LARGEST_FILE + 56 * MEGABYTE)
ADMIN: Final = (b"/admin/", 22 * MEGABYTE)
# Bodies over the ordinary at one time: each is on disk twice, here and with Django. A cookie is not looked up yet.
MOST_LARGE: Final = 4
PIECE: Final = 64 * 1024
PATIENCE_S: Final = 2.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[Scope, Receive, Any], Awaitable[None]]
_large: set["BoundedRequest"] = set()


class BoundedRequest(WebRequest):
    """Daphne's request, which takes no more than may come to its address, and hands on its body piece by piece."""

    most = ORDINARY
    taken = 0
    is_refused = False
    content: IO[bytes]
    body: IO[bytes] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted reads forms too, all in memory, and Daphne asks for none of it: Django reads them again.
        super().__init__(*args, **kwargs | {"parsePOSTFormSubmission": False})

    def gotLength(self, length: int | None) -> None:
        """The headers are in: `length` of the body, None where it comes in chunks."""
        self.most = _most(self.channel._path, self.getCookie(settings.SESSION_COOKIE_NAME.encode()) is not None)
        is_large = self.most > ORDINARY and (length is None or length > ORDINARY)
        if length is not None and length > self.most:
            self._refuse_size()
        elif is_large and len(_large) >= MOST_LARGE:
            words = _("Others are uploading large files at this moment. Try again in a few minutes.")
            self._refuse(b"503 Service Unavailable", words)
        elif is_large:
            _large.add(self)
        super().gotLength(0 if self.is_refused else length)

    def handleContentChunk(self, data: bytes) -> None:
        """A piece of the body."""
        self.taken += len(data)
        if self.taken > self.most:
            self._refuse_size()
        if not self.is_refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """All of it is here. A large one stays in its file; Daphne sees an empty one, and `fed` reads it."""
        if self.is_refused:
            return None
        if self.taken > PIECE:
            self.body, self.content = self.content, BytesIO()
            self.body.seek(0)
        return super().process()

    def connectionLost(self, reason: Any) -> None:
        """The client is gone."""
        self._let_go()
        super().connectionLost(reason)

    def finish(self) -> None:
        """It is answered."""
        self._let_go()
        super().finish()

    def _let_go(self) -> None:
        _large.discard(self)
        if self.body is not None:
            self.body.close()

    def _refuse_size(self) -> None:
        words = _("This is larger than the %s MB that may be sent to this address.") % (self.most // MEGABYTE)
        self._refuse(b"413 Content Too Large", words)

    def _refuse(self, status: bytes, words: str) -> None:
        """Say so once; what still comes is thrown away for a while, or a client that only sends never reads it."""
        if self.is_refused:
            return
        self.is_refused = True
        _large.discard(self)
        text = words.encode() + b"\n"
        head = b"Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(text)
        self.channel.transport.write(b"HTTP/1.1 " + status + b"\r\n" + head + text)
        asyncio.get_running_loop().call_later(PATIENCE_S, self.channel.loseConnection)


class BoundedFactory(HTTPFactory):
    """Gives each connection requests that are bounded."""

    def buildProtocol(self, addr: Any) -> Any:
        """As Daphne's own."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


def fed(application: Application) -> Application:
    """Wrap an ASGI application: it reads `tandem.body` of the scope, where there is one, as it goes."""

    async def wrapped(scope: Scope, receive: Receive, send: Any) -> None:
        body = scope.pop("tandem.body", None)
        await application(scope, receive if body is None else _pieces(body, receive), send)

    return wrapped


def _pieces(body: IO[bytes], receive: Receive) -> Receive:
    is_read = False

    async def piece_by_piece() -> dict[str, Any]:
        nonlocal is_read
        if is_read:
            return await receive()
        await asyncio.sleep(0)  # Django asks for the next one at once: sockets come in between
        if body.closed:
            return {"type": "http.disconnect"}
        piece = body.read(PIECE)
        is_read = len(piece) < PIECE
        if is_read:
            await receive()  # the empty one that Daphne had
        return {"type": "http.request", "body": piece, "more_body": not is_read}

    return piece_by_piece


def _most(path: bytes, has_session: bool) -> int:
    path = path.partition(b"?")[0]
    if not has_session or not path.startswith(ADMIN[0]):
        return ORDINARY
    return IMPORT[1] if path == IMPORT[0] else ADMIN[1]
