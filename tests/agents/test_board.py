"""How often a console's rows are read while much is said, and how soon it hears of a call."""

import asyncio
from types import SimpleNamespace

import pytest

from agents import board as boards
from agents.board import Board


class Told:
    """A console that notes the rows it is told."""

    def __init__(self) -> None:
        self.desk = SimpleNamespace(site_ids={1})
        self.rows: list[int] = []

    async def tell_row(self, row):
        self.rows.append(row.pk)

    async def tell_counts(self, heaps):
        pass


@pytest.fixture
def rounds(monkeypatch):
    """The board's rounds: which conversations each of them read."""
    read = []

    async def reading(query, what):
        if query is boards.inbox.heaps:
            return []
        read.append(sorted(what))
        return {pk: SimpleNamespace(pk=pk, handler="assistant") for pk in what}

    monkeypatch.setattr(boards, "read", reading)
    return read


async def test_the_first_is_told_at_once_and_what_follows_it_together(rounds):
    board, console = Board(), Told()
    board.consoles.add(console)
    for number in range(1, 6):
        await board.heard(number, soon=False)
        await asyncio.sleep(0.01)
    assert rounds == [[1]]
    await asyncio.sleep(boards.ROUND_EVERY_S + 0.1)
    assert rounds == [[1], [2, 3, 4, 5]]
    assert console.rows == [1, 2, 3, 4, 5]


async def test_a_call_waits_for_no_round(rounds):
    board, console = Board(), Told()
    board.consoles.add(console)
    await board.heard(1, soon=False)
    await asyncio.sleep(0.01)
    await board.heard(2, soon=False)
    await board.heard(3, soon=True)
    await asyncio.sleep(0.02)
    assert rounds == [[1], [2, 3]]
    assert console.rows == [1, 2, 3]
