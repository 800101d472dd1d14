"""The same id twice is one thing done once."""

import asyncio
from typing import Any

import pytest

from tests.protocol.client import Server, Widget, new_id
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of, one_of


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one ack is the other again."""
    return all(one.get(name) == other.get(name) for name in ("type", "id", "seq", "at"))


async def texts(server: Server, token: str) -> list[str]:
    """The visitor's messages in the log."""
    _, events = await log_of(server, token)
    return [event["text"] for event in events if event["from"]["role"] == "visitor" and event["kind"] == "message"]


async def test_on_the_same_socket(waiting: Widget, server: Server) -> None:
    message = one_of("once")
    first = await waiting.done("message", **message)
    since = waiting.mark()
    assert same(await waiting.done("message", **message), first)
    await waiting.settled()
    assert waiting.live(since) == [] or waiting.live(since)[0]["id"] == message["id"]
    assert (await texts(server, waiting.token)).count("once") == 1


async def test_on_another_socket_of_the_visitor(waiting: Widget, meet: Meet, server: Server) -> None:
    message = one_of("once")
    first = await waiting.done("message", **message)
    other = await meet(token=waiting.token)
    assert same(await other.done("message", **message), first)
    assert (await texts(server, waiting.token)).count("once") == 1


async def test_after_a_break(waiting: Widget, meet: Meet, server: Server) -> None:
    message = one_of("once")
    await waiting.send("message", **message)
    await waiting.close()
    again = await meet(token=waiting.token)
    await again.done("message", **message)
    assert (await texts(server, waiting.token)).count("once") == 1


async def test_for_the_very_first_message(meet: Meet, server: Server) -> None:
    widget, message = await meet(), one_of("How long does delivery take?")
    first = await widget.done("message", **message)
    assert same(await widget.done("message", **message), first)
    assert await texts(server, widget.token) == [message["text"]]


@pytest.mark.parametrize("round_", range(5))
async def test_for_the_very_first_message_on_two_sockets_at_once(meet: Meet, server: Server, round_: int) -> None:
    one, message = await meet(), one_of("How long does delivery take?")
    other = await meet(token=one.token)
    first, second = await asyncio.gather(one.done("message", **message), other.done("message", **message))
    assert same(first, second)
    assert await texts(server, one.token) == [message["text"]]


async def test_four_times_at_once(waiting: Widget, meet: Meet, server: Server) -> None:
    sockets = [waiting, *[await meet(token=waiting.token) for _ in range(3)]]
    for number in range(5):
        message = one_of(f"once {number}")
        acks = await asyncio.gather(*[widget.done("message", **message) for widget in sockets])
        assert all(same(ack, acks[0]) for ack in acks)
    written = await texts(server, waiting.token)
    assert written[-5:] == [f"once {number}" for number in range(5)]


async def test_asking_for_a_person_and_taking_it_back(meet: Meet) -> None:
    widget, name, other = await meet(), new_id(), new_id()
    first = await widget.done("person", id=name)
    assert same(await widget.done("person", id=name), first)
    back = await widget.done("cancel_person", id=other)
    assert same(await widget.done("cancel_person", id=other), back)
    assert same(await widget.done("person", id=name), first), "an old frame sent again does not ask again"
    await widget.event(kind="returned")  # the last ack comes before it, and so may a pong
    await widget.settled()
    assert [event["kind"] for event in widget.live()] == ["escalated", "returned"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("message", {"text": "something else"}),
        ("message", {"text": "once "}),
        ("message", {"text": "Once"}),
        ("message", {"text": "once\u200b"}),
        ("person", {}),
        ("cancel_person", {}),
    ],
)
async def test_with_other_content_it_is_refused(waiting: Widget, server: Server, kind: str, fields: Any) -> None:
    message = one_of("once")
    await waiting.done("message", **message)
    before = await log_of(server, waiting.token)
    answer = await waiting.answer(kind, id=message["id"], **fields)
    assert (answer["type"], answer.get("code")) == ("error", "id_reused")
    assert await log_of(server, waiting.token) == before


