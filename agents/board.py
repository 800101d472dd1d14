"""What all consoles of this process share: changed rows are read once and told to each desk; logins are watched.

The hub says which conversation changed. A quiet process tells at once. A busy one reads many rows at once: a round
follows the last one after a moment, or at once where more than a message came (somebody was called, claimed, resolved).
"""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

from django.utils import timezone

from agents import inbox, presence
from agents.desk import Desk, desks
from agents.frames import PresenceOut
from agents.sessions import Login, standing
from chat import broadcast
from chat.crossing import read, write

WATCH_EVERY_S: Final = 2.0  # a session that ended closes its sockets within 5 s
TOUCH_EVERY_S: Final = 10.0
COUNT_EVERY_S: Final = 0.5
AGAIN_AFTER_S: Final = 0.5
ROUND_EVERY_S: Final = 0.25

logger = logging.getLogger(__name__)


class Console(Protocol):
    """A console's socket."""

    login: Login
    desk: Desk

    async def tell_row(self, row: inbox.Row) -> None:
        """A row changed."""

    async def tell_counts(self, heaps: list[inbox.Heap]) -> None:
        """The numbers changed."""

    async def tell_colleague(self, frame: PresenceOut) -> None:
        """A colleague's presence changed."""

    async def log_out(self) -> None:
        """The session has ended."""

    async def move(self, desk: Desk | None) -> None:
        """Roles, teams or sites changed; None where nothing is left to read."""


@dataclass
class Board:
    """The consoles of this process, and what is on its way to them."""

    consoles: set[Console] = field(default_factory=set)
    _changed: set[int] = field(default_factory=set)
    _telling: bool = False
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)
    _counting: bool = False
    _watcher: asyncio.Task[None] | None = None
    _shown: dict[int, dict[str, str]] = field(default_factory=dict)
    _touched: float = 0.0

    def join(self, console: Console) -> None:
        """From now on `console` is told what changes."""
        self.consoles.add(console)
        broadcast.hub().listeners.add(self.heard)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.ensure_future(self._watch())

    def leave(self, console: Console) -> None:
        """`console` is gone; with the last one the watching ends."""
        self.consoles.discard(console)
        if not self.consoles:
            broadcast.hub().listeners.discard(self.heard)
            self._changed.clear()
            self._shown.clear()
            if self._watcher:
                self._watcher.cancel()
                self._watcher = None

    async def heard(self, conversation_id: int, soon: bool) -> None:
        """The hub's listener: this conversation's row may have changed; `soon`, not by a message alone."""
        if soon:
            self._hurry.set()
        self.changed({conversation_id})

    def changed(self, conversation_ids: set[int]) -> None:
        """Read these rows again, soon, and tell whom they concern."""
        self._changed |= conversation_ids
        if self._changed and not self._telling:
            self._telling = True
            broadcast.hub().spawn(self._tell())

    async def look_round(self) -> None:
        """Read who is there, and tell what changed of that."""
        now = await read(presence.colleagues, self._sites(), timezone.now())
        news = [(pk, shown) for pk, shown in now.items() if self._shown.get(pk) != shown]
        self._shown = now
        for _pk, shown in news:
            frame = PresenceOut(agent=shown["agent"], name=shown["name"], state=shown["state"])
            for console in list(self.consoles):
                await console.tell_colleague(frame)

    def _sites(self) -> set[int]:
        return {site for console in self.consoles for site in console.desk.site_ids}

    async def _tell(self) -> None:
        try:
            while self._changed and self.consoles:
                self._hurry = asyncio.Event()
                await self._tell_round()
                self._count_soon()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), ROUND_EVERY_S)
        finally:
            self._telling = False

    async def _tell_round(self) -> None:
        """Read what changed and tell it. Where that fails nothing is forgotten: it is told again a moment later."""
        ids, self._changed = self._changed, set()
        try:
            rows = await read(inbox.load, list(ids))
            for row in sorted(rows.values(), key=lambda row: row.handler != "queue"):
                for console in list(self.consoles):
                    await console.tell_row(row)
        except Exception:
            self._changed |= ids
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self.changed, set())
            raise

    def _count_soon(self) -> None:
        if not self._counting:
            self._counting = True
            broadcast.hub().spawn(self._count())

    async def _count(self) -> None:
        try:
            await asyncio.sleep(COUNT_EVERY_S)
        finally:
            self._counting = False
        if self.consoles:
            heaps = await read(inbox.heaps, self._sites())
            for console in list(self.consoles):
                await console.tell_counts(heaps)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            try:
                await self._check_logins()
                await self._touch()
                await self.look_round()
            except Exception:  # an edge of the process: a round that fails must not leave ended sessions open for ever
                logger.exception("a round of the board failed")

    async def _check_logins(self) -> None:
        consoles = list(self.consoles)
        good, found = await read(_logins_and_desks, {console.login for console in consoles})
        for console in consoles:
            if console.login not in good:
                await console.log_out()
            elif found.get(console.login.user_id) != console.desk:
                await console.move(found.get(console.login.user_id))

    async def _touch(self) -> None:
        if time.monotonic() - self._touched > TOUCH_EVERY_S:
            self._touched = time.monotonic()
            here = {pk for console in self.consoles for pk in console.desk.member_ids}
            await write(presence.touch, member_ids=here, now=timezone.now())


def _logins_and_desks(logins: set[Login]) -> tuple[set[Login], dict[int, Desk]]:
    return standing(logins), desks({login.user_id for login in logins})


_board = Board()


def board() -> Board:
    """The board of this process."""
    return _board
