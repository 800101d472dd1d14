"""A server of a shop's orders on 127.0.0.1, which fails in the ways that such servers do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LATE = {"state": "sent", "ordered": "2020-01-05", "carrier": "Larkline", "email": "ada@example.com"}


@dataclass
class Orders:
    """What is asked, and what it answers: `orders` by number, or `fails` for whatever is asked."""

    address: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=lambda: {"NP-123456": dict(LATE)})
    fails: str = ""
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    slow: float = 0.0

    @property
    def host(self) -> str:
        """As TANDEM_ACTION_HOSTS names it."""
        return self.address.removeprefix("http://")


@contextmanager
def orders_server() -> Iterator[Orders]:
    """The server, while the block lasts."""
    shop = Orders()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _serve(self, body: str) -> None:
            shop.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(shop.slow)
            status, kind, data, more = self._answer()
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _answer(self) -> tuple[int, str, bytes, dict[str, str]]:
            html, plain = "text/html", "application/json"
            match shop.fails:
                case "hang":
                    shop.closing.wait(10)
                    return 200, plain, b"{}", {}
                case "500":
                    return 500, plain, b'{"error": "out of order"}', {}
                case "html":
                    return 200, html, b"<html><body>Please log in</body></html>", {}
                case "megabyte":
                    return 200, plain, json.dumps({"state": "x" * 1_048_576}).encode(), {}
                case "redirect":
                    return 302, plain, b"", {"Location": "http://169.254.169.254/latest/meta-data/"}
                case "deep":
                    return 200, plain, b"[" * 100_000, {}
            order = shop.orders.get(self.path.rpartition("/")[2])
            if self.command == "POST":
                return 200, plain, b'{"state": "cancelled"}', {}
            return (200, plain, json.dumps(order).encode(), {}) if order else (404, plain, b"{}", {})

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shop.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
