"""A sitemap, or an index of sitemaps, to the addresses in it (sitemaps.org, protocol 0.9)."""

import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
from pathlib import Path

from .document import Reason, Unreadable

_MOST_BYTES = 50 * 1024 * 1024  # what the protocol allows, unpacked
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Sitemap:
    """Pages, and further sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


def read(file: Path) -> Sitemap:
    """The addresses. Raises Unreadable."""
    data = file.read_bytes()
    if data.startswith(_GZIP):
        data = _unpacked(data)
    try:
        # Expat bounds what entities may grow to, and this process has its own bounds of memory and time.
        root = ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Unreadable(Reason.CORRUPT) from error
    return Sitemap(_locations(root, "url"), _locations(root, "sitemap"))


def _locations(root: ElementTree.Element, kind: str) -> tuple[str, ...]:
    found = [entry.find("{*}loc") for entry in root.iter() if entry.tag.rpartition("}")[2] == kind]
    return tuple(dict.fromkeys(place.text.strip() for place in found if place is not None and place.text))


def _unpacked(data: bytes) -> bytes:
    try:
        unpacker = zlib.decompressobj(wbits=31)
        out = unpacker.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise Unreadable(Reason.CORRUPT) from error
    if unpacker.unconsumed_tail:
        raise Unreadable(Reason.BOMB, most=_MOST_BYTES // 1024 // 1024)
    return out
