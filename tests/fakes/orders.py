"""A server of a shop's orders on 127.0.0.1, which fails in the ways that such servers do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.serving import Answer, serving

LATE = {"state": "sent", "ordered": "2020-01-05", "carrier": "Larkline", "email": "ada@example.com"}


@dataclass
class Orders:
    """What is asked, and what it answers: `orders` by number, or `fails` for whatever is asked.

    `changed` is what it says of what it was told to do.
    """

    address: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=lambda: {"NP-123456": dict(LATE)})
    fails: str = ""
    changed: str = '{"state": "cancelled"}'
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    slow: float = 0.0

    @property
    def host(self) -> str:
        """As TANDEM_ACTION_HOSTS names it."""
        return self.address.removeprefix("http://")

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> Answer:
        """What a request gets."""
        self.asked.append((method, path, headers, body))
        time.sleep(self.slow)
        status, kind, data, more = self._answer(method, path)
        return status, {"Content-Type": kind, **more}, data

    def _answer(self, method: str, path: str) -> tuple[int, str, bytes, dict[str, str]]:
        html, plain = "text/html", "application/json"
        match self.fails:
            case "hang":
                self.closing.wait(10)
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
        order = self.orders.get(path.rpartition("/")[2])
        if method == "POST":
            return 200, plain, self.changed.encode(), {}
        return (200, plain, json.dumps(order).encode(), {}) if order else (404, plain, b"{}", {})


@contextmanager
def orders_server() -> Iterator[Orders]:
    """The server, while the block lasts."""
    shop = Orders()
    with serving(shop.answer) as shop.address:
        try:
            yield shop
        finally:
            shop.closing.set()
