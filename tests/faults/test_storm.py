"""A restart storm: two hundred sockets come back at once and ask for what they missed."""

import asyncio

import pytest

from . import truth
from .crowd import Crowd

SOCKETS = 200
pytestmark = pytest.mark.timeout(400)


async def test_two_hundred_sockets_come_back_at_once_and_miss_nothing(crowd: Crowd) -> None:
    """Everyone has a conversation, everyone's last message was cut off somewhere."""
    await crowd.gather(newcomers=SOCKETS)
    await crowd.ask(most=1)
    await asyncio.wait_for(crowd.first["event"].wait(), 20)
    crowd.server.kill()
    await crowd.lost()
    await asyncio.to_thread(crowd.server.start)
    await crowd.gather(newcomers=0)
    await crowd.at_rest(within=120)
    truth.check(crowd)
