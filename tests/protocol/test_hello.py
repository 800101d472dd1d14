"""Being welcomed, and what the first message makes."""

import asyncio
from typing import Any

from tests.protocol.client import Server, Widget, new_id, told
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of
from tests.protocol.rules import broken_chain, drafts

QUESTION = "How long does delivery take?"


async def test_a_new_visitor_is_welcomed_with_a_token_and_no_conversation(meet: Meet) -> None:
    welcome = (await meet()).welcome
    assert welcome["protocol"] == 1
    assert welcome["site"]["name"] == "Northpine"
    assert isinstance(welcome["site"]["open_now"], bool)
    assert welcome["token"]
    assert (welcome["conversation"], welcome["events"]) == (None, [])
    assert (welcome["earlier"], welcome["more"]) == (False, False)
    assert "reset" not in welcome or welcome["reset"] is False


async def test_the_whole_hello_of_the_page_is_understood(meet: Meet) -> None:
    widget = await meet(
        locale="de-DE", page="http://127.0.0.1/shop?a=1#b", traits={"plan": "gold", "age": 3}, after=0, unknown=[1]
    )
    assert widget.welcome["conversation"] is None


async def test_a_token_is_kept_and_two_visitors_have_two(meet: Meet) -> None:
    widget, stranger = await meet(), await meet()
    again = await meet(token=widget.token)
    assert again.token == widget.token
    assert stranger.token != widget.token


async def test_hello_alone_makes_no_conversation(meet: Meet) -> None:
    widget = await meet()
    await widget.send("typing", on=True)
    await widget.send("read", seq=0)
    await widget.send("ping", n=1, hidden=True)
    await widget.settled()
    again = await meet(token=widget.token)
    assert again.welcome["conversation"] is None


async def test_the_epoch_is_one_for_all(meet: Meet, desk: Desk) -> None:
    assert (await meet()).welcome["epoch"] == (await meet()).welcome["epoch"] == (await desk()).welcome["epoch"]


async def test_ping_is_answered_with_its_number(meet: Meet) -> None:
    widget = await meet()
    await widget.send("ping", n=7)
    assert (await widget.frame("pong"))["n"] == 7
    since = widget.mark()
    await widget.send("ping")
    assert "n" not in await widget.frame("pong", since)


async def test_a_question_gets_ack_then_conversation_then_event_then_an_answer_with_sources(meet: Meet) -> None:
    widget, name = await meet(), new_id()
    ack = await widget.done("message", id=name, text=QUESTION)
    answer = await widget.event(kind="message", seq=2)
    place = [frame["type"] for frame in widget.frames].index
    assert place("ack") < place("event")
    assert place("conversation") < place("event")
    assert place("ack") < place("delta")
    conversation, first = await widget.frame("conversation"), widget.live()[0]
    assert conversation["handler"] == "assistant"
    assert (ack["seq"], first["seq"], first["prev"], first["id"]) == (1, 1, 0, name)
    assert (first["text"], first["from"]["role"], first["attachments"]) == (QUESTION, "visitor", [])
    assert (answer["from"]["role"], answer["answered"], answer["prev"]) == ("assistant", "answer", 1)
    assert "html" in answer
    source = answer["sources"][0]
    assert {"n", "title", "url", "section", "quote", "language", "date"} <= set(source)
    assert source["n"] == 1
    assert source["title"]
    assert source["quote"]


async def test_the_deltas_by_their_offsets_are_the_final_text(meet: Meet) -> None:
    widget = await meet()
    await widget.say(QUESTION)
    answer = await widget.event(kind="message", seq=2)
    await widget.frame("turn", state="done")
    assert list(drafts(widget.frames)) == [answer["turn"]], "one turn, one id"
    assert answer["text"].startswith(drafts(widget.frames)[answer["turn"]])
    assert drafts(widget.frames)[answer["turn"]], "something was streamed"
    states = [frame["state"] for frame in widget.having(type="turn", turn=answer["turn"])]
    assert list(dict.fromkeys(states)) == ["thinking", "writing", "done"]


async def test_what_cannot_be_answered_is_unknown_and_a_person_is_offered(meet: Meet) -> None:
    widget = await meet()
    await widget.say("Do you sell grand pianos?")
    offered = await widget.event(kind="offered")
    answer = await widget.event(kind="message", seq=2)
    assert (answer["answered"], answer["sources"]) == ("unknown", [])
    assert (offered["seq"], offered["prev"], offered["from"]["role"]) == (3, 2, "assistant")
    assert offered["text"]
    assert "unknown" in offered["reasons"]


async def test_the_second_unknown_in_a_row_calls_a_person(meet: Meet) -> None:
    widget = await meet()
    await widget.say("Do you sell grand pianos?")
    await widget.event(kind="offered")
    await widget.say("Can you tune my violin on Sundays?")
    escalated = await widget.event(kind="escalated")
    assert "unknown" in escalated["reasons"]
    assert [event["kind"] for event in widget.live()] == [
        "message", "message", "offered", "message", "message", "escalated",
    ]  # fmt: skip


