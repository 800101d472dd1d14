"""What identifies somebody on the net: IP and hardware addresses, addresses of pages with a secret in them."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from supportsite.redaction.span import Kind, Span

_URL: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'()\[\]{}]+", re.I)
# As somebody types one: a path, or something asked for, has to be there.
_BARE_URL: Final = re.compile(
    r"\b(?<![@.-])(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{1,5})?(?:[/#]|\?[\w.-]{1,40}=)[^\s<>\"'()\[\]{}]*", re.I
)
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6: Final = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:])", re.I)
_HARDWARE: Final = re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:-])", re.I)
_LONG: Final = 10  # digits from which a number identifies something, as in numbers.py
_TOKEN, _LETTERS_ONLY = 10, 12  # signs from which what is no word is a token, and from which one without figures is
_MIXED: Final = 16  # signs from which letters with figures in one are no word, whatever they look like
# What stands between signs in an address that somebody chose: words, one after the other each with its capital, with a
# number behind them; sizes and versions ("256gb", "v2", "2nd").
_READABLE: Final = re.compile(
    r"\d{1,9}|\d{1,4}[A-Za-z]{1,4}|[a-z]{4,}\d{1,4}[a-z]{1,4}|[A-Z]+\d{0,4}|[A-Za-z]\d{0,4}|"
    r"(?:[a-z]{2,}|[ei](?=[A-Z]))?"
    r"(?:[A-Z][a-z]{2,}|[A-Z]{2,4}(?=[A-Z][a-z])|(?:A|I|An|As|At|Be|By|Do|In|Is|It|My|Of|On|Or|To|Up|Us|We)(?=[A-Z]))*"
    r"(?:[A-Z]{1,4})?\d{0,4}"
)
_PART: Final = re.compile(r"[^\W_]+")


def pages(text: str) -> Iterator[Span]:
    """The addresses of pages in `text`, with something in them that only one person has."""
    yield from (Span(m.start(), m.start() + len(u), Kind.URL) for m in _URL.finditer(text) if (u := secret(m.group())))
    if "." in text and any(sign in text for sign in "/?#"):
        yield from (
            Span(m.start(), m.start() + len(u), Kind.URL) for m in _BARE_URL.finditer(text) if (u := secret(m[0]))
        )


def machines(text: str) -> Iterator[Span]:
    """The addresses of machines in `text`."""
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
    told = parts.query or "=" in parts.fragment or "@" in parts.netloc
    pieces = (*parts.netloc.split("."), *unquote(parts.path).split("/"), unquote(parts.fragment))
    return url if told or any(map(_is_token, pieces)) else ""


def _is_token(text: str) -> bool:
    """Whether a piece of an address is a long number, or has too much in it that nobody could read out."""
    parts = _PART.findall(text)
    unreadable = "".join(part for part in parts if part.isascii() and not _is_readable(part))
    least = _TOKEN if any(map(str.isdigit, unreadable)) else _LETTERS_ONLY
    return len(unreadable) >= least or any(part.isdigit() and len(part) >= _LONG for part in parts)


def _is_readable(part: str) -> bool:
    return bool(_READABLE.fullmatch(part)) and (part.isalpha() or len(part) < _MIXED)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) > 3
