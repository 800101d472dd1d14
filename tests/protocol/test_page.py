"""The page names all that the server says: what a client reads that is not there, nobody has promised."""

from tests.protocol.client import Console, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of
from tests.protocol.rules import CONSOLE, ROW, WIDGET, surplus
from tests.protocol.test_handover import ANGER, QUESTION


async def whole_story(widget: Widget, agent: Console) -> None:
    """A conversation in which nearly every kind of frame is seen."""
    await widget.say(QUESTION)
    await widget.event(seq=2)
    conversation = await conversation_of(widget)
    await agent.open(conversation)
    await widget.say("Do you sell grand pianos?")
    await widget.event(kind="offered")
    await widget.say(ANGER)
    await widget.event(kind="escalated")
    await widget.done("cancel_person")
    await widget.done("person")
    await agent.done("note", conversation=conversation, text="careful")
    await agent.done("message", conversation=conversation, text="I am here")
    await agent.event(conversation, text="I am here")
    await widget.quiet(0.3)
    await agent.send("typing", conversation=conversation, on=True)
    await widget.send("typing", on=True)
    await widget.frame("typing")
    await agent.done("snooze", conversation=conversation)
    await agent.done("presence", state="online", mine="queue")
    await widget.event(kind="released")
    await agent.done("claim", conversation=conversation)
    await agent.done("hand_back", conversation=conversation, note="be kind")
    await agent.done("resolve", conversation=conversation)
    await widget.say(QUESTION)
    await agent.answer("claim", conversation="0" * 32)
    await agent.done("presence", state="online")
    await widget.quiet(0.5)


async def test_a_widget_is_told_nothing_that_the_page_does_not_name(meet: Meet, desk: Desk) -> None:
    widget = await meet()
    await whole_story(widget, await desk())
    again = await meet(token=widget.token)
    frames = widget.frames + again.frames
    assert sorted(set().union(*[surplus(frame, WIDGET, team=False) for frame in frames])) == []


async def test_an_agent_is_told_nothing_that_the_page_does_not_name(meet: Meet, desk: Desk) -> None:
    agent = await desk()
    await whole_story(await meet(), agent)
    rows = {f"row.{name}" for row in agent.welcome["inbox"] for name in set(row) - ROW}
    assert sorted(rows.union(*[surplus(frame, CONSOLE, team=True) for frame in agent.frames])) == []
