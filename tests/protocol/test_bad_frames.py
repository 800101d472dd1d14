"""Every bad input gets the error of the page, and nothing else changes."""

import json
from typing import Any

import pytest

from tests.protocol.client import LIMIT, Peer, Server, Widget, new_id
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of

ID = "3f0e1f0a-7d3c-4b52-9c57-0d9d7d1f0a11"
NOT_JSON = {
    "nothing": "",
    "a brace": "{",
    "a word": "hello",
    "single quotes": "{'type': 'ping'}",
    "more after it": '{"type":"ping"} {"type":"ping"}',
    "a trailing comma": '{"type":"ping",}',
    "NaN": '{"type":"ping","n":NaN}',
    "Infinity": '{"type":"ping","n":-Infinity}',
    "a raw newline in a string": '{"type":"ping","n":"a\nb"}',
    "brackets without end": "[" * 60_000,
    "nested too deep": '{"type":"message","id":"@ID","text":' + "[" * 30_000 + '"x"' + "]" * 30_000 + "}",
}
NOT_AN_OBJECT = {
    "an array": "[]",
    "an array of frames": '[{"type":"ping"}]',
    "a string": '"ping"',
    "a number": "12",
    "null": "null",
    "true": "true",
}
BINARY = {"binary JSON": b'{"type":"ping"}', "no bytes": b"", "not UTF-8": b"\xff\xfe\x00"}
MISSING: dict[str, dict[str, Any]] = {
    "no type": {"id": ID, "text": "x"},
    "nothing in it": {},
    "a message without id": {"type": "message", "text": "x"},
    "a message without text": {"type": "message", "id": ID},
    "person without id": {"type": "person"},
    "cancel_person without id": {"type": "cancel_person"},
    "earlier without before": {"type": "earlier", "n": 5},
    "earlier without n": {"type": "earlier", "before": 5},
    "typing without on": {"type": "typing"},
    "read without seq": {"type": "read"},
}
WRONG_TYPE: dict[str, dict[str, Any]] = {
    "type is a number": {"type": 5},
    "type is null": {"type": None},
    "type is a list": {"type": ["ping"]},
    "type is an object": {"type": {"ping": 1}},
    "text is a number": {"type": "message", "id": ID, "text": 5},
    "text is null": {"type": "message", "id": ID, "text": None},
    "text is a list": {"type": "message", "id": ID, "text": ["x"]},
    "text is an object": {"type": "message", "id": ID, "text": {"a": "x"}},
    "id is a number": {"type": "message", "id": 5, "text": "x"},
    "id is null": {"type": "message", "id": None, "text": "x"},
    "id is true": {"type": "person", "id": True},
    "id is empty": {"type": "message", "id": "", "text": "x"},
    "id is endless": {"type": "message", "id": "x" * 10_000, "text": "x"},
    "attachments is a string": {"type": "message", "id": ID, "text": "x", "attachments": "y"},
    "before is a string": {"type": "earlier", "before": "5", "n": 5},
    "before is a fraction": {"type": "earlier", "before": 1.5, "n": 5},
    "before is true": {"type": "earlier", "before": True, "n": 5},
    "n is a string": {"type": "earlier", "before": 5, "n": "5"},
    "n is null": {"type": "earlier", "before": 5, "n": None},
    "on is a string": {"type": "typing", "on": "yes"},
    "on is a number": {"type": "typing", "on": 1},
    "seq is a string": {"type": "read", "seq": "1"},
    "seq is null": {"type": "read", "seq": None},
    "hidden is a string": {"type": "ping", "hidden": "yes"},
    "after is a string": {"type": "hello", "after": "1"},
    "last is a list": {"type": "hello", "last": [1]},
    "token is a number": {"type": "hello", "token": 1},
}
NOT_TEXT = {
    "U+0000 in the text": r'{"type":"message","id":"@ID","text":"a\u0000b"}',
    "only U+0000": r'{"type":"message","id":"@ID","text":"\u0000"}',
    "U+0000 raw": '{"type":"message","id":"@ID","text":"a\x00b"}',
    "U+0000 in the id": r'{"type":"person","id":"@ID\u0000"}',
    "U+0000 in a field that is ignored": r'{"type":"message","id":"@ID","text":"x","y":"\u0000"}',
    "U+0000 in a list that is ignored": r'{"type":"message","id":"@ID","text":"x","y":[{"z":"\u0000"}]}',
    "a high surrogate": r'{"type":"message","id":"@ID","text":"a\ud83d"}',
    "a low surrogate": r'{"type":"message","id":"@ID","text":"\ude00b"}',
    "surrogates the wrong way round": r'{"type":"message","id":"@ID","text":"\ude00\ud83d"}',
    "a surrogate in a name": r'{"type":"message","id":"@ID","text":"x","\ud83d":1}',
}


