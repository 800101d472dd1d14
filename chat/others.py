"""What this process tells the others, and hears from them: parcels on the one group of the channel layer.

Nobody waits for it. What the layer cannot carry is dropped: readers elsewhere are then told by their own watcher, from
the log. Who hears nothing, not even its own beats, joins the group anew.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

GROUP: Final = "wake"
MOST_IN_A_PARCEL: Final = 200
MOST_WAITING: Final = 10_000
SENT_WITHIN_S: Final = 2.0
AGAIN_AFTER_S: Final = 0.5
BEAT_EVERY_S: Final = 5.0
DEAF_AFTER_S: Final = 15.0

ME: Final = uuid.uuid4().hex[:12]
Message = dict[str, Any]

logger = logging.getLogger(__name__)
_waiting: deque[Message] = deque(maxlen=MOST_WAITING)
_something: asyncio.Event | None = None
_heard_at = 0.0


def are_there() -> bool:
    """Whether there may be other processes."""
    return not isinstance(get_channel_layer(), InMemoryChannelLayer)


def tell(message: Message) -> None:
    """Send it soon. On the loop of `talk`, or from a thread of a process that has none."""
    if not are_there():
        return
    if _something is None:
        _send_now(message)
        return
    _waiting.append(message)
    _something.set()


async def talk(hear: Callable[[Message], None]) -> None:
    """Send what waits and hand on what comes, until cancelled. Call once, on the server's loop."""
    global _something
    _something = asyncio.Event()
    works = [asyncio.create_task(work) for work in (_send_for_ever(), _hear_for_ever(hear))]
    try:
        await asyncio.gather(*works)
    finally:
        _something = None
        for work in works:
            work.cancel()


def _send_now(message: Message) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(GROUP, _parcel([message]))
    except (RedisError, OSError) as error:
        logger.warning("other processes are told by their watchers: %s", error)


def _parcel(messages: list[Message]) -> Message:
    return {"type": "parcel", "from": ME, "messages": messages}


async def _send_for_ever() -> None:
    assert _something
    failing = False
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_something.wait(), BEAT_EVERY_S)
        _something.clear()
        while True:
            messages = [_waiting.popleft() for _ in range(min(len(_waiting), MOST_IN_A_PARCEL))]
            try:
                async with asyncio.timeout(SENT_WITHIN_S):
                    await get_channel_layer().group_send(GROUP, _parcel(messages))
                if failing:
                    logger.warning("Redis answers again")
                failing = False
            except (RedisError, OSError, TimeoutError) as error:
                if not failing:
                    logger.warning("Redis does not answer; watchers tell readers meanwhile: %s", type(error).__name__)
                failing = True
                await asyncio.sleep(AGAIN_AFTER_S)
            if not _waiting:
                break


async def _hear_for_ever(hear: Callable[[Message], None]) -> None:
    global _heard_at
    while True:
        _heard_at = time.monotonic()
        listening = asyncio.create_task(_listen(hear))
        try:
            while not listening.done() and (left := _heard_at + DEAF_AFTER_S - time.monotonic()) > 0:
                await asyncio.wait([listening], timeout=left)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, RedisError, OSError, TimeoutError):
                await listening
        # The receiver within the layer may have ended for good, and says so to nobody.
        with contextlib.suppress(RedisError, OSError):
            await get_channel_layer().flush()


async def _listen(hear: Callable[[Message], None]) -> None:
    global _heard_at
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    while True:
        parcel = await layer.receive(channel)
        _heard_at = time.monotonic()
        if parcel["from"] != ME:
            for message in parcel["messages"]:
                hear(message)
