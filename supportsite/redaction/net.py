"""What identifies somebody on the net: e-mail, IP and hardware addresses, addresses of pages with a secret in them."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from supportsite.redaction import mail
from supportsite.redaction.span import Kind, Span

_URL: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'()\[\]{}]+", re.I)
# As somebody types one: a path, or something asked for, has to be there.
_BARE_URL: Final = re.compile(
    r"\b(?<![@.-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{1,5})?(?:[/#]|\?[\w.-]{1,40}=)[^\s<>\"'()\[\]{}]*", re.I
)
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6: Final = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:])", re.I)
_HARDWARE: Final = re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:-])", re.I)
_TOKEN: Final = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w-]{16,}")


def find(text: str) -> Iterator[Span]:
    """The addresses in `text`, the more certain ones first."""
    yield from (Span(m.start(), m.start() + len(u), Kind.URL) for m in _URL.finditer(text) if (u := secret(m.group())))
    if "." in text and any(sign in text for sign in "/?#"):
        yield from (
            Span(m.start(), m.start() + len(u), Kind.URL) for m in _BARE_URL.finditer(text) if (u := secret(m[0]))
        )
    yield from mail.find(text)
    if "." in text or ":" in text:
        yield from (Span(*m.span(), Kind.IP) for m in (*_IPV4.finditer(text), *_IPV6.finditer(text)) if _is_ip(m[0]))
        yield from (Span(*m.span(), Kind.IP) for m in _HARDWARE.finditer(text))


def secret(url: str) -> str:
    """The address without the sentence's own punctuation, empty where nothing in it looks like a token."""
    url = url.rstrip(".,;:!?")
    try:
        parts = urlsplit(url if "//" in url else "//" + url)
    except ValueError:  # no host can be read: rather one address too many
        return url
    told = parts.query or "=" in parts.fragment or "@" in parts.netloc or _TOKEN.search(parts.path)
    return url if told else ""


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) > 3
