"""What another process of the same machine writes into the log reaches the sockets of this one."""

import subprocess
import sys

from tests.protocol.client import ROOT, Server
from tests.protocol.conftest import Desk, Meet, conversation_of

ASK = """
from django.utils import timezone
from chat import lifecycle
from chat.models import Conversation
row = Conversation.objects.select_related("site", "visitor").get(public_id="{conversation}")
where = lifecycle.Where(locale="en", page="")
lifecycle.ask_for_person(
    site=row.site, visitor_id=row.visitor.public_id, client_id="from-elsewhere", now=timezone.now(), where=where
)
"""


def elsewhere(server: Server, code: str) -> None:
    """Run this in a process of its own on the server's data."""
    command = [sys.executable, "manage.py", "shell", "-c", code]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True, timeout=60)


async def test_an_event_of_another_process_is_found_and_told(meet: Meet, desk: Desk, server: Server) -> None:
    widget, console = await meet(), await desk()
    await widget.say("hello")
    await widget.event(seq=2)
    conversation = await conversation_of(widget)
    since = console.mark()
    elsewhere(server, ASK.format(conversation=conversation))
    assert (await widget.event(kind="escalated"))["seq"] == 3
    assert (await console.row(conversation, since, handler="queue"))["reasons"]
