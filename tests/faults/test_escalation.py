"""kill -9 at each step between an escalation's trigger and its claim: none is lost, none is announced twice."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rig import Tandem
from tests.protocol.client import Console, Peer, new_id
from tests.protocol.conftest import cookies_of

from .conftest import ROUNDS
from .crowd import Visitor
from .party import Party, party

ANGER = "THIS IS A SCAM, I WANT TO SPEAK TO A MANAGER NOW!!!"
SHORT = 2
STEPS = ("frame", "ack", "alert", "claim")


class Escalation:
    """One visitor who calls a person, and the agent who is to claim them."""

    def __init__(self, where: Party, cookies: str, dice: random.Random) -> None:
        self.where, self.cookies, self.dice = where, cookies, dice
        self.visitor = Visitor(where.web)
        self.claim = new_id()
        self.console: Console

    async def begin(self) -> None:
        """Somebody talks to the assistant, and an agent sits at the console."""
        await self.sit_down()
        await self.visitor.connect()
        await self.visitor.say("How long does delivery take?")
        await until(lambda: bool(self.visitor.log) and self.visitor.log[-1]["from"]["role"] == "assistant")

    async def up_to(self, step: str) -> None:
        """Call a person, and go as far as `step`; the kill follows within a moment."""
        await self.visitor.say(ANGER)
        if step != "frame":
            await until(lambda: not self.visitor.unacked)
        if step in ("alert", "claim"):
            await self.console.frame("alert", conversation=self.visitor.conversation)
        if step == "claim":
            await self.console.send("claim", id=self.claim, conversation=self.visitor.conversation)
        await asyncio.sleep(0.03 * self.dice.random())

    async def lose(self, victim: Tandem | None) -> None:
        """kill -9; whoever was connected to it comes back once it is there again."""
        if victim is None:
            self.console.connection.transport.abort()
        else:
            victim.kill()
            await asyncio.sleep(0.1)
            await asyncio.to_thread(victim.start)
        if victim in (None, self.where.desk):
            await self.sit_down()
        if victim is self.where.web:
            await self.visitor.gone()
            await self.visitor.connect()

    async def sit_down(self) -> None:
        """An agent at the console."""
        door = self.where.door
        self.console = await Console.connect(door.socket_url("console"), door.url, self.cookies)
        await self.console.hello()

    async def end_well(self) -> None:
        """The agent sees who waits and claims; the customer was told once of each."""
        await until(lambda: not self.visitor.unacked)
        await until(lambda: "escalated" in self.kinds)
        row = await self.shown()
        assert row["handler"] in ("queue", "agent"), row
        ack = await self.console.answer("claim", id=self.claim, conversation=self.visitor.conversation)
        assert ack["type"] == "ack", ack
        await until(lambda: "claimed" in self.kinds)
        await asyncio.sleep(0.3)
        assert (self.kinds.count("escalated"), self.kinds.count("claimed")) == (1, 1), self.kinds
        called = self.kinds.index("escalated")
        assert not [event for event in self.visitor.log[called:] if event["from"]["role"] == "assistant"]
        stored = self.where.web.rows(
            "SELECT kind FROM chat_event event JOIN chat_conversation log ON log.id = event.conversation_id"
            f" WHERE log.public_id = '{self.visitor.conversation}' AND kind IN ('escalated', 'claimed')"
        )
        assert sorted(stored) == [("claimed",), ("escalated",)]

    async def shown(self) -> dict[str, Any]:
        """The conversation as the agent's inbox has it, from the welcome or since."""

        def is_it(frame: dict[str, Any]) -> bool:
            rows = frame["inbox"] if frame["type"] == "welcome" else [frame["row"]] if frame["type"] == "inbox" else []
            return any(
                row["conversation"] == self.visitor.conversation and row["handler"] != "assistant" for row in rows
            )

        frame = await self.console.until(is_it, within=20)
        rows = frame["inbox"] if frame["type"] == "welcome" else [frame["row"]]
        return dict(next(row for row in rows if row["conversation"] == self.visitor.conversation))

    @property
    def kinds(self) -> list[str]:
        """What the customer was told, in order."""
        return [event["kind"] for event in self.visitor.log]

    async def leave(self) -> None:
        """Everybody goes."""
        await self.visitor.leave()
        for peer in Peer.everybody:
            await peer.close()
        Peer.everybody.clear()


@pytest.mark.timeout(300 + 200 * ROUNDS)
async def test_no_escalation_is_lost_or_announced_twice(
    tmp_path: Path, request: pytest.FixtureRequest, dice: random.Random, count_hits: dict[str, Any]
) -> None:
    """Each step, and at each everything that may be killed."""
    with party(tmp_path, lambda: request.getfixturevalue("installation")) as where:
        with contextlib.closing(await asyncio.to_thread(where.door.log_in, "agent")) as browser:
            cookies = cookies_of(browser)
        for step, name in kills(where):
            escalation = Escalation(where, cookies, dice)
            await escalation.begin()
            await escalation.up_to(step)
            before = len(escalation.visitor.unacked)
            await escalation.lose(where.victims[name])
            await escalation.end_well()
            await escalation.leave()
            count_hits[f"{name} at {step}"] = count_hits.get(f"{name} at {step}", 0) + 1
            count_hits["before the ack"] = count_hits.get("before the ack", 0) + before


def kills(where: Party) -> list[tuple[str, str]]:
    """What is killed when: every part at every step, again and again; in the short form of one process a few."""
    if ROUNDS <= SHORT and where.worker is None:
        return [("ack", "web"), ("alert", "browser"), ("claim", "web")]
    return [(step, name) for _ in range(max(1, ROUNDS // 2)) for step in STEPS for name in where.victims]


async def until(holds: Callable[[], bool], within: float = 30.0) -> None:
    """Wait until it holds."""

    async def look() -> None:
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), within)
