"""Coming back: pages, `after`, `last`, `earlier`, `reset`, and nothing missing in between."""

import asyncio
from typing import Any

import pytest

from tests.protocol.client import LIMIT, PAGE, Server, Widget, new_id, told
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of
from tests.protocol.rules import broken_chain

BIG = "\U0001f9ed" * 4000  # the most that one message may hold, outside the Basic Multilingual Plane


async def fill(widget: Widget, number: int, text: str = "message") -> None:
    """Send so many messages as fast as the socket takes them, and wait for their acks."""
    names = [new_id() for _ in range(number)]
    since = widget.mark()
    for count, name in enumerate(names):
        await widget.send("message", id=name, text=f"{text} {count}" if text != BIG else BIG)
    await widget.frame("ack", since, within=90, id=names[-1])  # of the longest, a few each second on a busy machine
    for name in names:
        await widget.frame("ack", since, id=name)


@pytest.fixture
async def growing(waiting: Widget) -> Widget:
    """A conversation of 122 events, for a test that adds to it."""
    await fill(waiting, 120)
    return waiting


KEPT: dict[str, str] = {}  # by server: the token of the visitor whose long conversation is only read


@pytest.fixture
async def long(server: Server, meet: Meet) -> Widget:
    """A conversation of 122 events that nothing happens in."""
    if server.url not in KEPT:
        widget = await meet()
        await widget.done("person")
        await fill(widget, 121)
        await widget.event(seq=122)
        KEPT[server.url] = widget.token
        await widget.close()
    return await meet(token=KEPT[server.url], after=122)


def seqs(events: list[dict[str, Any]]) -> list[int]:
    """Their numbers."""
    return [event["seq"] for event in events]


