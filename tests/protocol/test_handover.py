"""A person takes over, and gives back."""

import asyncio

import pytest

from tests.protocol.client import Console, Server, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of
from tests.protocol.rules import answered_while_waiting

QUESTION = "How long does delivery take?"
ANGER = "THIS IS OUTRAGEOUS!!! I AM SO ANGRY, YOUR SERVICE IS HORRIBLE!!!"


def spoken_by_assistant(frames: list[dict[str, object]]) -> list[dict[str, object]]:
    """Deltas and assistant messages."""
    return [
        frame
        for frame in frames
        if frame["type"] == "delta" or (frame["type"] == "event" and frame["from"]["role"] == "assistant")  # type: ignore[index]
    ]


async def test_anger_calls_a_person_and_the_assistant_is_silent_until_it_is_handed_back(
    meet: Meet, desk: Desk, server: Server
) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(QUESTION)
    await widget.event(seq=2)
    await widget.say(ANGER)
    escalated = await widget.event(kind="escalated")
    since, conversation = widget.frames.index(escalated), await conversation_of(widget)
    assert escalated["seq"] == 4
    assert escalated["text"]
    await widget.say(QUESTION)
    await agent.done("claim", conversation=conversation)
    claimed = await widget.event(kind="claimed")
    assert claimed["name"]
    await widget.say(QUESTION)
    await agent.done("message", conversation=conversation, text="I am sorry. Tell me more.")
    assert (await widget.event(since, kind="message", text="I am sorry. Tell me more."))["from"]["role"] == "agent"
    await widget.say("How long does the repair of a tent take?")
    assert spoken_by_assistant(await widget.quiet(1.0, since)) == []
    await agent.done("hand_back", conversation=conversation)
    handed = await widget.event(since, kind="handed_back")
    answer = await widget.until(
        lambda f: f["type"] == "event" and f["seq"] > handed["seq"] and f["from"]["role"] == "assistant"
    )
    assert answer["kind"] == "message"
    after = widget.mark()
    await widget.say(QUESTION)
    await widget.until(lambda f: f["type"] == "event" and f["from"]["role"] == "assistant", after)
    _, events = await log_of(server, widget.token)
    assert not list(answered_while_waiting(events))


@pytest.mark.parametrize("moment", ["ack", "thinking", "delta"])
async def test_anger_in_the_middle_of_an_answer_leaves_none(meet: Meet, server: Server, moment: str) -> None:
    widget = await meet()
    await widget.say(QUESTION)
    if moment == "thinking":
        await widget.frame("turn", state="thinking")
    if moment == "delta":
        await widget.frame("delta")
    await widget.say(ANGER)
    await widget.event(kind="escalated")
    await widget.quiet(0.5)
    _, events = await log_of(server, widget.token)
    assert not list(answered_while_waiting(events))
    assert events[-1]["kind"] == "escalated"


async def test_the_visitor_takes_it_back_and_is_answered(meet: Meet) -> None:
    widget = await meet()
    await widget.done("person")
    await widget.say(QUESTION)
    since = widget.mark()
    ack = await widget.done("cancel_person")
    returned = await widget.event(since, kind="returned")
    assert (returned["why"], returned["seq"], returned["id"]) == ("cancelled", ack["seq"], ack["id"])
    answer = await widget.event(since, kind="message", seq=4)
    assert (answer["from"]["role"], answer["answered"]) == ("assistant", "answer")


async def test_what_is_already_so_gets_an_ack_and_appends_nothing(waiting: Widget, desk: Desk, server: Server) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    before = await log_of(server, waiting.token)
    assert "seq" not in await waiting.done("person")
    assert await log_of(server, waiting.token) == before
    await agent.done("claim", conversation=conversation)
    before = await log_of(server, waiting.token)
    assert "seq" not in await waiting.done("person")
    assert "seq" not in await agent.done("claim", conversation=conversation)
    assert await log_of(server, waiting.token) == before
    await agent.done("hand_back", conversation=conversation)
    await waiting.event(kind="handed_back")
    await waiting.quiet(0.2)
    before = await log_of(server, waiting.token)
    assert "seq" not in await waiting.done("cancel_person")
    assert await log_of(server, waiting.token) == before
    await agent.done("resolve", conversation=conversation)
    before = await log_of(server, waiting.token)
    assert "seq" not in await agent.done("resolve", conversation=conversation)
    assert await log_of(server, waiting.token) == before


async def test_cancelling_after_a_claim_is_too_late(waiting: Widget, desk: Desk, server: Server) -> None:
    agent = await desk()
    await agent.done("claim", conversation=await conversation_of(waiting))
    before = await log_of(server, waiting.token)
    assert (await waiting.answer("cancel_person")).get("code") == "already_claimed"
    assert await log_of(server, waiting.token) == before


