"""The address of a website as browsers name it: scheme, host and port, the host in ASCII."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """What a browser sends as Origin from a page at `url`. Raises ValueError where that is no address of a website."""
    parts = urlsplit(url)
    host, port = _host(parts), parts.port
    if parts.scheme not in _DEFAULT_PORTS or parts.username is not None:
        raise ValueError("not http or https, or with a name in it")
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def is_bare(url: str) -> bool:
    """Whether nothing follows the host and its port."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _host(parts: SplitResult) -> str:
    named = parts.hostname or ""
    if parts.netloc.rpartition("@")[2].startswith("["):
        return f"[{ipaddress.IPv6Address(named)}]"
    host = named.encode("idna").decode("ascii").lower()
    if not _HOST.match(host):
        raise ValueError("no host")
    return host
