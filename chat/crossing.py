"""The one place where async code crosses to the ORM: a small fixed pool of threads.

On SQLite they keep their connections; PostgreSQL's come from its pool for each crossing, so that a connection that
broke, or a server that was started again, costs no thread its next call.

Neither `database_sync_to_async` (one thread for every socket) nor a thread per socket; figures in docs/architecture.md.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection

Params = ParamSpec("Params")
Result = TypeVar("Result")

_TRIES: Final = 3
# PostgreSQL's deadlock_detected, serialization_failure, and unique_violation by a row that another made at the same
# moment: all of it was undone, and the second time finds what the others did.
_TO_BE_DONE_AGAIN: Final = ("40P01", "40001", "23505")
_POOLED: Final = "pool" in settings.DATABASES["default"]["OPTIONS"]
# SQLite has one writer at a time, so one thread: waiting in its queue is cheaper than polling for the lock.
_writer = ThreadPoolExecutor(4 if _POOLED else 1, thread_name_prefix="writer")
_readers = ThreadPoolExecutor(4 if _POOLED else 2, thread_name_prefix="reader")
# Search and embedding take milliseconds and let go of the interpreter lock: they must not hold up readers.
_thinkers = ThreadPoolExecutor(2, thread_name_prefix="thinker")
# Whoever waits for another's server must not hold up a search.
_outside = ThreadPoolExecutor(8, thread_name_prefix="outside")


async def write(verb: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    """Run a verb of `lifecycle` on a writer's thread; again where PostgreSQL undid it for another's sake."""
    for _ in range(_TRIES - 1):
        try:
            return await _cross(_writer, verb, *args, **kwargs)
        except (OperationalError, IntegrityError) as error:
            if getattr(error.__cause__, "sqlstate", "") not in _TO_BE_DONE_AGAIN:
                raise
    return await _cross(_writer, verb, *args, **kwargs)


async def read(query: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    """Run a query on a reader's thread."""
    return await _cross(_readers, query, *args, **kwargs)


async def think(work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    """Run what computes and reads (search, rendering) on a thread of its own."""
    return await _cross(_thinkers, work, *args, **kwargs)


def write_from(verb: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    """Run a verb on a writer's thread for who is on a thinker's already, and waits there."""
    return _writer.submit(partial(_let_go_after, verb) if _POOLED else verb, *args, **kwargs).result()


async def ask_outside(work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    """Run what waits for somebody else's server, and touches no rows."""
    return await _cross(_outside, work, *args, **kwargs)


async def _cross(pool: ThreadPoolExecutor, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    # What asgiref's SyncToAsync does for sensitive threads is not needed here, and costs a third of the crossing.
    run = partial(_let_go_after, work) if _POOLED else work
    call = partial(copy_context().run, run, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(pool, call)


def _let_go_after(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    try:
        return work(*args, **kwargs)
    finally:
        connection.close()  # back into the pool