async def test_the_first_messages_id_with_other_content_is_refused(meet: Meet, server: Server) -> None:
    widget, message = await meet(), one_of("How long does delivery take?")
    await widget.done("message", **message)
    answer = await widget.answer("message", id=message["id"], text="And now something else?")
    assert (answer["type"], answer.get("code")) == ("error", "id_reused")
    assert await texts(server, widget.token) == [message["text"]]


async def test_two_visitors_may_use_the_same_id(meet: Meet, server: Server) -> None:
    message = one_of("How long does delivery take?")
    for widget in (await meet(), await meet()):
        assert (await widget.done("message", **message))["seq"] == 1
        assert await texts(server, widget.token) == [message["text"]]


async def test_an_agents_frames_too(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.open(conversation)
    for kind, fields in (
        ("note", {"text": "careful"}),
        ("claim", {}),
        ("message", {"text": "Hello, I am here."}),
        ("hand_back", {"note": "be kind"}),
        ("resolve", {}),
        ("reopen", {}),
    ):
        name = new_id()
        first = await agent.done(kind, id=name, conversation=conversation, **fields)
        count = len(await agent.open(conversation))
        assert same(await agent.done(kind, id=name, conversation=conversation, **fields), first), kind
        assert len(await agent.open(conversation)) == count, f"{kind} was done twice"


async def test_two_agents_may_use_the_same_id(waiting: Widget, desk: Desk) -> None:
    agent, admin, conversation = await desk(), await desk("admin"), await conversation_of(waiting)
    name = new_id()
    first = await agent.done("note", id=name, conversation=conversation, text="the same")
    second = await admin.done("note", id=name, conversation=conversation, text="the same")
    assert second["seq"] == first["seq"] + 1


async def test_an_agents_id_with_other_content_is_refused(waiting: Widget, desk: Desk, meet: Meet) -> None:
    agent, conversation, name = await desk(), await conversation_of(waiting), new_id()
    other = await meet()
    await other.done("person")
    await agent.done("note", id=name, conversation=conversation, text="careful")
    count = len(await agent.open(conversation))
    for kind, fields in (
        ("note", {"conversation": conversation, "text": "careless"}),
        ("message", {"conversation": conversation, "text": "careful"}),
        ("claim", {"conversation": conversation}),
        ("note", {"conversation": await conversation_of(other), "text": "careful"}),
    ):
        answer = await agent.answer(kind, id=name, **fields)
        assert (answer["type"], answer.get("code")) == ("error", "id_reused"), (kind, fields)
    assert len(await agent.open(conversation)) == count


async def test_a_visitor_and_an_agent_may_use_the_same_id(waiting: Widget, desk: Desk) -> None:
    agent, conversation, message = await desk(), await conversation_of(waiting), one_of("the same")
    first = await waiting.done("message", **message)
    second = await agent.done("message", conversation=conversation, **message)
    assert second["seq"] > first["seq"]


async def test_what_two_tabs_send_at_once_is_seen_once_and_in_one_order_by_both(waiting: Widget, meet: Meet) -> None:
    tabs = (waiting, await meet(token=waiting.token))
    since = [tab.mark() for tab in tabs]
    texts = [[f"tab {number}, message {n}" for n in range(5)] for number in range(2)]
    acks = await asyncio.gather(
        *[tab.done("message", **one_of(text)) for tab, mine in zip(tabs, texts, strict=True) for text in mine]
    )
    assert len({ack["seq"] for ack in acks}) == 10
    last = max(ack["seq"] for ack in acks)
    seen = []
    for tab, mark in zip(tabs, since, strict=True):
        await tab.event(mark, seq=last)
        await tab.settled()
        seen.append([(event["seq"], event["text"]) for event in tab.live(mark)])
    assert seen[0] == seen[1] == sorted(seen[0])
    assert sorted(text for _seq, text in seen[0]) == sorted([*texts[0], *texts[1]])
