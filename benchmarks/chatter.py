"""A process of its own that keeps sockets chatting: `-m benchmarks.chatter PORT SITE SOCKETS SECONDS_BETWEEN`."""

import asyncio
import json
import random
import sys
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from . import demo_questions
from .wire import message


async def chat(port: int, site: str, questions: list[str], between: float, dice: random.Random) -> None:
    """One visitor: asks something every now and then, reads everything, until this process is ended."""
    origin: Any = f"http://127.0.0.1:{port}"
    address = f"ws://127.0.0.1:{port}/ws/v1/widget/"
    async with connect(address, origin=origin, compression=None, open_timeout=60, proxy=None) as socket:
        await socket.send(json.dumps({"type": "hello", "site": site, "locale": "en"}))
        reading = asyncio.create_task(_read(socket))
        await asyncio.sleep(dice.random() * between)
        while not reading.done():
            await socket.send(json.dumps(message(dice.choice(questions))))
            await asyncio.sleep(between * (0.5 + dice.random()))


async def _read(socket: ClientConnection) -> None:
    async for _frame in socket:
        pass


async def main(port: int, site: str, sockets: int, between: float) -> None:
    """All of them."""
    dice = random.Random(3)
    questions = demo_questions.texts("en", 60)
    together = [chat(port, site, questions, between, dice) for _ in range(sockets)]
    print("chatting", flush=True)
    await asyncio.gather(*together)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
