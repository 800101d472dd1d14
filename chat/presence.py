"""Who is connected: visitors with their page, members with a console. Memory only, no rows.

Where there are other processes each tells the others of its visitors' pages, at each change and each ping. What was not
heard of for longer than the longest time between two pings is forgotten: that process, or its socket, is gone.
"""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

_MOST_REMEMBERED: Final = 20_000
_FORGOTTEN_AFTER: Final = timedelta(seconds=75)


@dataclass(frozen=True)
class Here:
    """Whether a customer still has the page: `open`, `hidden` or `left`, since when (None: not since this start)."""

    state: str
    since: datetime | None


_pages: dict[int, dict[Hashable, bool]] = {}
_here: dict[int, Here] = {}
_members: Counter[int] = Counter()
_elsewhere: dict[int, dict[str, tuple[str, datetime]]] = {}


def page(conversation_id: int, socket: Hashable, *, hidden: bool, now: datetime) -> bool:
    """A visitor's socket has the page, in the background or not; whether that changed what is known."""
    _pages.setdefault(conversation_id, {})[socket] = hidden
    return _note(conversation_id, now)


def told_elsewhere(conversation_id: int, process: str, state: str, *, now: datetime) -> bool:
    """Another process says how its sockets of a conversation have the page; whether that changed what is known."""
    there = _elsewhere.setdefault(conversation_id, {})
    there[process] = (state, now)
    if state == "left":
        del there[process]
    if not there:
        del _elsewhere[conversation_id]
    return _note(conversation_id, now)


def on_this_process(conversation_id: int) -> str:
    """How this process's sockets of a conversation have the page."""
    pages = _pages.get(conversation_id)
    return "left" if not pages else "hidden" if all(pages.values()) else "open"


def left(conversation_id: int, socket: Hashable, *, now: datetime) -> bool:
    """A visitor's socket is gone; whether that changed what is known."""
    pages = _pages.get(conversation_id, {})
    pages.pop(socket, None)
    if not pages:
        _pages.pop(conversation_id, None)
    return _note(conversation_id, now)


def here(conversation_id: int) -> Here:
    """Whether the customer of a conversation still has the page."""
    if conversation_id in _elsewhere:
        _note(conversation_id, timezone.now())
    return _here.get(conversation_id, Here("left", None))


def member_came(member_id: int) -> None:
    """A console of this member connected."""
    _members[member_id] += 1


def member_went(member_id: int) -> bool:
    """A console of this member is gone; whether it was the last."""
    _members[member_id] -= 1
    if _members[member_id] > 0:
        return False
    del _members[member_id]
    return True


def member_is_here(member_id: int) -> bool:
    """Whether a member has a console open."""
    return member_id in _members


def members_here() -> set[int]:
    """Row ids of the members who have a console open."""
    return set(_members)


def _heard_lately(conversation_id: int, now: datetime) -> list[str]:
    there = _elsewhere.get(conversation_id, {})
    return [state for state, at in there.values() if now - at < _FORGOTTEN_AFTER]


def _note(conversation_id: int, now: datetime) -> bool:
    states = {on_this_process(conversation_id), *_heard_lately(conversation_id, now)}
    state = next(state for state in ("open", "hidden", "left") if state in states)
    if _here.get(conversation_id, Here("left", None)).state == state:
        return False
    _here[conversation_id] = Here(state, now)
    if len(_here) > _MOST_REMEMBERED:
        gone = next(key for key in _here if key not in _pages)
        del _here[gone]
        _elsewhere.pop(gone, None)
    return True
