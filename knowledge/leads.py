"""Where a link of an imported document leads within its source: to which documents, by the names that they have here.

A document has its place: its path among files, its address on the web without what does not tell pages apart, or its
number at Zendesk, which is the same in every language.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from .addresses import own_path
from .documents.document import storable

_LONGEST: Final = 1000  # characters of a place
_WEB: Final = ("http", "https")
_PORTS: Final = {"http": 80, "https": 443}
_INDEX: Final = re.compile(r"/index\.(?:html?|php|md)\Z", re.IGNORECASE)
# Who came from where, as mails and campaigns add it: it is the same page without.
_TRACKING: Final = re.compile(r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id")
_ZENDESK: Final = "zendesk:"
_ZENDESK_ARTICLE: Final = re.compile(r"/hc/(?:[a-z]{2,3}(?:-[a-z0-9]{2,8})*/)?articles/(\d+)(?:-|/|\Z)", re.IGNORECASE)
_ENDINGS: Final = (".md", ".markdown", ".html", ".htm")


@dataclass(frozen=True)
class Lead:
    """Places that a link may mean, the likeliest first, and the part of the page. `outside`: where it leads else."""

    places: tuple[str, ...]
    part: str
    outside: str = ""


def place_of(key: str) -> str:
    """The place of the document with that key."""
    if key.startswith(_ZENDESK):
        return key.rpartition(":")[0]
    parts = _split(key)
    return _place_on_the_web(parts) if parts and parts.scheme in _WEB else key


def lead_of(href: str, key: str) -> Lead | None:
    """Where a link of the document with that key leads; None where that is surely outside of its source."""
    parts = _split(href)
    if parts is None:
        return None
    part = "" if parts.fragment.startswith(":~:") else unquote(parts.fragment)
    if not (parts.scheme or parts.netloc or parts.path or parts.query):
        return Lead((place_of(key),), part)
    if key.startswith(_ZENDESK):
        return _at_zendesk(parts, key, part)
    if key.lower().startswith(("http://", "https://")):
        return _on_the_web(href, key, part)
    if parts.scheme or parts.netloc or not parts.path or (own_path(href) and "." not in posixpath.basename(parts.path)):
        return None
    return Lead(tuple(dict.fromkeys(storable(path)[:_LONGEST] for path in _paths(unquote(parts.path), key))), part)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # it is read only when it is asked for
    except ValueError:
        return None
    return parts


def _at_zendesk(parts: SplitResult, key: str, part: str) -> Lead | None:
    found = _ZENDESK_ARTICLE.search(parts.path)
    if not found or parts.scheme not in _WEB:
        return None
    place = f"{_ZENDESK}{parts.hostname or ''}:{found[1]}"
    return Lead((place,), part) if place.split(":")[1] == key.split(":")[1] else None


def _on_the_web(href: str, key: str, part: str) -> Lead | None:
    address = urljoin(key, href)
    parts, own = _split(address), _split(key)
    if parts is None or own is None or parts.scheme not in _WEB or _host(parts) != _host(own):
        return None
    return Lead((_place_on_the_web(parts),), part, address)


def _place_on_the_web(parts: SplitResult) -> str:
    path = _INDEX.sub("/", quote(unquote(parts.path, errors="surrogateescape"), errors="surrogateescape"))
    query = urlencode([pair for pair in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(pair[0])])
    place = f"//{_host(parts)}{path.rstrip('/')}" + (f"?{query}" if query else "")
    return storable(place)[:_LONGEST]


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removeprefix("www.")
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def _paths(path: str, key: str) -> Iterator[str]:
    """A file beside the document, with the ending that a site leaves out or has in its pages; of a folder the first."""
    for folder in _folders(path, key):
        there = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
        yield there
        stem, ending = posixpath.splitext(there)
        if ending.lower() in (".html", ".htm"):
            yield from (stem + other for other in _ENDINGS)
        yield from (there + other for other in _ENDINGS)
        yield from (f"{there}/index{other}" for other in _ENDINGS)


def _folders(path: str, key: str) -> Iterator[str]:
    """From where a path leads: the document's own folder; from the root, one of those above it, the topmost first."""
    folder = posixpath.dirname(key)
    if not path.startswith("/"):
        yield folder
        return
    parts = folder.split("/") if folder else []
    yield from ("/".join(parts[:depth]) for depth in range(len(parts) + 1))
