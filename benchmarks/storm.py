"""After a restart 500 sockets come back at the same moment, without a client's jitter, and ask for what they missed."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from .report import Result, Spread, Target
from .rig import Tandem, tandem
from .wire import message

SOCKETS = 500
AT_ONCE = 25
SERVED_WITHIN_S = 30.0  # ours: the protocol's clients spread themselves over 5 s


@dataclass
class Visitor:
    """Who comes back: their token, and what they have seen."""

    token: str
    last: int


def run() -> Result:
    """Everybody gets an answer, the server is killed, everybody comes back having seen only their own message."""
    with tandem() as server:
        visitors = asyncio.run(_first_visits(server))
        server.kill()
        started = server.start()
        seconds, whole = asyncio.run(_storm(server, visitors))
    spread = Spread.of(seconds)
    figures = {
        "a socket, from connect to what it missed": spread,
        "all of them, s": round(whole, 2),
        "start to ready before it, s": round(started, 2),
    }
    return Result("storm", figures, [Target(f"all {SOCKETS} served, s", whole, SERVED_WITHIN_S)])


async def _first_visits(server: Tandem) -> list[Visitor]:
    gate = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(_first_visit(server, gate) for _ in range(SOCKETS)))


async def _first_visit(server: Tandem, gate: asyncio.Semaphore) -> Visitor:
    async with gate, _open(server) as socket:
        token = (await _hello(socket, server))["token"]
        await socket.send(json.dumps(message("Thanks")))
        async for text in socket:
            if json.loads(text).get("from", {}).get("role") == "assistant":
                break
    return Visitor(token, 1)


async def _storm(server: Tandem, visitors: list[Visitor]) -> tuple[list[float], float]:
    began = time.perf_counter()
    seconds = await asyncio.gather(*(_come_back(server, visitor) for visitor in visitors))
    return list(seconds), time.perf_counter() - began


async def _come_back(server: Tandem, visitor: Visitor) -> float:
    began = time.perf_counter()
    async with _open(server) as socket:
        welcome = await _hello(socket, server, token=visitor.token, after=visitor.last)
        took = time.perf_counter() - began
    seqs = [event["seq"] for event in welcome["events"]]
    if not seqs or seqs != list(range(visitor.last + 1, seqs[-1] + 1)):
        raise RuntimeError(f"after {visitor.last} came {seqs}")
    return took


def _open(server: Tandem) -> connect:
    origin: Any = server.origin
    address = f"ws://127.0.0.1:{server.port}/ws/v1/widget/"
    return connect(address, origin=origin, compression=None, open_timeout=120, proxy=None)


async def _hello(socket: ClientConnection, server: Tandem, **fields: Any) -> dict[str, Any]:
    await socket.send(json.dumps({"type": "hello", "site": server.site, "locale": "en", **fields}))
    welcome: dict[str, Any] = json.loads(await socket.recv())
    return welcome
