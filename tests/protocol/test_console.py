"""The agent's socket: inbox, alerts, opening and leaving."""

from typing import Any

import pytest

from tests.protocol.client import PAGE, Console, Frame, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of, one_of
from tests.protocol.test_handover import ANGER, QUESTION
from tests.protocol.test_resume import fill, seqs


@pytest.mark.usefixtures("empty_queue")
async def test_an_agent_is_welcomed_with_the_inbox(waiting: Widget, desk: Desk) -> None:
    agent = await desk()
    welcome = agent.welcome
    assert {"agent", "teams", "epoch", "inbox", "counts"} <= set(welcome)
    row = next(row for row in welcome["inbox"] if row["conversation"] == "" or row["handler"] == "queue")
    assert {
        "conversation", "subject", "customer", "handler", "assignee", "waiting_since", "mood", "reasons", "unread",
        "language", "last", "here",
    } <= set(row)  # fmt: skip
    assert await conversation_of(waiting) in [row["conversation"] for row in welcome["inbox"]]


async def test_an_escalation_is_alerted_with_its_reasons(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    second = await desk()
    await agent.done("presence", state="away")
    try:
        await widget.say(QUESTION)
        await widget.event(seq=2)
        await widget.say(ANGER)
        escalated = await widget.event(kind="escalated")
        conversation = await conversation_of(widget)
        for console in (agent, second):
            alert = await console.frame("alert", conversation=conversation)
            assert alert["seq"] == escalated["seq"]
            assert alert["summary"]
            assert {reason["code"] for reason in alert["reasons"]} == set(escalated["reasons"])
            assert all(reason["text"] and reason["evidence"] for reason in alert["reasons"])
            assert alert["mood_trail"]
            assert all(-1 <= mood <= 1 for mood in alert["mood_trail"])
            assert alert["mood_trail"][-1] < 0
    finally:
        await agent.done("presence", state="online")


async def test_each_reason_is_named_once(meet: Meet) -> None:
    widget = await meet()
    await widget.say(ANGER)
    reasons = (await widget.event(kind="escalated"))["reasons"]
    assert sorted(reasons) == sorted(set(reasons))


@pytest.mark.usefixtures("empty_queue")
async def test_who_still_waits_is_alerted_again_after_a_welcome_until_somebody_claims(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(ANGER)
    escalated = await widget.event(kind="escalated")
    conversation = await conversation_of(widget)
    later = await desk("admin")
    alert = await later.frame("alert", conversation=conversation)
    assert alert["seq"] == escalated["seq"], "the same twice is one alert"
    assert later.frames.index(alert) > later.frames.index(later.welcome)
    since = agent.mark()
    await agent.hello()
    await agent.frame("alert", since, conversation=conversation)
    await agent.done("claim", conversation=conversation)
    after = await desk("admin")
    await after.quiet(0.3)
    assert after.having(type="alert", conversation=conversation) == []


async def test_the_inbox_row_follows_the_conversation(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(QUESTION)
    conversation = await conversation_of(widget)
    row = await agent.row(conversation, handler="assistant")
    assert row["waiting_since"] is None or row["waiting_since"].endswith("Z")
    asked = await widget.say(ANGER)
    row = await agent.row(conversation, handler="queue")
    assert row["waiting_since"] is not None
    assert row["waiting_since"] <= asked["at"]
    assert "angry" in row["reasons"]
    assert -1 <= row["mood"] < 0
    assert row["language"] == "en"
    await agent.done("message", conversation=conversation, text="Here I am")
    row = await agent.row(conversation, handler="agent", waiting_since=None)
    assert row["assignee"]
    await agent.done("resolve", conversation=conversation)
    assert (await agent.row(conversation, handler="closed"))["reasons"] == []


async def test_the_row_says_whether_the_customer_is_there(waiting: Widget, meet: Meet, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    for hidden, expected in ((True, "hidden"), (False, "open")):
        since = agent.mark()
        await waiting.send("ping", hidden=hidden)
        row = await agent.until(lambda f: f["type"] == "inbox" and f["row"]["conversation"] == conversation, since)
        assert expected in str(row["row"]["here"]), row["row"]["here"]
    since = agent.mark()
    await waiting.close()
    row = await agent.until(
        lambda f: f["type"] == "inbox" and f["row"]["conversation"] == conversation, since, within=10
    )
    assert "left" in str(row["row"]["here"]), row["row"]["here"]


async def test_reading_takes_the_unread_away(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    await agent.done("claim", conversation=conversation)
    since = agent.mark()
    ack = await waiting.say("Another message")
    row = await agent.until(
        lambda f: f["type"] == "inbox" and f["row"]["conversation"] == conversation and bool(f["row"]["unread"]), since
    )
    assert row["row"]["unread"]
    await agent.send("read", conversation=conversation, seq=ack["seq"])
    assert not (await agent.row(conversation, agent.frames.index(row), unread=0))["unread"]


async def test_counts_change_with_the_lists(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    since = agent.mark()
    await widget.done("person")
    await agent.frame("counts", since)


async def presence_of(console: Console, state: str, since: int) -> Frame:
    """The first presence frame that says so."""
    return await console.until(lambda frame: frame["type"] == "presence" and state in str(frame), since)


async def test_presence_is_told_to_colleagues(desk: Desk) -> None:
    agent, admin = await desk(), await desk("admin")
    since = admin.mark()
    for state in ("away", "online"):
        await agent.done("presence", state=state)
        told = await presence_of(admin, state, since)
        since = admin.frames.index(told)


async def test_only_what_is_open_is_told_live(waiting: Widget, meet: Meet, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    other = await meet()
    await other.done("person")
    elsewhere = await conversation_of(other)
    await waiting.say("before")
    await agent.settled()
    assert agent.having(type="event") == []
    await agent.open(conversation)
    await agent.open(elsewhere)
    await waiting.say("during")
    await agent.event(conversation, text="during")
    await other.say("also during")
    await agent.event(elsewhere, text="also during")
    await agent.send("leave", conversation=conversation)
    since = await agent.settled()
    await waiting.say("after")
    await other.say("also after")
    await agent.event(elsewhere, text="also after")
    await agent.quiet(0.2)
    assert agent.live(conversation, since) == []


async def test_open_answers_in_pages(waiting: Widget, desk: Desk) -> None:
    await fill(waiting, 118)
    agent, conversation = await desk(), await conversation_of(waiting)
    assert seqs(await agent.open(conversation)) == list(range(1, 121))
    assert all(len(page["events"]) <= PAGE for page in agent.having(type="events"))
    assert seqs(await agent.open(conversation, after=100)) == list(range(101, 121))
    assert seqs(await agent.open(conversation, last=3)) == [118, 119, 120]
    since = agent.mark()
    await agent.send("earlier", conversation=conversation, before=118, n=5)
    page = await agent.frame("events", since, conversation=conversation)
    assert (seqs(page["events"]), page["earlier"], page["more"]) == ([113, 114, 115, 116, 117], True, False)


@pytest.mark.parametrize("fields", [{"after": 99}, {"after": 1, "epoch": "0" * 32}])
async def test_open_resets_what_is_beyond_or_of_another_epoch(
    waiting: Widget, desk: Desk, fields: dict[str, Any]
) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    assert seqs(await agent.open(conversation, **fields)) == [1, 2]
    assert (await agent.frame("events"))["reset"] is True


async def test_open_with_the_right_epoch_resumes(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    assert seqs(await agent.open(conversation, after=1, epoch=agent.welcome["epoch"])) == [2]
    assert not (await agent.frame("events")).get("reset")


async def test_the_team_is_told_mood_and_language(meet: Meet, desk: Desk) -> None:
    widget, agent = await meet(), await desk()
    await widget.say(ANGER)
    await widget.event(seq=2)
    message, escalated = await agent.open(await conversation_of(widget))
    assert -1 <= message["mood"] < 0
    assert message["language"] == escalated["language"] == "en"


async def test_an_event_carries_the_id_of_its_own_author_only(waiting: Widget, desk: Desk) -> None:
    agent, admin, conversation = await desk(), await desk("admin"), await conversation_of(waiting)
    await agent.open(conversation)
    await admin.open(conversation)
    mine, note = one_of("mine"), one_of("a note")
    await waiting.done("message", **mine)
    await agent.done("note", conversation=conversation, **note)
    assert (await waiting.event(text="mine"))["id"] == mine["id"]
    assert "id" not in await agent.event(conversation, text="mine")
    assert (await agent.event(conversation, text="a note"))["id"] == note["id"]
    assert "id" not in await admin.event(conversation, text="a note")
    await agent.done("message", conversation=conversation, text="for you")
    assert "id" not in await waiting.event(text="for you")


@pytest.mark.parametrize("kind", ["open", "claim", "message", "note", "resolve", "reopen", "hand_back", "earlier"])
async def test_an_unknown_conversation_is_not_found(desk: Desk, kind: str) -> None:
    agent = await desk()
    since = agent.mark()
    fields = one_of("text") | {"before": 5, "n": 5}
    await agent.send(kind, conversation="0" * 32, **fields)
    answer = await agent.frame("error", since)
    assert answer["code"] == "not_found"
    if kind not in ("open", "earlier"):
        assert answer["id"] == fields["id"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("suggest", {})],
)
async def test_what_is_not_there_yet_is_not_allowed(
    waiting: Widget, desk: Desk, kind: str, fields: dict[str, Any]
) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    count = len(await agent.open(conversation))
    answer = await agent.answer(kind, conversation=conversation, **fields)
    assert (answer["type"], answer.get("code")) == ("error", "not_allowed")
    assert len(await agent.open(conversation)) == count


async def test_a_verdict_on_the_escalation_is_for_the_team_and_the_latest_counts(waiting: Widget, desk: Desk) -> None:
    agent, conversation = await desk(), await conversation_of(waiting)
    log = await agent.open(conversation)
    called = next(event["seq"] for event in log if event["kind"] == "escalated")
    first = await agent.answer("verdict", conversation=conversation, verdict="right")
    assert (first["type"], first["seq"]) == ("ack", len(log) + 1)
    again = await agent.answer("verdict", conversation=conversation, verdict="right")
    assert again["type"] == "ack"
    assert "seq" not in again, "it is so already"
    await agent.answer("verdict", conversation=conversation, verdict="too_late")
    given = [event for event in await agent.open(conversation) if event["kind"] == "verdict"]
    assert [event["verdict"] for event in given] == ["right", "too_late"]
    assert {event["escalation"] for event in given} == {called}
    wrong = await agent.answer("verdict", conversation=conversation, verdict="splendid")
    assert (wrong["type"], wrong["code"]) == ("error", "bad_frame")
    assert all(event["kind"] != "verdict" for event in await waiting.events()), "the customer never reads it"


async def test_ping_is_answered(desk: Desk) -> None:
    agent = await desk()
    await agent.send("ping", n=3)
    assert (await agent.frame("pong"))["n"] == 3