def raw_of(frames: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The same as text."""
    return {name: json.dumps(frame) for name, frame in frames.items()}


BAD: dict[str, str | bytes] = {
    **NOT_JSON, **NOT_AN_OBJECT, **BINARY, **raw_of(MISSING), **raw_of(WRONG_TYPE), **NOT_TEXT,
}  # fmt: skip


# What may come meanwhile, of what others do.
NEWS = ("conversation", "inbox", "counts", "presence", "alert")


async def refused(peer: Peer, data: str | bytes) -> dict[str, Any]:
    """Send this and hand back the only thing that comes of it; the socket must stay open."""
    since = peer.mark()
    await peer.raw(data)
    answer = await peer.until(lambda frame: frame["type"] not in NEWS, since)
    await peer.settled()
    return answer


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_frame_is_refused_and_the_socket_stays_open(waiting: Widget, server: Server, name: str) -> None:
    before = await log_of(server, waiting.token)
    data = BAD[name]
    answer = await refused(waiting, data.replace("@ID", new_id()) if isinstance(data, str) else data)
    assert (answer["type"], answer.get("code")) == ("error", "bad_frame")
    assert await log_of(server, waiting.token) == before


READABLE = [name for name, text in NOT_TEXT.items() if '"id":"@ID"' in text and "raw" not in name]


@pytest.mark.parametrize("name", READABLE)
async def test_text_that_cannot_be_is_refused_by_its_id(waiting: Widget, name: str) -> None:
    frame_id = new_id()
    assert (await refused(waiting, NOT_TEXT[name].replace("@ID", frame_id)))["id"] == frame_id


@pytest.mark.parametrize("kind", ["hullo", "", "PING", "welcome", "ack", "claim", "note", "__class__", "x" * 5000])
async def test_an_unknown_type_is_named(waiting: Widget, server: Server, kind: str) -> None:
    before = await log_of(server, waiting.token)
    frame = {"type": kind, "id": ID, "text": "x", "conversation": await conversation_of(waiting)}
    answer = await refused(waiting, json.dumps(frame))
    assert (answer["type"], answer.get("code")) == ("error", "unknown_type")
    assert await log_of(server, waiting.token) == before


async def test_what_is_not_there_yet_is_not_allowed(waiting: Widget, server: Server) -> None:
    before = await log_of(server, waiting.token)
    answer = await waiting.answer("message", text="x", attachments=[ID])
    assert (answer["type"], answer.get("code")) == ("error", "not_allowed")
    assert await log_of(server, waiting.token) == before


async def test_empty_attachments_are_none(waiting: Widget) -> None:
    await waiting.done("message", text="x", attachments=[])


async def test_unknown_fields_are_ignored(waiting: Widget) -> None:
    ack = await waiting.done("message", text="with more", colour="red", seq=99, at="now", **{"from": "me"})
    event = await waiting.event(text="with more")
    assert ack["seq"] == event["seq"] == 3


@pytest.mark.parametrize("frame", ["read", "earlier before", "earlier n", "hello after", "hello last", "ping"])
async def test_a_strange_number_breaks_nothing(waiting: Widget, server: Server, frame: str) -> None:
    before = await log_of(server, waiting.token)
    kind, _, name = frame.partition(" ")
    needed: dict[str, dict[str, Any]] = {"earlier": {"before": 2, "n": 1}}
    needed["hello"] = {"site": server.site, "token": waiting.token}
    fields = needed.get(kind, {})
    for number in (10**30, -1, 0, 2**53, 2**63, 2**64, -(10**30)):
        since = waiting.mark()
        await waiting.send(kind, **{**fields, name or {"read": "seq", "ping": "n"}[kind]: number})
        await waiting.settled()
        assert [f["code"] for f in waiting.having(since, type="error")] in ([], ["bad_frame"]), number
    assert await log_of(server, waiting.token) == before


async def test_a_number_of_a_thousand_digits_breaks_nothing(waiting: Widget) -> None:
    since = waiting.mark()
    await waiting.raw('{"type":"read","seq":' + "9" * 5000 + "}")
    await waiting.settled()
    assert [f["code"] for f in waiting.having(since, type="error")] in ([], ["bad_frame"])


def padded(frame: dict[str, Any], size: int, filling: str = "x") -> str:
    """The frame with an ignored field that makes it exactly so many bytes."""
    bare = json.dumps({**frame, "padding": ""}, ensure_ascii=False)
    left = size - len(bare.encode())
    filled, rest = divmod(left, len(filling.encode()))
    return json.dumps({**frame, "padding": filling * filled + "x" * rest}, ensure_ascii=False)


@pytest.mark.parametrize("filling", ["x", "é", "漢", "\U0001f9ed"])
async def test_64_kib_are_taken_and_one_byte_more_is_too_long(waiting: Widget, server: Server, filling: str) -> None:
    most = padded({"type": "message", "id": new_id(), "text": "fits"}, LIMIT, filling)
    assert len(most.encode()) == LIMIT
    assert (await refused(waiting, most))["type"] == "ack"
    before = await log_of(server, waiting.token)
    answer = await refused(waiting, padded({"type": "message", "id": new_id(), "text": "no"}, LIMIT + 1, filling))
    assert (answer["type"], answer.get("code")) == ("error", "too_long")
    assert await log_of(server, waiting.token) == before


@pytest.mark.parametrize("size", [2**17, 2**20, 2**24])
async def test_a_frame_over_the_limit_of_the_wire_ends_the_socket(waiting: Widget, server: Server, size: int) -> None:
    before = await log_of(server, waiting.token)
    await waiting.raw(padded({"type": "message", "id": new_id(), "text": "no"}, size))
    assert await waiting.ended() in (1009, 1006)
    assert await log_of(server, waiting.token) == before


async def test_the_tenth_bad_frame_in_a_minute_closes(waiting: Widget, server: Server) -> None:
    before = await log_of(server, waiting.token)
    bad: list[str | bytes] = ["{", "[]", b"x", '{"type":"message"}', padded({"type": "ping"}, LIMIT + 1)] * 2
    for data in bad[:9]:
        assert (await refused(waiting, data))["type"] == "error"
    await waiting.raw(bad[9])
    assert await waiting.ended() == 4400
    assert await log_of(server, waiting.token) == before


async def test_unknown_types_and_refused_messages_do_not_count_as_bad(waiting: Widget) -> None:
    for _ in range(12):
        await waiting.send("hullo")
        await waiting.answer("message", text=" ")
        await waiting.answer("rating", score=5)
    await waiting.settled()


@pytest.mark.parametrize("name", ["a brace", "an array", "binary JSON", "no type", "id is a number", "NaN"])
async def test_a_bad_frame_on_the_console_is_refused_too(desk: Desk, name: str) -> None:
    answer = await refused(await desk(), BAD[name])
    assert (answer["type"], answer.get("code")) == ("error", "bad_frame")


CONSOLE_BAD: dict[str, dict[str, Any]] = {
    "claim without id": {"type": "claim"},
    "claim without conversation": {"type": "claim", "id": ID},
    "conversation is a number": {"type": "claim", "id": ID, "conversation": 5},
    "a note without text": {"type": "note", "id": ID},
    "text is null": {"type": "note", "id": ID, "text": None},
    "open without conversation": {"type": "open"},
    "presence without state": {"type": "presence", "id": ID},
    "presence of another state": {"type": "presence", "id": ID, "state": "sleeping"},
    "typing without on": {"type": "typing"},
    "read without seq": {"type": "read"},
    "after is a string": {"type": "open", "after": "1"},
    "note of the hand back is a number": {"type": "hand_back", "id": ID, "note": 5},
    "U+0000 in a note": {"type": "note", "id": ID, "text": "a\0b"},
    "a lone surrogate": {"type": "message", "id": ID, "text": "\ud83d"},
}


@pytest.mark.parametrize("name", CONSOLE_BAD)
async def test_a_bad_frame_of_an_agent_changes_nothing(waiting: Widget, desk: Desk, name: str) -> None:
    agent, conversation, frame = await desk(), await conversation_of(waiting), CONSOLE_BAD[name]
    events = await agent.open(conversation)
    needs = "conversation" not in frame and "without conversation" not in name and frame["type"] != "presence"
    answer = await refused(agent, json.dumps({**frame, "conversation": conversation} if needs else frame))
    assert (answer["type"], answer.get("code")) == ("error", "bad_frame")
    assert await agent.open(conversation) == events


async def test_an_agents_texts_have_the_same_limits(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    events = await agent.open(conversation)
    for kind in ("message", "note"):
        for text, code in (("", "empty"), (" \n\u3000", "empty"), ("x" * 4001, "too_long")):
            answer = await agent.answer(kind, conversation=conversation, text=text)
            assert (answer["type"], answer.get("code")) == ("error", code), (kind, text[:5])
    assert await agent.open(conversation) == events


async def test_a_frame_may_come_in_fragments(waiting: Widget) -> None:
    await waiting.connection.send(['{"type":"pi', 'ng","n"', ":77}"])
    assert (await waiting.frame("pong"))["n"] == 77


async def test_before_there_is_a_conversation_there_is_nothing_to_do(meet: Meet) -> None:
    widget = await meet()
    await widget.send("earlier", before=5, n=5)
    page = await widget.frame("events")
    assert (page["events"], page["more"], page["earlier"]) == ([], False, False)
    assert "seq" not in await widget.answer("cancel_person")
    await widget.send("read", seq=5)
    await widget.settled()
    assert "internal" not in str(widget.frames)
    assert (await meet(token=widget.token)).welcome["conversation"] is None, "rows come with the first message"


async def test_a_later_hello_makes_nobody_somebody_else(waiting: Widget, server: Server, meet: Meet) -> None:
    other = await meet()
    await other.say("a secret of somebody else")
    mine, since = waiting.token, waiting.mark()
    await waiting.send("hello", site=server.site, token=other.token)
    answer = await waiting.until(lambda frame: frame["type"] in ("welcome", "error"), since)
    assert answer["type"] == "error" or answer["token"] == mine
    await other.say("another secret")
    await waiting.quiet(0.2)
    assert "secret" not in str(waiting.frames)


async def test_an_unknown_type_on_the_console_is_named(desk: Desk) -> None:
    for kind in ("hullo", "person", "cancel_person"):
        agent = await desk()
        assert (await refused(agent, json.dumps({"type": kind, "id": ID})))["code"] == "unknown_type"
