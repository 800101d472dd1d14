"""The bytes that a page with the widget loads, as the server sends them to a browser that takes gzip."""

import gzip
import re
import urllib.request

from .report import Result, Target
from .rig import tandem

LANGUAGES = ("en", "de", "es", "fr")


def run() -> Result:
    """The loader, the script, the sheet, and the longest of the languages."""
    with tandem() as server:
        loader, text = _fetch(f"{server.origin}/widget.js")
        version = re.search(rb"/embed/(\w+)/", text)
        assert version, "the loader names no version"
        base = f"{server.origin}/embed/{version[1].decode()}/"
        script, _text = _fetch(base + "widget.js")
        sheet, _text = _fetch(base + "widget.css")
        words = max(_fetch(f"{base}words/{language}.js")[0] for language in LANGUAGES)
    total = loader + script + sheet + words
    figures = {
        "loader": loader,
        "widget.js": script,
        "widget.css": sheet,
        "words, the longest": words,
        "together": total,
    }
    return Result("widget", figures, [Target("bytes", total, 15 * 1024), Target("of the loader", loader, 3 * 1024)])


def _fetch(address: str) -> tuple[int, bytes]:
    """How many bytes travelled, and what they say."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        raw = answer.read()
        return len(raw), gzip.decompress(raw) if answer.headers["Content-Encoding"] == "gzip" else raw