@pytest.mark.parametrize("round_", range(3))
async def test_two_agents_claim_at_once_and_one_wins(waiting: Widget, desk: Desk, round_: int) -> None:
    desks, conversation = (await desk(), await desk("admin")), await conversation_of(waiting)
    answers = await asyncio.gather(*[console.answer("claim", conversation=conversation) for console in desks])
    assert sorted(answer["type"] for answer in answers) == ["ack", "error"]
    lost = next(answer for answer in answers if answer["type"] == "error")
    winner = desks[[answer["type"] for answer in answers].index("ack")]
    assert lost["code"] == "already_claimed"
    assert winner.welcome["agent"]["name"] in lost["message"]
    claimed = await waiting.event(kind="claimed")
    assert claimed["name"] == winner.welcome["agent"]["name"]
    await waiting.settled()
    assert len(waiting.having(type="event", kind="claimed")) == 1


async def test_who_loses_a_claim_sees_the_winners_in_the_log(waiting: Widget, desk: Desk) -> None:
    desks, conversation = (await desk(), await desk("admin")), await conversation_of(waiting)
    for console in desks:
        await console.open(conversation)
    answers = await asyncio.gather(*[console.answer("claim", conversation=conversation) for console in desks])
    kinds = [answer["type"] for answer in answers]
    winner, loser = desks[kinds.index("ack")], desks[kinds.index("error")]
    ack = answers[kinds.index("ack")]
    for console in (winner, loser):
        claimed = await console.event(conversation, kind="claimed")
        assert (claimed["seq"], claimed["name"]) == (ack["seq"], winner.welcome["agent"]["name"])
        await console.settled()
        assert [event["kind"] for event in console.live(conversation)].count("claimed") == 1
    assert (await loser.row(conversation, handler="agent"))["mine"] is False


@pytest.mark.parametrize("round_", range(5))
async def test_typing_right_after_the_claims_ack_reaches_the_visitor(waiting: Widget, desk: Desk, round_: int) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("claim", conversation=conversation)
    await agent.send("typing", conversation=conversation, on=True)
    typing = await waiting.frame("typing", on=True)
    assert (typing["from"], typing["name"]) == ("agent", agent.welcome["agent"]["name"])


async def test_typing_in_a_colleagues_conversation_reaches_nobody(waiting: Widget, desk: Desk) -> None:
    agent, admin, conversation = await desk(), await desk("admin"), await conversation_of(waiting)
    await agent.done("claim", conversation=conversation)
    await admin.send("typing", conversation=conversation, on=True)
    await admin.settled()
    await waiting.quiet(0.3)
    assert waiting.having(type="typing") == []


async def test_what_is_a_colleagues_is_not_yours(waiting: Widget, desk: Desk, server: Server) -> None:
    agent, admin, conversation = await desk(), await desk("admin"), await conversation_of(waiting)
    assert (await agent.answer("hand_back", conversation=conversation)).get("code") == "not_yours", "nobody's claim"
    await agent.done("claim", conversation=conversation)
    before = await log_of(server, waiting.token)
    for kind in ("hand_back", "resolve"):
        assert (await admin.answer(kind, conversation=conversation)).get("code") == "not_yours", kind
    refused = await admin.answer("message", conversation=conversation, text="me too")
    assert refused.get("code") in ("already_claimed", "not_yours")
    assert await log_of(server, waiting.token) == before