async def test_more_than_fifty_events_come_in_pages(long: Widget, meet: Meet) -> None:
    again = await meet(token=long.token)
    assert seqs(await again.events()) == list(range(1, 123))
    pages = [frame for frame in again.frames if frame["type"] in ("welcome", "events")]
    assert all(len(page["events"]) <= PAGE for page in pages)
    assert [page["more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert not any(page["earlier"] for page in pages), "all of them were asked for"
    assert again.welcome["conversation"]["last_seq"] == 122


@pytest.mark.parametrize("after", [0, 1, 71, 72, 73, 121, 122])
async def test_after_brings_every_event_since(long: Widget, meet: Meet, after: int) -> None:
    again = await meet(token=long.token, after=after)
    assert seqs(await again.events()) == list(range(after + 1, 123))
    assert not again.welcome.get("reset")


async def test_earlier_is_true_wherever_older_events_exist(long: Widget, meet: Meet) -> None:
    assert (await meet(token=long.token, after=0)).welcome["earlier"] is False
    assert (await meet(token=long.token, after=100)).welcome["earlier"] is True


async def test_last_may_be_more_than_a_page(long: Widget, meet: Meet) -> None:
    assert seqs(await (await meet(token=long.token, last=60)).events()) == list(range(63, 123))
    assert seqs(await (await meet(token=long.token, last=500)).events()) == list(range(1, 123))


@pytest.mark.parametrize("last", [1, 10, 50])
async def test_last_brings_only_the_newest(long: Widget, meet: Meet, last: int) -> None:
    again = await meet(token=long.token, last=last)
    assert seqs(await again.events()) == list(range(1, 123))[-last:]
    assert again.welcome["earlier"] is (last < 122)


async def test_last_is_followed_live_without_a_hole(growing: Widget, meet: Meet) -> None:
    again = await meet(token=growing.token, last=5)
    await growing.say("and on")
    assert (await again.event())["prev"] == 122


async def test_earlier_pages_back_to_the_first(long: Widget, meet: Meet) -> None:
    again = await meet(token=long.token, last=10)
    have = again.welcome["events"]
    for _ in range(4):
        since = again.mark()
        await again.send("earlier", before=have[0]["seq"], n=50)
        page = await again.frame("events", since)
        have = page["events"] + have
        assert not list(broken_chain(have))
        assert page["earlier"] is (have[0]["seq"] > 1)
        assert page["more"] is False
        if not page["earlier"]:
            break
    assert seqs(have) == list(range(1, 123))


@pytest.mark.parametrize(
    ("before", "n", "expected"),
    [
        (1, 50, []),
        (2, 50, [1]),
        (10, 3, [7, 8, 9]),
        (122, 1, [121]),
        (123, 2, [121, 122]),
        (10**6, 2, [121, 122]),
    ],
)
async def test_earlier_brings_those_just_before(long: Widget, before: int, n: int, expected: list[int]) -> None:
    since = long.mark()
    await long.send("earlier", before=before, n=n)
    page = await long.frame("events", since)
    assert seqs(page["events"]) == expected
    assert page["earlier"] is (bool(expected) and expected[0] > 1)


async def test_earlier_brings_at_most_fifty(long: Widget) -> None:
    since = long.mark()
    await long.send("earlier", before=120, n=51)
    answer = await long.until(lambda frame: frame["type"] in ("events", "error"), since)
    assert answer.get("code") == "bad_frame" or len(answer["events"]) <= PAGE


@pytest.mark.parametrize("beyond", [1, 1000, 2**31, 2**53 - 3])
async def test_after_beyond_the_end_resets(waiting: Widget, meet: Meet, beyond: int) -> None:
    again = await meet(token=waiting.token, after=2 + beyond)
    assert again.welcome.get("reset") is True
    assert seqs(await again.events()) == [1, 2]


async def test_after_counts_by_what_a_visitor_may_see(waiting: Widget, desk: Desk, meet: Meet) -> None:
    agent = await desk()
    await agent.done("note", conversation=await conversation_of(waiting), text="hidden")
    again = await meet(token=waiting.token, after=2)
    assert (again.welcome["events"], again.welcome.get("reset", False)) == ([], False)
    assert again.welcome["conversation"]["last_seq"] == 2, "the last that this reader may see"


@pytest.mark.parametrize("field", ["conversation", "epoch"])
async def test_another_conversation_or_epoch_resets(waiting: Widget, meet: Meet, field: str) -> None:
    again = await meet(token=waiting.token, after=1, **{field: "0" * 32})
    assert again.welcome.get("reset") is True
    assert seqs(await again.events()) == [1, 2]


async def test_the_same_conversation_and_epoch_resume(waiting: Widget, meet: Meet) -> None:
    epoch, conversation = waiting.welcome["epoch"], await conversation_of(waiting)
    again = await meet(token=waiting.token, after=1, epoch=epoch, conversation=conversation)
    assert not again.welcome.get("reset")
    assert seqs(await again.events()) == [2]


async def test_somebody_elses_conversation_is_not_told(waiting: Widget, meet: Meet) -> None:
    stranger = await meet(conversation=await conversation_of(waiting))
    assert (stranger.welcome["conversation"], stranger.welcome["events"]) == (None, [])
    other = await meet()
    await other.say("How long does delivery take?")
    back = await meet(token=other.token, conversation=await conversation_of(waiting), after=1)
    assert back.welcome["conversation"]["id"] == await conversation_of(other)
    assert back.welcome.get("reset") is True


async def test_hello_again_on_the_same_socket_fills_the_hole(waiting: Widget, server: Server) -> None:
    await fill(waiting, 3)
    await waiting.hello(server.site, token=waiting.token, after=2)
    assert seqs(await waiting.events()) == [3, 4, 5]
    since = waiting.mark()
    await waiting.say("and on")
    await waiting.event(since, seq=6)
    await waiting.quiet(0.2)
    assert seqs(waiting.live(since)) == [6], "still told once"


async def test_a_page_is_at_most_64_kib(waiting: Widget, meet: Meet) -> None:
    await fill(waiting, 12, BIG)
    again = await meet(token=waiting.token)
    events = await again.events()
    assert [event["text"] for event in events[2:]] == [BIG] * 12
    pages = [
        (again.sizes[at], len(frame["events"]))
        for at, frame in enumerate(again.frames)
        if frame["type"] in ("welcome", "events")
    ]
    assert all(size <= LIMIT for size, _ in pages), pages


async def told_up_to(widget: Widget, seq: int) -> None:
    """Wait until the widget has been told so much."""
    await widget.until(lambda _: seq in seqs(told(widget.frames)))


async def test_nothing_is_missing_between_the_pages_and_the_live_events(
    growing: Widget, meet: Meet, server: Server
) -> None:
    writing = asyncio.create_task(fill(growing, 120, "meanwhile"))
    readers = []
    for after in (0, 60, 100, 122):
        readers.append(await meet(token=growing.token, after=after))
    for _ in range(10):
        await readers[3].hello(server.site, token=growing.token, after=told(readers[3].frames)[-1]["seq"])
    await writing
    for reader in readers:
        await told_up_to(reader, 242)
    for after, reader in zip((0, 60, 100), readers, strict=False):
        assert seqs(told(reader.frames)) == list(range(after + 1, 243))
    assert sorted(set(seqs(told(readers[3].frames)))) == list(range(123, 243))


async def test_nothing_is_missing_for_an_agent_either(growing: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(growing)
    writing = asyncio.create_task(fill(growing, 60, "meanwhile"))
    since = agent.mark()
    await agent.open(conversation)
    await writing
    await agent.until(lambda _: 182 in seqs(agent.live(conversation, since)))
    pages = [event for frame in agent.having(since, type="events") for event in frame["events"]]
    assert seqs(pages + agent.live(conversation, since)) == list(range(1, 183))


async def test_two_writers_at_once_leave_no_hole(waiting: Widget, meet: Meet, server: Server) -> None:
    other = await meet(token=waiting.token)
    await asyncio.gather(fill(waiting, 30, "one"), fill(other, 30, "two"))
    _, events = await log_of(server, waiting.token)
    assert seqs(events) == list(range(1, 63))
    for text in ("one", "two"):
        mine = [event["text"] for event in events if event.get("text", "").startswith(text)]
        assert mine == [f"{text} {number}" for number in range(30)]