async def test_yes_to_the_offer_calls_a_person(meet: Meet) -> None:
    widget = await meet()
    await widget.say("Do you sell grand pianos?")
    await widget.event(kind="offered")
    since = widget.mark()
    await widget.say("yes")
    assert "asked" in (await widget.event(since, kind="escalated"))["reasons"]


async def test_the_conversation_comes_once_whole_on_all_of_the_visitors_sockets(meet: Meet) -> None:
    one = await meet()
    other = await meet(token=one.token)
    await one.say(QUESTION)
    for widget in (one, other):
        await widget.event(seq=2)
        first = widget.frames.index(await widget.frame("conversation"))
        assert {"id", "handler", "language", "case", "last_seq"} <= set(widget.frames[first])
        assert first < widget.frames.index(await widget.event(seq=1)), "before event 1"
    await one.say("And to Switzerland?")
    await other.event(seq=3)
    for widget in (one, other):
        assert [set(frame) - {"type", "queue"} for frame in widget.having(type="conversation")[1:]] in ([], [{"id"}])
    assert await conversation_of(one) == await conversation_of(other)


async def test_both_sockets_of_a_visitor_are_told_the_same_events(meet: Meet) -> None:
    one = await meet()
    other = await meet(token=one.token)
    await one.say(QUESTION)
    await other.event(seq=2)
    await one.event(seq=2)
    assert one.live()[:2] == other.live()[:2]


async def test_another_visitor_is_told_nothing(meet: Meet) -> None:
    one, stranger = await meet(), await meet()
    await one.say(QUESTION)
    await one.event(seq=2)
    assert await stranger.quiet(0.3) == []


async def test_a_running_turn_is_in_the_welcome(meet: Meet, server: Server) -> None:
    for _ in range(5):
        widget = await meet()
        await widget.say(QUESTION)
        await widget.frame("turn", state="thinking")
        await widget.hello(server.site, token=widget.token, after=1)
        await widget.until(lambda _: 2 in [event["seq"] for event in told(widget.frames)])  # noqa: B023
        answer = told(widget.frames)[-1]
        if running := widget.welcome.get("turn"):
            assert {"turn", "attempt", "state", "text"} <= set(running)
            assert running["turn"] == answer["turn"]
            assert answer["text"].startswith(drafts(widget.frames)[answer["turn"]])
            return
    raise AssertionError("no welcome during a turn named it")


async def test_messages_sent_without_waiting_keep_their_order_and_each_is_answered(meet: Meet) -> None:
    widget = await meet()
    texts = [
        QUESTION,
        "Can I return shoes that I wore?",
        "Which countries do you deliver to?",
        "Where is my order?",
    ] * 3
    names = [new_id() for _ in texts]
    for name, text in zip(names, texts, strict=True):
        await widget.send("message", id=name, text=text)
    for name in names:
        await widget.frame("ack", id=name)
    mine = [event for event in await all_of(widget, len(texts)) if event["from"]["role"] == "visitor"]
    assert [event["id"] for event in mine] == names
    assert [event["text"] for event in mine] == texts
    last = mine[-1]["seq"]
    await widget.until(lambda f: f["type"] == "event" and f["seq"] > last and f["from"]["role"] != "visitor")


async def all_of(widget: Widget, number: int) -> list[dict[str, Any]]:
    """The live events once so many of them are the visitor's."""
    await widget.until(lambda _: sum(event["from"]["role"] == "visitor" for event in widget.live()) >= number)
    return widget.live()


async def test_the_log_read_again_is_what_was_told_live(meet: Meet, server: Server) -> None:
    widget = await meet()
    await widget.say(QUESTION)
    await widget.event(seq=2)
    conversation, events = await log_of(server, widget.token)
    assert not list(broken_chain(events, 0))
    assert conversation["handler"] == "assistant"
    assert events == [{k: v for k, v in event.items() if k != "type"} for event in widget.live()]
    assert conversation["last_seq"] == 2
    assert conversation["handler"] == "assistant"


async def test_asking_for_a_person_may_be_the_very_first_thing(meet: Meet) -> None:
    widget = await meet()
    ack = await widget.done("person")
    event = await widget.event(seq=1)
    assert (ack["seq"], event["kind"], event["reasons"], event["id"]) == (1, "escalated", ["asked"], ack["id"])
    assert (await widget.frame("conversation"))["handler"] == "queue"


async def test_two_first_messages_at_once_make_one_conversation(meet: Meet, server: Server) -> None:
    one = await meet()
    other = await meet(token=one.token)
    await asyncio.gather(one.say("Hello from the one tab"), other.say("Hello from the other tab"))
    assert await conversation_of(one) == await conversation_of(other)
    _, events = await log_of(server, one.token)
    texts = {event["text"] for event in events if event["from"]["role"] == "visitor"}
    assert texts == {"Hello from the one tab", "Hello from the other tab"}
