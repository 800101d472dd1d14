"""Forwarding headers count from the proxies that the owner named, and from nobody else."""

import pytest

from supportsite.proxies import believe_proxies

PROXY, STRANGER = "10.0.0.1", "203.0.113.7"
FORWARDED = [
    (b"host", b"shop.example"),
    (b"x-forwarded-for", b"198.51.100.4"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"evil.example"),
]


async def seen(settings, kind: str, peer: str) -> dict:
    """What the application is told of a request with these headers."""
    settings.TANDEM = settings.TANDEM.model_copy(update={"trusted_proxies": (PROXY,)})
    told = {}

    async def application(scope, receive, send):
        told.update(scope)

    await believe_proxies(application)({"type": kind, "client": [peer, 5000], "headers": FORWARDED}, None, None)
    return told


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_stranger_can_claim_neither_an_address_nor_https_nor_a_host(settings, kind):
    scope = await seen(settings, kind, STRANGER)
    assert scope["client"][0] == STRANGER
    assert scope["headers"] == [(b"host", b"shop.example")]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_proxy_of_ours_is_believed(settings, kind):
    scope = await seen(settings, kind, PROXY)
    assert scope["client"][0] == "198.51.100.4"
    assert (b"x-forwarded-proto", b"https") in scope["headers"]
