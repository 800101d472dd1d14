"""kill -9 around a ticket: between the help desk's word and ours, and before the request. One ticket, told once."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.rig import Tandem
from tests.fakes.help_desk import TOKEN, USER, Desk, help_desk_server
from tests.protocol.client import Peer, Widget

from .test_asked import at, by_hand

WITHIN_S = 60.0  # the login is tried after ten seconds, a request that was not answered again after thirty
SENT = "SELECT count(*) FROM agents_ticket WHERE tries > 0"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with help_desk_server() as made:
        yield made


@pytest.fixture
def server(installation: Tandem, desk: Desk) -> Tandem:
    """The installation with its help desk, and a demo shop that gives up after no time."""
    installation.extra |= {
        "TANDEM_TICKET_URL": desk.address,
        "TANDEM_TICKET_USER": USER,
        "TANDEM_TICKET_TOKEN": TOKEN,
        "TANDEM_ACTION_HOSTS": desk.place,
    }
    by_hand(installation, "UPDATE sites_site SET unclaimed_rule = 'ticket', unclaimed_after = 0 WHERE is_demo = 1")
    installation.start()
    return installation


async def until(holds: Callable[[], Any]) -> None:
    """Wait for it."""
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.1)


async def call(server: Tandem) -> None:
    """A customer calls a person and leaves an address."""
    there = at(server)
    widget = await Widget.connect(there.socket_url("widget"), there.url)
    await widget.hello(there.site)
    await widget.say("I want to talk to a person, my address is ada@example.com")
    await widget.event(kind="escalated")
    await widget.close()
    Peer.everybody.clear()


def told(server: Tandem) -> int:
    """How many tickets the customer reads of."""
    return len(server.rows("SELECT 1 FROM chat_event WHERE kind = 'told' AND body LIKE '%4001%'"))


async def test_killed_while_the_help_desk_has_opened_it_and_we_do_not_know(server: Tandem, desk: Desk) -> None:
    await until(lambda: desk.asked)  # the login was tried
    desk.fails = ["held"]
    await call(server)
    await until(lambda: desk.opened)
    server.kill()
    desk.two_hours_pass()
    assert server.rows(SENT)[0][0] == 1
    await asyncio.to_thread(server.start)
    await until(lambda: told(server))
    await asyncio.sleep(11)  # another sweep
    assert (desk.opened, told(server)) == (1, 1)


async def test_killed_as_the_ticket_is_decided_it_is_opened_after_the_start(server: Tandem, desk: Desk) -> None:
    await until(lambda: desk.asked)
    desk.fails = ["hang"]
    await call(server)
    await until(lambda: len(desk.asked) > 1)
    server.kill()
    assert not desk.opened
    await asyncio.to_thread(server.start)
    await until(lambda: told(server))
    assert desk.opened == 1
