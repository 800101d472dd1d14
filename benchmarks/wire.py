"""A WebSocket client on a blocking socket: of what a benchmark measures, as little as can be is the client's own."""

import base64
import http.cookiejar
import json
import os
import re
import socket
import time
import urllib.parse
import urllib.request
import uuid
from typing import Any

MOST_WAIT_S = 30.0
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Wire:
    """One connection; frames are objects."""

    def __init__(self, port: int, path: str, *, origin: str = "", cookie: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=MOST_WAIT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        ]  # fmt: skip
        lines += [f"Origin: {origin}"] if origin else []
        lines += [f"Cookie: {cookie}"] if cookie else []
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = self._until(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode("latin-1"))

    def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        self._write(_TEXT, json.dumps(frame).encode())

    def receive(self) -> dict[str, Any]:
        """The next frame. Raises ConnectionError with the close code at the end."""
        while True:
            kind, payload = self._frame()
            if kind == _TEXT:
                frame: dict[str, Any] = json.loads(payload)
                return frame
            if kind == _PING:
                self._write(_PONG, bytes(payload))
            if kind == _CLOSE:
                raise ConnectionError(int.from_bytes(payload[:2], "big"))

    def until(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these fields; those before it are left out."""
        deadline = time.monotonic() + MOST_WAIT_S
        while time.monotonic() < deadline:
            frame = self.receive()
            if frame["type"] == "error":
                raise RuntimeError(str(frame))
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame
        raise TimeoutError(kind)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | kind])
        head += bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
        self._socket.sendall(head + b"\0\0\0\0" + payload)  # a mask of zeros: nothing to compute

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        size = second & 127
        if size == 126:
            size = int.from_bytes(self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(self._take(8), "big")
        return first & 15, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        return self._take(self._buffer.index(mark) + len(mark))

    def _more(self) -> None:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError(1006)
        self._buffer += chunk


def visitor(
    port: int, site: str, *, locale: str = "en", token: str | None = None, after: int = 0
) -> tuple[Wire, dict[str, Any]]:
    """A visitor's socket that said hello, and its welcome."""
    wire = Wire(port, "/ws/v1/widget/", origin=f"http://127.0.0.1:{port}")
    hello = {"type": "hello", "site": site, "locale": locale, "after": after}
    wire.send({**hello, "token": token} if token else hello)
    return wire, wire.until("welcome")


def message(text: str) -> dict[str, Any]:
    """A visitor's message with an id of its own."""
    return {"type": "message", "id": str(uuid.uuid4()), "text": text}


def console(port: int, login: dict[str, str]) -> tuple[Wire, dict[str, Any]]:
    """An agent's socket after the login page and hello, and its welcome."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    origin = f"http://127.0.0.1:{port}"
    page = f"{origin}/console/login/"
    form = browser.open(page, timeout=MOST_WAIT_S).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    if found is None:
        raise RuntimeError("the login page has no form")
    fields = {**login, "csrfmiddlewaretoken": found.group(1)}
    browser.open(urllib.request.Request(page, urllib.parse.urlencode(fields).encode(), {"Referer": page}))
    cookie = "; ".join(f"{one.name}={one.value}" for one in jar)
    wire = Wire(port, "/ws/v1/console/", origin=origin, cookie=cookie)
    wire.send({"type": "hello"})
    return wire, wire.until("welcome")
