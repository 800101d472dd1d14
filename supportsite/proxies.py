"""Believes X-Forwarded-For and -Proto, but only from the proxies that the owner named."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.conf import settings

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def believe_proxies(application: Application) -> Application:
    """Wrap an ASGI application: `client` in the scope (Django's REMOTE_ADDR) is the one behind trusted proxies.

    Forwarding headers of anybody else are taken out, so that nobody can claim another address or https.
    """
    trusted = [ipaddress.ip_network(name, strict=False) for name in settings.TANDEM.trusted_proxies]

    async def wrapped(scope: Scope, receive: Any, send: Any) -> None:
        peer = (scope.get("client") or [""])[0]
        if scope["type"] in ("http", "websocket"):
            headers = scope["headers"]
            if _is_in(peer, trusted):
                scope = {**scope, "client": [_client(headers, trusted) or peer, 0]}
            else:
                scope = {**scope, "headers": [pair for pair in headers if not pair[0].startswith(b"x-forwarded-")]}
        await application(scope, receive, send)

    return wrapped


def _client(headers: Iterable[tuple[bytes, bytes]], trusted: list[Any]) -> str:
    """The nearest address in X-Forwarded-For that is no proxy of ours."""
    told = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
    hops = [hop.strip() for hop in told.split(",") if hop.strip()]
    return next((hop for hop in reversed(hops) if not _is_in(hop, trusted)), "")


def _is_in(address: str, networks: list[Any]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks if parsed.version == network.version)
