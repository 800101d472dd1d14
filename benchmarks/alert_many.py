"""The same with 1,000 connected visitors, 5 consoles, two web processes, a worker, PostgreSQL and Redis."""

import time

import psycopg
import redis

from .alert import Console, chatting, once
from .fleet import Fleet, fleet
from .report import Result, Spread, Target

SOCKETS = 1000
CONSOLES = 5
SECONDS_BETWEEN = 100.0  # of one visitor's messages: ten a second together, as in `alert`
ALERTS = 120


def run() -> Result:
    """The visitor who is angry is on one process, the consoles are on the other; the floor is taken in turn."""
    with fleet() as many:
        first, second = many.webs
        consoles = [Console(second, ("agent", "admin")[number % 2]) for number in range(CONSOLES)]
        floor = Floor(many)
        alone = [once(first, consoles) for _ in range(ALERTS // 4)]
        half = SOCKETS // 2
        with chatting(first, half, SECONDS_BETWEEN), chatting(second, half, SECONDS_BETWEEN):
            before, began = [each.cpu() for each in many.everyone], time.monotonic()
            pairs = [(once(first, consoles), floor.once()) for _ in range(ALERTS)]
            took = time.monotonic() - began
            cores = [round((each.cpu() - cpu) / took, 2) for each, cpu in zip(many.everyone, before, strict=True)]
    spread, least = (Spread.of([pair[place] for pair in pairs]) for place in (0, 1))
    figures = {
        "alone": Spread.of(alone),
        f"beside {SOCKETS} chatting sockets": spread,
        "floor: a transaction, and Redis there": least,
        "p50 over the floor's": round(spread.p50 / least.p50, 1),
        "CPU of web, web, worker, cores": cores,
    }
    return Result("alert_many", figures, [Target("p99 ms", spread.p99, 100)])


class Floor:
    """What PostgreSQL and Redis need alone: bump a number, insert a row, commit; then publish, and hear it."""

    def __init__(self, many: Fleet) -> None:
        self._base = psycopg.connect(many.servers.database_url)
        self._base.execute("CREATE TABLE floor_conversation (id int PRIMARY KEY, seq int)")
        self._base.execute("CREATE TABLE floor_event (id bigserial PRIMARY KEY, seq int, body text)")
        self._base.execute("INSERT INTO floor_conversation VALUES (1, 0)")
        self._base.commit()
        self._redis = redis.Redis.from_url(many.servers.redis_url)
        self._ear = self._redis.pubsub(ignore_subscribe_messages=True)
        self._ear.subscribe("floor")
        self._ear.get_message(timeout=1)

    def once(self) -> float:
        """Seconds for both."""
        began = time.perf_counter()
        self._base.execute("UPDATE floor_conversation SET seq = seq + 1")
        self._base.execute("INSERT INTO floor_event (seq, body) SELECT seq, 'angry' FROM floor_conversation")
        self._base.commit()
        self._redis.publish("floor", b"look")
        while self._ear.get_message(timeout=1) is None:
            pass
        return time.perf_counter() - began
