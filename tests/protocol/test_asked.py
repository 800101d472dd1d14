"""The assistant asks a colleague one question, and goes on with the reply."""

from collections.abc import Iterator

import pytest

from tests.protocol.client import Console, Frame, Server, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of, log_of
from tests.protocol.test_other_process import elsewhere

PIANOS = "Do you also tune grand pianos?"
REPLY = "We do not, the music shop next door does.\nBest, Maya"
CONSENT = """
from supportsite.sites.models import Site
Site.objects.filter(is_demo=True).update(ask_people={})
"""
EARLIER = """
from datetime import timedelta
from django.db.models import F
from chat.inquiry_rows import Inquiry
late = Inquiry.objects.filter(conversation__public_id="{conversation}")
assert late.update(due_at=F("due_at") - timedelta(minutes=6)) == 1
"""


@pytest.fixture(scope="module", autouse=True)
def _consent(server: Server) -> Iterator[None]:
    """The demo shop asks its people, for these tests."""
    elsewhere(server, CONSENT.format(True))
    yield
    elsewhere(server, CONSENT.format(False))


async def asked(meet: Meet, desk: Desk) -> tuple[Widget, Console, Frame]:
    """A customer who reads that a colleague is asked, and the agent who is."""
    widget, agent = await meet(), await desk()
    await agent.done("presence", state="online")
    await widget.say(PIANOS)
    told = await widget.event(kind="asked")
    conversation = await conversation_of(widget)
    question = await agent.frame("question", conversation=conversation)
    assert (question["seq"], question["text"]) == (told["seq"], PIANOS)
    return widget, agent, question


def about(question: Frame) -> dict[str, object]:
    return {"conversation": question["conversation"], "asked": question["seq"]}


async def test_a_reply_becomes_the_assistants_answer_and_names_nobody(meet: Meet, desk: Desk, server: Server) -> None:
    widget, agent, question = await asked(meet, desk)
    await agent.open(question["conversation"])
    ack = await agent.done("reply", **about(question), text=REPLY)
    answer = await widget.event(kind="message", answered="answer")
    assert "the music shop next door does." in answer["text"]
    assert "Maya" not in str(answer)
    assert answer["from"] == {"role": "assistant"}
    assert [source["quote"] for source in answer["sources"]] == ["We do not, the music shop next door does."]
    assert (await agent.frame("question_over", seq=question["seq"]))["why"] == "answered"
    replied = await agent.event(question["conversation"], kind="replied")
    assert (replied["seq"], replied["text"]) == (ack["seq"], REPLY)
    _, events = await log_of(server, widget.token)
    assert [event["kind"] for event in events] == ["message", "message", "asked", "message"]


async def test_the_same_frame_again_gets_the_same_ack_and_one_answer(meet: Meet, desk: Desk, server: Server) -> None:
    widget, agent, question = await asked(meet, desk)
    frame = {"id": f"reply-{question['conversation']}", **about(question), "text": "No."}
    first, again = await agent.done("reply", **frame), await agent.done("reply", **frame)
    assert (first["seq"], first["at"]) == (again["seq"], again["at"])
    await widget.event(kind="message", answered="answer")
    _, events = await log_of(server, widget.token)
    assert len(events) == 4


async def test_the_customer_may_ask_for_a_person_meanwhile_and_the_reply_comes_too_late(meet: Meet, desk: Desk) -> None:
    widget, agent, question = await asked(meet, desk)
    await widget.done("person")
    await widget.event(kind="escalated")
    assert (await agent.frame("question_over", seq=question["seq"]))["why"] == "over"
    late = await agent.answer("reply", **about(question), text="No.")
    assert (late["type"], late["code"]) == ("error", "not_allowed")


async def test_who_does_not_know_has_a_person_offered_to_the_customer(meet: Meet, desk: Desk) -> None:
    widget, agent, question = await asked(meet, desk)
    await agent.done("decline", **about(question), why="unknown")
    offered = await widget.event(kind="offered")
    assert offered["text"]
    await widget.say("yes please")
    await widget.event(kind="escalated")


async def test_no_word_in_time_has_a_person_offered(meet: Meet, desk: Desk, server: Server) -> None:
    widget, agent, question = await asked(meet, desk)
    elsewhere(server, EARLIER.format(conversation=question["conversation"]))
    await widget.frame("event", within=15, kind="offered")
    assert (await agent.frame("question_over", seq=question["seq"]))["why"] == "over"


async def test_a_wrong_way_to_decline_is_a_bad_frame(meet: Meet, desk: Desk) -> None:
    _widget, agent, question = await asked(meet, desk)
    told = await agent.answer("decline", **about(question), why="tired")
    assert told["code"] == "bad_frame"
    await agent.done("decline", **about(question), why="not_me")
    assert (await agent.frame("question_over", seq=question["seq"]))["why"] in ("passed", "over")
