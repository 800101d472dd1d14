"""At the same moment, again and again: two who claim, and an answer in flight as a person is called.

Where there are two web processes, each of the two who meet is on another one. TANDEM_RACES says how often they meet.
"""

import asyncio
import os
import random
from typing import Any

import pytest

from tests.protocol.client import Console, Frame, Server, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of

RACES = int(os.environ.get("TANDEM_RACES", "20"))
QUESTIONS = ("How long does delivery take?", "How do I return a jacket?", "What does the warranty cover?")
AT_ONCE = 4  # visitors who call a person in the midst of an answer, beside each other
BACK = ("returned", "handed_back")


@pytest.mark.timeout(60 + RACES)
async def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(meet: Meet, desk: Desk) -> None:
    widget = await meet()
    desks = await desk(), await desk("admin", other=True)
    wins = [0, 0]
    for number in range(RACES):
        since = widget.mark()
        await widget.done("person")
        conversation = await conversation_of(widget)
        answers = await asyncio.gather(*[console.answer("claim", conversation=conversation) for console in desks])
        assert sorted(answer["type"] for answer in answers) == ["ack", "error"], f"round {number}: {answers}"
        won = [answer["type"] for answer in answers].index("ack")
        winner, lost = desks[won], answers[1 - won]
        wins[won] += 1
        assert lost["code"] == "already_claimed"
        assert winner.welcome["agent"]["name"] in lost["message"]
        claimed = await widget.event(since, kind="claimed")
        assert (claimed["seq"], claimed["name"]) == (answers[won]["seq"], winner.welcome["agent"]["name"])
        await winner.done("hand_back", conversation=conversation)
        await widget.event(since, kind="handed_back")
        assert len(widget.having(since, type="event", kind="claimed")) == 1
    print(f"claimed at once {RACES} times: {wins[0]} and {wins[1]} won")


@pytest.mark.timeout(60 + 2 * RACES)
async def test_the_assistant_says_nothing_once_a_person_is_called_elsewhere(
    meet: Meet, desk: Desk, server: Server
) -> None:
    agent = await desk(other=True)
    rounds = max(2, RACES // 2 // AT_ONCE)
    hits = await asyncio.gather(*[_call_in_flight(meet, agent, server, rounds, seed) for seed in range(AT_ONCE)])
    in_flight = sum(hits)
    print(f"called a person {rounds * AT_ONCE} times, {in_flight} times while an answer was being written")
    assert in_flight, "no call hit its moment"
    for widget in [one for one in Widget.everybody if isinstance(one, Widget)]:
        assert not words_after_a_call(widget.frames)
    assert not [fault for frames in _by_conversation(agent) for fault in words_after_a_call(frames)]


async def _call_in_flight(meet: Meet, agent: Console, server: Server, rounds: int, seed: int) -> int:
    """One visitor with a tab on each process: asks in one, and at a random moment calls a person in the other."""
    dice, hits = random.Random(seed), 0
    asking = await meet()
    await asking.say("Hello")
    conversation = await conversation_of(asking)
    await asking.until(lambda frame: frame["type"] == "event" and frame["from"]["role"] == "assistant")
    calling = await Widget.connect(server.socket_url("widget", other=True), server.url)
    await calling.hello(server.site, token=asking.token)
    await agent.open(conversation)
    for _ in range(rounds):
        since, there = asking.mark(), calling.mark()
        asked = await asking.say(dice.choice(QUESTIONS))
        if dice.random() < 0.5:
            await asking.until(lambda frame: frame["type"] in ("turn", "delta", "event"), since)
        await asyncio.sleep(0.06 * dice.random() ** 2)
        await calling.done("person")
        escalated = await asking.event(since, kind="escalated")
        await calling.event(there, kind="escalated")
        answered = [frame for frame in asking.live(since) if frame["seq"] > asked["seq"]]
        is_hit = answered[0]["seq"] == escalated["seq"]
        hits += is_hit
        await asyncio.sleep(0.1)
        await calling.done("cancel_person")
        back = await asking.event(since, kind="returned")
        if is_hit:  # the question is answered now
            await asking.until(lambda frame: frame["type"] == "event", asking.frames.index(back) + 1)
    return hits


def words_after_a_call(frames: list[Frame]) -> list[Frame]:
    """What the assistant said to a socket between `escalated` and a handback."""
    said: list[Frame] = []
    is_called = False
    for frame in frames:
        kind = frame["kind"] if frame["type"] == "event" else ""
        is_called = (is_called or kind == "escalated") and kind not in BACK
        if is_called and (frame["type"] == "delta" or (kind and _role(frame) == "assistant")):
            said.append(frame)
    return said


def _role(frame: Frame) -> Any:
    return frame["from"]["role"]


def _by_conversation(console: Console) -> list[list[Frame]]:
    """A console's live events and deltas of each conversation, as a widget's would be."""
    told: dict[str, list[Frame]] = {}
    for frame in console.frames:
        if frame["type"] in ("event", "delta") and "conversation" in frame:
            told.setdefault(frame["conversation"], []).append(
                {"type": "event", **frame["event"]} if frame["type"] == "event" else frame
            )
    return list(told.values())
