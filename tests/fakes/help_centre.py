"""A web server on this machine that plays a site with pages, or Zendesk's Help Center API with its manners."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Web:
    """What it serves by path, and what was asked for. A page may be a function, called at each request."""

    address: str = ""
    pages: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    knows_head: bool = True
    headers: list[dict[str, str]] = field(default_factory=list)
    handle: Callable[[str, dict[str, str]], Answer] | None = None

    @property
    def host(self) -> str:
        """As TANDEM_IMPORT_HOSTS names it."""
        return self.address.removeprefix("http://")

    def html(self, path: str, body: str, status: int = 200) -> None:
        """Serve a page."""
        self.pages[path] = (status, {"Content-Type": "text/html; charset=utf-8"}, body.encode())

    def sitemap(self, *paths: str, at: str = "/sitemap.xml") -> None:
        """Serve a sitemap of these paths."""
        entries = "".join(f"<url><loc>{self.address}{path}</loc></url>" for path in paths)
        xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        self.pages[at] = (200, {"Content-Type": "application/xml"}, xml.encode())

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """What a request gets."""
        self.asked.append(path)
        self.headers.append(headers)
        if self.handle:
            return self.handle(path, headers)
        page = self.pages.get(path, (404, {}, b""))
        return page() if callable(page) else page


@contextmanager
def serving(host: str = "127.0.0.1", port: int = 0) -> Iterator[Web]:
    """A server for a while."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.methods.append(self.command)
            status, headers, body = web.answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            if web.knows_head:
                self.do_GET()
            else:
                self.send_error(405)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, port), Handler)
    web.address = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Zendesk:
    """Articles and sections behind cursor pagination, a rate limit and a token, as developer.zendesk.com describes."""

    web: Web
    articles: list[dict[str, Any]]
    sections: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = 2
    busy: int = 0  # requests that are answered 429 first
    retry_after: str = "0"
    token: str = ""  # "user/token:secret" where articles need one
    next_host: str = ""

    def __post_init__(self) -> None:
        self.web.handle = self.answer

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """One request of the API."""
        if self.busy:
            self.busy -= 1
            return 429, {"Retry-After": self.retry_after}, b"Number of allowed API requests per minute exceeded"
        if self.token and headers.get("authorization") != "Basic " + base64.b64encode(self.token.encode()).decode():
            return 401, {}, b'{"error": "Couldn\'t authenticate you"}'
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        if parts.path == "/api/v2/help_center/en-us/sections.json":
            return self._page("sections", self.sections, parts.path, query)
        if parts.path == "/api/v2/help_center/en-us/articles.json":
            return self._page("articles", self.articles, parts.path, query)
        return 404, {}, b'{"error": "InvalidEndpoint"}'

    def _page(self, name: str, rows: list[dict[str, Any]], path: str, query: dict[str, list[str]]) -> Answer:
        assert "page[size]" in query, "offset pagination was asked for"
        start = int(query.get("page[after]", ["0"])[0])
        end = start + self.page_size
        more = end < len(rows)
        next_page = f"{self.next_host or self.web.address}{path}?page%5Bsize%5D=30&page%5Bafter%5D={end}"
        told = {
            name: rows[start:end],
            "meta": {"has_more": more, "after_cursor": str(end), "before_cursor": None},
            "links": {"next": next_page if more else None, "prev": None},
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()
