"""The process of `manage.py work`: what may wait, and the turns of a web process that was killed."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final

from chat import broadcast, turns

from .background import Background

TASKS_HAVE_S: Final = 8.0

logger = logging.getLogger(__name__)


def work(*, ready: Callable[[], None]) -> int:
    """Work until SIGTERM or Ctrl-C. Returns the exit code."""
    sys.setswitchinterval(0.0005)  # as in server.py: tasks of one thread must not hold up a turn on another
    asyncio.run(_work(ready))
    sys.stdout.flush()
    os._exit(0)  # a thread that still computes would be waited for; rows are the truth


async def _work(ready: Callable[[], None]) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    # It hears of a change of floor as a web process does, so that a turn which runs here stops at once.
    broadcast.hub().floor_hooks.append(turns.drop_older)
    listening = asyncio.create_task(broadcast.listen())
    background = Background()
    await loop.run_in_executor(None, background.start)
    ready()
    ended = asyncio.create_task(ending.wait())
    await asyncio.wait([ended, listening], return_when=asyncio.FIRST_COMPLETED)
    stopping = threading.Thread(target=background.stop, daemon=True)
    stopping.start()
    await turns.stop()
    await loop.run_in_executor(None, stopping.join, TASKS_HAVE_S)
    listening.cancel()
