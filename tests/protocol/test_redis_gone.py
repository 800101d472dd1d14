"""Redis may stop answering: everything goes on, between processes within seconds, and as before once it is back."""

from collections.abc import Callable, Iterator

import pytest

from benchmarks import servers
from tests.protocol.conftest import Desk, Meet, conversation_of

WITHIN_S = 8.0


@pytest.fixture
def freeze() -> Iterator[Callable[[], None]]:
    """Lets Redis answer nothing from now on; at the end it does again."""
    assert servers.running
    yield servers.running.freeze_redis
    servers.running.thaw_redis()


async def test_without_redis_answers_alerts_and_claims_go_on(
    meet: Meet, desk: Desk, freeze: Callable[[], None]
) -> None:
    widget, console = await meet(), await desk()
    await widget.say("Hello")
    conversation = await conversation_of(widget)
    await widget.until(lambda frame: frame["type"] == "event" and frame["from"]["role"] == "assistant")
    freeze()
    since, there = widget.mark(), console.mark()
    await widget.say("How long does delivery take?")
    await widget.until(lambda frame: frame["type"] == "event" and frame["from"]["role"] == "assistant", since)
    await widget.done("person")
    await console.frame("alert", there, within=WITHIN_S, conversation=conversation)
    await console.done("claim", conversation=conversation)
    await widget.until(lambda frame: frame.get("kind") == "claimed", since, within=WITHIN_S)
    assert servers.running
    servers.running.thaw_redis()
    await console.open(conversation)
    back = console.mark()
    for _ in range(60):  # what is on the layer alone
        await widget.send("typing", on=True)
        if [frame for frame in await console.quiet(0.5, back) if frame["type"] == "typing"]:
            return
    raise AssertionError("nothing came by Redis again")