async def test_a_message_of_an_agent_claims_where_nobody_has_it(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    since = waiting.mark()
    ack = await agent.done("message", conversation=conversation, text="I am here")
    message = await waiting.event(since, kind="message")
    claimed = await waiting.event(since, kind="claimed")
    assert (claimed["seq"], message["seq"], ack["seq"]) == (3, 4, 4)
    assert (message["text"], message["from"]["role"]) == ("I am here", "agent")
    assert message["from"]["name"] == agent.welcome["agent"]["name"]


async def test_a_message_of_an_agent_takes_over_from_the_assistant(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(QUESTION)
    await widget.event(seq=2)
    await agent.done("message", conversation=await conversation_of(widget), text="I take this one")
    await widget.event(seq=4)
    since = widget.mark()
    await widget.say(QUESTION)
    assert spoken_by_assistant(await widget.quiet(0.5, since)) == []


async def test_notes_are_hidden_from_the_visitor_and_the_chain_holds(waiting: Widget, desk: Desk, meet: Meet) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    assert [event["seq"] for event in await agent.open(conversation)] == [1, 2]
    await agent.done("note", conversation=conversation, text="a secret note")
    await agent.done("claim", conversation=conversation)
    await agent.done("note", conversation=conversation, text="another secret note")
    await waiting.say("Still here?")
    last = await waiting.event(kind="message", text="Still here?")
    assert (last["seq"], last["prev"]) == (6, 4), "prev leaves the notes out"
    assert (await agent.event(conversation, seq=6))["prev"] == 5, "a team reader has no holes"
    again = await meet(token=waiting.token)
    assert [(event["seq"], event["prev"]) for event in again.welcome["events"]] == [(1, 0), (2, 1), (4, 2), (6, 4)]
    assert again.welcome["conversation"]["last_seq"] == 6
    assert "secret" not in str(waiting.frames) + str(again.frames)
    note = await agent.event(conversation, kind="note")
    assert (note["text"], note["from"]["role"]) == ("a secret note", "agent")


async def test_a_note_for_the_assistant_goes_with_the_hand_back(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.open(conversation)
    await agent.done("claim", conversation=conversation)
    ack = await agent.done("hand_back", conversation=conversation, note="they have order 4711")
    note = await agent.event(conversation, kind="note")
    handed = await agent.event(conversation, kind="handed_back")
    assert (note["text"], note["for_assistant"]) == ("they have order 4711", True)
    assert (handed["id"], handed["seq"]) == (ack["id"], ack["seq"])
    assert "4711" not in str(waiting.frames)


async def test_resolved_and_written_to_again_it_is_reopened(waiting: Widget, desk: Desk, meet: Meet) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("resolve", conversation=conversation)
    assert (await waiting.event(kind="resolved"))["text"]
    closed = (await meet(token=waiting.token)).welcome["conversation"]
    assert (closed["handler"], closed["case"]) == ("closed", 1)
    since = waiting.mark()
    ack = await waiting.say(QUESTION)
    reopened, message = await waiting.event(since, kind="reopened"), await waiting.event(since, kind="message")
    assert (reopened["seq"], message["seq"], ack["seq"]) == (4, 5, 5)
    assert (reopened["handler"], reopened["from"]["role"]) == ("assistant", "visitor")
    assert "id" not in reopened, "events that come with it carry none"
    answer = await waiting.event(since, seq=6)
    assert (answer["from"]["role"], answer["answered"]) == ("assistant", "answer")
    assert (await meet(token=waiting.token)).welcome["conversation"]["case"] == 2


async def test_an_agent_reopens_and_has_it(waiting: Widget, desk: Desk, meet: Meet) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("resolve", conversation=conversation)
    since = waiting.mark()
    await agent.done("reopen", conversation=conversation)
    await waiting.event(since, kind="claimed")
    assert [event["kind"] for event in waiting.live(since)][-2:] == ["reopened", "claimed"]
    now = (await meet(token=waiting.token)).welcome["conversation"]
    assert (now["handler"], now["case"]) == ("agent", 2)
    assert now["agent"]["name"] == agent.welcome["agent"]["name"]
    assert "avatar" in now["agent"]


async def test_an_agents_message_after_the_end_reopens_claims_and_is_told(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("resolve", conversation=conversation)
    since = waiting.mark()
    ack = await agent.done("message", conversation=conversation, text="One more thing")
    await waiting.event(since, kind="message")
    assert [event["kind"] for event in waiting.live(since)][-3:] == ["reopened", "claimed", "message"]
    assert waiting.live(since)[-1]["seq"] == ack["seq"]


async def test_the_place_in_the_queue_is_told_and_moves_up(meet: Meet, desk: Desk) -> None:
    one, two, agent = await meet(), await meet(), await desk()
    await one.done("person")
    first = await one.until(lambda f: f["type"] == "conversation" and bool(f.get("queue")))
    await two.done("person")
    second = await two.until(lambda f: f["type"] == "conversation" and bool(f.get("queue")))
    assert first["queue"]["position"] < second["queue"]["position"]
    assert "wait_s" in second["queue"]
    since = two.mark()
    await agent.done("claim", conversation=await conversation_of(one))
    moved = await two.frame("conversation", since)
    assert moved["queue"]["position"] == second["queue"]["position"] - 1
    assert set(moved) == {"type", "id", "queue"}, "what an event says is not said again"


async def test_a_welcome_in_the_queue_names_the_place(waiting: Widget, meet: Meet) -> None:
    again = (await meet(token=waiting.token)).welcome["conversation"]
    assert again["handler"] == "queue"
    assert again["queue"]["position"] >= 1


async def test_typing_is_told_both_ways(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("claim", conversation=conversation)
    await agent.open(conversation)
    await waiting.event(kind="claimed")
    for on in (True, False):
        await waiting.send("typing", on=on)
        told = await agent.frame("typing", conversation=conversation, on=on)
        assert told["from"] == "visitor"
        await agent.send("typing", conversation=conversation, on=on)
        told = await waiting.frame("typing", on=on)
        assert told["from"] == "agent"


async def test_an_agent_watches_the_assistant_write(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(QUESTION)
    await widget.event(seq=2)
    conversation = await conversation_of(widget)
    await agent.open(conversation)
    since = agent.mark()
    await widget.say("Can I return shoes that I have worn?")
    answer = await agent.event(conversation, since, seq=4)
    await agent.frame("turn", since, conversation=conversation, state="done")
    assert_watched(agent, since, conversation, answer["turn"])


def assert_watched(agent: Console, since: int, conversation: str, turn: str) -> None:
    """The turn of this answer was told, and its deltas with the conversation."""
    assert agent.having(since, type="turn", conversation=conversation, turn=turn)
    assert agent.having(since, type="delta", conversation=conversation, turn=turn)
