"""Fetches what a curator's address names, and nothing that is inside our own network.

The name is resolved here, every answer of the DNS is looked at, and the connection goes to an address that was looked
at: a name that answers differently a moment later gains nothing. Redirects are followed one by one, each looked at.
"""

import base64
import ipaddress
import math
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpcore
import httpx
from django.conf import settings

from .documents.document import Reason, Unreadable

LARGEST: Final = 50 * 1024 * 1024
SECONDS: Final = 60.0
MOST_REDIRECTS: Final = 5
LONGEST_RETRY: Final = 86_400.0  # seconds; who asks for more is taken to ask for a day
AGENT: Final = "TandemImport"
_PATIENCE: Final = {"connect": 10.0, "read": 15.0, "write": 10.0, "pool": 10.0}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# Not of the internet though ipaddress of some version of Python takes them for it: once for a site's own network (RFC
# 3879), once the relays of 6to4 (RFC 7526), for documentation (RFC 9637), and for protocols (RFC 6890).
_NOT_PUBLIC: Final = [
    ipaddress.ip_network(each) for each in ("fec0::/10", "192.88.99.0/24", "3fff::/20", "192.0.0.0/24")
]
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """An answer: where it came from in the end, and its bytes. The names of `headers` are in lower case."""

    address: str
    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def content_type(self) -> str:
        """Such as `text/html`, without its parameters; '' where none is named."""
        return self._type.get_content_type() if "content-type" in self.headers else ""

    @property
    def charset(self) -> str:
        """The one that the header names, or ''."""
        return self._type.get_content_charset("")

    @property
    def retry_after(self) -> float:
        """Seconds to wait, as the header states them or as a date (RFC 9110, 10.2.3); a few where it says nothing.

        Never less than 0 nor more than LONGEST_RETRY, whatever the header holds.
        """
        wait = _seconds(self.headers.get("retry-after", ""))
        return 5.0 if math.isnan(wait) else min(max(0.0, wait), LONGEST_RETRY)

    @property
    def _type(self) -> Message:
        message = Message()
        message["content-type"] = self.headers.get("content-type", "")
        return message


class NoPlace(Unreadable):
    """A name that has no address, none in time, or one that is not to be asked: another method changes nothing."""


class Fetcher:
    """A client for one run of an import, or of whoever names itself as `agent`. Close it in the end.

    It reads hosts of the owner's own network that TANDEM_IMPORT_HOSTS names, unless `inside` is False, and `hosts`.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        largest: int = LARGEST,
        agent: str = AGENT,
        inside: bool = True,
        hosts: Collection[str] = (),
    ) -> None:
        self._seconds, self._largest, self._agent = seconds, largest, agent
        self._backend = _Checked(inside, frozenset(hosts))
        self._pool = httpcore.ConnectionPool(network_backend=self._backend)

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def get(
        self, address: str, *, admit: Callable[[httpx.URL], None] | None = None, auth: tuple[str, str] | None = None
    ) -> Fetched:
        """The answer, whatever its status, after redirects. Raises Unreadable where there is none to be had.

        `admit` is asked before each step, and raises. Where `auth` is sent, no redirect leads to another host.
        """
        first = origin_of(parsed(address))

        def once(url: httpx.URL) -> Fetched:
            if auth and origin_of(url) != first:
                raise Unreadable(Reason.OTHER_HOST, address=str(url)[:300])
            if admit:
                admit(url)
            return self._once("GET", url, auth)

        return self._follow(address, once, self._seconds)

    def status(self, address: str) -> int:
        """The status that an address answers, after redirects; no page is read. Raises Unreadable as `get` does.

        By HEAD, and by GET where HEAD finds nothing: not every server knows it.
        """
        try:
            found = self._follow(address, lambda url: self._once("HEAD", url), self._seconds / 2).status
            if found < 400:
                return found
        except NoPlace:
            raise
        except Unreadable:
            pass
        return self._follow(address, lambda url: self._once("GET", url, reads=False), self._seconds / 2).status

    def send(
        self, method: str, address: str, *, headers: Mapping[str, str], body: bytes = b"", seconds: float | None = None
    ) -> Fetched:
        """The answer to one request as it is: a redirect is not followed. Raises Unreadable where there is none.

        `seconds` is how long it may take, where that is not what this fetcher is given; `headers` go before our own.
        """
        self._backend.deadline = time.monotonic() + (self._seconds if seconds is None else seconds)
        return self._once(method, parsed(address), more=headers, body=body)

    def _follow(self, address: str, once: Callable[[httpx.URL], Fetched], seconds: float) -> Fetched:
        """What is answered at the end of the redirects, all within the time.

        A stranger's redirect does not lead to a host that the owner has named: only what began at one is let there.
        """
        self._backend.deadline = time.monotonic() + seconds
        url = parsed(address)
        began_inside = is_named(url)
        for _hop in range(MOST_REDIRECTS + 1):
            fetched = once(url)
            if fetched.status not in _REDIRECTS or "location" not in fetched.headers:
                return fetched
            url = parsed(fetched.headers["location"], base=url)
            if is_named(url) and not began_inside:
                raise Unreadable(Reason.OTHER_HOST, address=str(url)[:300])
        raise Unreadable(Reason.REDIRECTS, most=MOST_REDIRECTS)

    def _once(
        self,
        method: str,
        url: httpx.URL,
        auth: tuple[str, str] | None = None,
        *,
        reads: bool = True,
        more: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Fetched:
        where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            given = {name.lower() for name in more or {}}
            own = [one for one in _headers(url, auth, self._agent) if one[0].lower() not in given]
            sent = [*own, *(more or {}).items()]
            patience = {"timeout": _PATIENCE}
            with self._pool.stream(method, where, headers=sent, content=body or None, extensions=patience) as got:
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in got.headers}
                data = _plain(headers, b"".join(self._bounded(got)), self._largest) if reads else b""
        except httpcore.TimeoutException as error:
            raise Unreadable(Reason.SLOW, seconds=int(self._seconds)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, ssl.SSLError) as error:
            raise Unreadable(Reason.UNREACHABLE, host=url.host[:200], why=str(error)[:200]) from error
        return Fetched(str(url), got.status, headers, data)

    def _bounded(self, answer: httpcore.Response) -> Iterator[bytes]:
        size = 0
        for chunk in answer.iter_stream():
            size += len(chunk)
            if size > self._largest:
                raise Unreadable(Reason.TOO_LARGE, megabytes=size >> 20, most=self._largest >> 20)
            yield chunk


class _Checked(httpcore.SyncBackend):
    """Connects only to addresses that were looked at, and waits for nothing beyond the deadline."""

    def __init__(self, inside: bool, hosts: Collection[str]) -> None:
        self._inside, self._hosts, self.deadline = inside, hosts, 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        place = _place(host, port, self.left(timeout), inside=self._inside, hosts=self._hosts)
        return _Hurried(super().connect_tcp(place, port, self.left(timeout), local_address, socket_options), self)

    def left(self, timeout: float | None) -> float:
        """What remains of a timeout. Raises httpcore's own exception where nothing does."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return min(left, timeout or left)


