"""kill -9 while a colleague is asked: the question is there again, a reply is never lost, and its time runs out."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from benchmarks.rig import Tandem
from tests.protocol.client import Console, Peer, Server, Widget
from tests.protocol.conftest import cookies_of

QUESTION = "Do you also tune grand pianos?"
WITHIN_S = 15.0
pytestmark = pytest.mark.timeout(240)


def by_hand(server: Tandem, statement: str) -> None:
    """Change the rows of a server that does not run."""

    with closing(sqlite3.connect(server.var / "tandem.sqlite3")) as rows:
        rows.execute(statement)
        rows.commit()


@pytest.fixture(autouse=True)
async def _leave() -> AsyncIterator[None]:
    """Close what a test has left open."""
    yield
    for peer in Peer.everybody:
        await peer.close()
    Peer.everybody.clear()


@pytest.fixture
def asking(installation: Tandem) -> Tandem:
    """The installation, with the demo shop's consent."""
    by_hand(installation, "UPDATE sites_site SET ask_people = 1 WHERE is_demo = 1")
    installation.start()
    return installation


def at(server: Tandem) -> Server:
    """As the protocol's client knows it."""
    assert server.process
    return Server(server.process, server.origin, server.var, server.demo)


async def people(server: Tandem, token: str | None = None) -> tuple[Widget, Console]:
    """A customer and an agent who is online, as after any (re)start."""
    there = at(server)
    with closing(await asyncio.to_thread(there.log_in, "agent")) as browser:
        cookies = cookies_of(browser)
    agent = await Console.connect(there.socket_url("console"), there.url, cookies)
    await agent.hello()
    await agent.done("presence", state="online")
    widget = await Widget.connect(there.socket_url("widget"), there.url)
    await widget.hello(there.site, **({"token": token} if token else {}))
    return widget, agent


async def test_a_question_outlives_a_kill_and_its_reply_too(asking: Tandem) -> None:
    widget, agent = await people(asking)
    await widget.say(QUESTION)
    await widget.event(kind="asked")
    question = await agent.frame("question")
    asking.kill()
    await asyncio.to_thread(asking.start)
    widget, agent = await people(asking, widget.token)
    again = await agent.frame("question")
    assert (again["conversation"], again["seq"], again["text"]) == (question["conversation"], question["seq"], QUESTION)
    await agent.done("reply", conversation=again["conversation"], asked=again["seq"], text="No, we do not.")
    asking.kill()  # right after the ack: the turn that brings it may not have begun
    await asyncio.to_thread(asking.start)
    widget, agent = await people(asking, widget.token)
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        kinds = [kind for (kind,) in asking.rows("SELECT kind FROM chat_event ORDER BY id")]
        if kinds.count("message") == 3:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(2.5)  # another sweep: it is told once
    kinds = [kind for (kind,) in asking.rows("SELECT kind FROM chat_event ORDER BY id")]
    assert kinds == ["message", "message", "asked", "replied", "message"]


async def test_the_time_runs_out_while_nobody_serves(asking: Tandem) -> None:
    widget, _agent = await people(asking)
    await widget.say(QUESTION)
    await widget.event(kind="asked")
    asking.kill()
    by_hand(asking, "UPDATE chat_inquiry SET due_at = datetime('now', '-1 minute')")
    await asyncio.to_thread(asking.start)
    widget, agent = await people(asking, widget.token)
    if "offered" not in [event["kind"] for event in widget.told()]:
        await widget.frame("event", within=WITHIN_S, kind="offered")
    if asked := agent.having(type="question"):  # shown until the sweep has come by
        await agent.frame("question_over", seq=asked[0]["seq"])
