"""A visitor says that an answer helped or not, and that a source does not say that: the team is told, once."""

from typing import Any

import pytest

from tests.protocol.client import Console, Frame, Server, Widget, new_id
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of
from tests.protocol.test_handover import QUESTION


async def answered(widget: Widget) -> Frame:
    """Ask what the demo's articles answer, and wait for it."""
    await widget.say(QUESTION)
    answer = await widget.event(seq=2)
    assert answer["sources"]
    return answer


async def test_the_team_reads_what_the_visitor_thinks_and_the_visitor_does_not(
    meet: Meet, desk: Desk, server: Server
) -> None:
    widget, agent = await meet(), await desk()
    answer = await answered(widget)
    conversation = await conversation_of(widget)
    await agent.open(conversation)
    n = answer["sources"][0]["n"]
    assert (await widget.done("feedback", seq=2, helpful=False))["seq"] == 3
    assert (await widget.done("dispute", seq=2, n=n, comment="It says nothing of islands."))["seq"] == 4
    told = await agent.event(conversation, kind="feedback")
    assert (told["answer"], told["helpful"], told["from"]["role"]) == (2, False, "visitor")
    told = await agent.event(conversation, kind="disputed")
    assert (told["answer"], told["n"], told["comment"]) == (2, n, "It says nothing of islands.")
    await widget.settled()
    _, events = await log_of(server, widget.token)
    assert [event["kind"] for event in [*widget.live(), *events]] == ["message"] * 4
    await widget.say("Thank you")
    assert (await widget.event(seq=5))["prev"] == 2


@pytest.mark.parametrize(
    ("kind", "fields", "other"),
    [
        ("feedback", {"seq": 2, "helpful": True}, {"helpful": False}),
        ("dispute", {"seq": 2, "n": 1}, {"comment": "No."}),
    ],
)
async def test_the_same_id_is_one_thing_and_the_same_word_is_no_news(
    meet: Meet, kind: str, fields: dict[str, Any], other: dict[str, Any]
) -> None:
    widget = await meet()
    await answered(widget)
    name = new_id()
    first = await widget.done(kind, id=name, **fields)
    assert await widget.done(kind, id=name, **fields) == first
    assert (await widget.answer(kind, id=name, **{**fields, **other}))["code"] == "id_reused"
    assert "seq" not in await widget.done(kind, **fields)
    assert (await widget.done(kind, **{**fields, **other}))["seq"] == first["seq"] + 1


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("feedback", {"seq": 1, "helpful": True}, "not_found"),
    ("feedback", {"seq": 99, "helpful": True}, "not_found"),
    ("feedback", {"seq": 2**53, "helpful": True}, "not_found"),
    ("feedback", {"seq": 2, "helpful": "yes"}, "bad_frame"),
    ("feedback", {"seq": 2}, "bad_frame"),
    ("dispute", {"seq": 2, "n": 99}, "not_found"),
    ("dispute", {"seq": 2, "n": 0}, "bad_frame"),
    ("dispute", {"seq": 1, "n": 1}, "not_found"),
    ("dispute", {"seq": 2, "n": 1, "comment": "x" * 501}, "too_long"),
    ("dispute", {"seq": 2, "n": 1, "comment": 5}, "bad_frame"),
]


@pytest.mark.parametrize(("kind", "fields", "code"), BAD)
async def test_what_is_about_no_answer_is_refused_and_leaves_nothing(
    meet: Meet, server: Server, kind: str, fields: dict[str, Any], code: str
) -> None:
    widget = await meet()
    await answered(widget)
    before = await log_of(server, widget.token)
    refused = await widget.answer(kind, **fields)
    assert (refused["type"], refused["code"]) == ("error", code)
    assert refused["message"]
    assert await log_of(server, widget.token) == before


async def resolved(widget: Widget, agent: Console) -> str:
    """An answered question whose case an agent ends without a word; the conversation's id."""
    await answered(widget)
    conversation = await conversation_of(widget)
    await agent.open(conversation)
    await agent.done("resolve", conversation=conversation)
    await widget.event(kind="resolved")
    return conversation


async def test_a_case_is_rated_once_it_is_resolved_and_both_sides_read_it(
    meet: Meet, desk: Desk, server: Server
) -> None:
    widget, agent, name = await meet(), await desk(), new_id()
    assert (await widget.answer("rating", score=5))["code"] == "not_found"
    await answered(widget)
    early = await widget.answer("rating", score=5)
    assert (early["code"], early["message"]) == ("not_allowed", "You can rate this once it is resolved.")
    conversation = await conversation_of(widget)
    await agent.open(conversation)
    await agent.done("resolve", conversation=conversation)
    end = await widget.event(kind="resolved")
    first = await widget.done("rating", id=name, score=4)
    assert first["seq"] == end["seq"] + 1
    assert await widget.done("rating", id=name, score=4) == first
    assert (await widget.answer("rating", id=name, score=1))["code"] == "id_reused"
    assert "seq" not in await widget.done("rating", score=4)
    comment = "<b>Quick</b> & \u202e kind"
    assert (await widget.done("rating", score=5, comment=comment))["seq"] == first["seq"] + 1
    for told in (await widget.event(kind="rated", score=5), await agent.event(conversation, kind="rated", score=5)):
        assert (told["comment"], told["from"]["role"]) == (comment, "visitor")
    _, events = await log_of(server, widget.token)
    assert [event.get("score") for event in events[-3:]] == [None, 4, 5]


BAD_RATINGS: list[tuple[dict[str, Any], str]] = [
    ({"score": 0}, "bad_frame"),
    ({"score": 6}, "bad_frame"),
    ({"score": "5"}, "bad_frame"),
    ({"score": 4.5}, "bad_frame"),
    ({"score": True}, "bad_frame"),
    ({}, "bad_frame"),
    ({"score": 5, "comment": 1}, "bad_frame"),
    ({"score": 5, "comment": "x" * 501}, "too_long"),
    ({"score": 5, "seq": "3"}, "bad_frame"),
    ({"score": 5, "seq": 1}, "not_allowed"),
    ({"score": 5, "seq": 2**53}, "not_allowed"),
    ({"score": 5, "conversation": 7}, "bad_frame"),
    ({"score": 5, "conversation": "nobody's"}, "not_allowed"),
]


async def test_a_rating_that_is_none_is_refused_and_leaves_nothing(meet: Meet, desk: Desk, server: Server) -> None:
    widget = await meet()
    await resolved(widget, await desk())
    before = await log_of(server, widget.token)
    for fields, code in BAD_RATINGS:
        refused = await widget.answer("rating", **fields)
        assert (refused["type"], refused["code"]) == ("error", code), fields
    assert await log_of(server, widget.token) == before


async def test_nobody_judges_the_answers_of_another_conversation(meet: Meet) -> None:
    await answered(await meet())
    other = await meet()
    assert (await other.answer("feedback", seq=2, helpful=True))["code"] == "not_found"
    await other.done("person")
    assert (await other.answer("dispute", seq=2, n=1))["code"] == "not_found"