class _Hurried(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline: a server that sends a byte now and then holds nobody up."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _Checked) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _Hurried(inner, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def parsed(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address that may be asked for, without its fragment. Raises Unreadable."""
    try:
        url = (base.join(address) if base else httpx.URL(address.strip())).copy_with(fragment=None)
        host = url.host  # raises for a name that says to be punycode and is none: xn--a
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise Unreadable(Reason.BAD_ADDRESS, address=address[:300]) from error
    if url.scheme not in ("http", "https") or not host or url.userinfo:
        raise Unreadable(Reason.BAD_ADDRESS, address=address[:300])
    return url


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port."""
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def is_named(url: httpx.URL) -> bool:
    """Whether an owner lets imports read this host, though it may be of their own network: TANDEM_IMPORT_HOSTS."""
    _scheme, _host, port = origin_of(url)
    return f"{url.raw_host.decode('ascii')}:{port}" in settings.TANDEM.import_hosts


def _place(host: str, port: int, seconds: float, *, inside: bool, hosts: Collection[str]) -> str:
    """An address of a name of which every address is public, or which the owner named. Raises NoPlace."""
    try:
        found = _resolved(host, port, seconds)
    except TimeoutError as error:
        raise NoPlace(Reason.SLOW, seconds=round(seconds)) from error
    except (OSError, UnicodeError) as error:
        raise NoPlace(Reason.UNREACHABLE, host=host[:200], why=str(error)[:200]) from error
    named = f"{host}:{port}"
    allowed = named in hosts or (inside and named in settings.TANDEM.import_hosts)
    if not found or (not allowed and not all(map(is_public, found))):
        raise NoPlace(Reason.PRIVATE_ADDRESS, host=host[:200])
    return found[0]


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. Raises OSError and UnicodeError, as TimeoutError after so long.

    The system's resolver knows no such end. It is asked in a thread, which is left to itself where it takes longer.
    """
    answer: Future[list[str]] = Future()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result(list(dict.fromkeys(str(row[4][0]) for row in rows)))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    return answer.result(seconds)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, also where it hides an IPv4 one (mapped, 6to4, NAT64, Teredo)."""
    place = ipaddress.ip_address(address.partition("%")[0])
    if place in _NAT64:  # how a network without IPv4 reaches it
        return is_public(str(ipaddress.IPv4Address(int(place) & 0xFFFFFFFF)))
    if not place.is_global or place.is_multicast or place.is_reserved or any(place in each for each in _NOT_PUBLIC):
        return False
    return isinstance(place, ipaddress.IPv4Address) or all(map(is_public, map(str, _inside(place))))


def _inside(place: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    hidden = (place.ipv4_mapped, place.sixtofour, *(place.teredo or ()))
    return [inner for inner in hidden if inner is not None]


def _headers(url: httpx.URL, auth: tuple[str, str] | None, agent: str) -> list[tuple[str, str]]:
    headers = [
        ("Host", url.netloc.decode("ascii")),
        ("User-Agent", f"{agent} (+{settings.TANDEM.public_url})"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
    ]
    if auth:
        headers.append(("Authorization", "Basic " + base64.b64encode(":".join(auth).encode()).decode()))
    return headers


def _seconds(told: str) -> float:
    """How long from now a Retry-After means; NaN where it means nothing."""
    try:
        return float(told)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # years and zones may have any number of digits
        return math.nan


def _plain(headers: dict[str, str], data: bytes, largest: int) -> bytes:
    """What was packed all the same, though we asked for it not to be, is unpacked within the same bounds."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity") or not data:
        return data
    if coding not in ("gzip", "deflate"):
        raise Unreadable(Reason.COMPRESSED, coding=coding[:20])
    unpacker = zlib.decompressobj(wbits=47)
    try:
        plain = unpacker.decompress(data, largest)
    except zlib.error as error:
        raise Unreadable(Reason.CORRUPT) from error
    if unpacker.unconsumed_tail:
        raise Unreadable(Reason.BOMB, most=largest >> 20)
    return plain
