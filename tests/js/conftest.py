"""A real browser, and a server of files for the scripts of all faces."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from chat import widget_files
from tests.chromium import chromium
from tests.server import ROOT

from .face import Face, make_face
from .stage import Stage

HEAD = '<meta charset="utf-8"><title>Test</title><meta name="viewport" content="width=device-width">'
PAGE = '<!doctype html><html lang="en">' + HEAD
HOST = PAGE + '<script async src="/widget.js" data-site="site_test"></script><body><h1>A shop</h1><p>Its page.</p>'


class Files(SimpleHTTPRequestHandler):
    """`/static/…` from the tree, the widget as the project serves it, and pages to try it on."""

    pages: dict[str, tuple[str, str]] = {"/": (PAGE, ""), "/host": (HOST, "")}

    def do_GET(self) -> None:
        """Answer."""
        name = self.path.split("?")[0]
        if name in self.pages:
            text, policy = self.pages[name]
            self._send(text.encode(), "text/html", policy)
        elif name == "/widget.js" or name.startswith("/embed/"):
            part = "loader.js" if name == "/widget.js" else name.split("/", 3)[3]
            self._send(widget_files.parts()[part], "text/css" if part.endswith("css") else "text/javascript", "")
        else:
            super().do_GET()

    def _send(self, body: bytes, kind: str, policy: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the files are served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """An empty page of our own origin; an error in it fails the test."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address + "/")
    yield page
    context.close()
    assert not errors


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A socket server that a test directs."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture(params=[("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")], ids="-".join)
def every_face(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Face]:
    """Wide and narrow, light and dark."""
    face = make_face(browser, address, *request.param)
    yield face
    face.page.context.close()


@pytest.fixture
def face(browser: Browser, address: str) -> Iterator[Face]:
    """On a desk, in light."""
    face = make_face(browser, address)
    yield face
    face.page.context.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Face]:
    """On a phone, in light."""
    face = make_face(browser, address, "phone")
    yield face
    face.page.context.close()
