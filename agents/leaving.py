"""Going offline on purpose: what becomes of the conversations that somebody has."""

import contextlib
import datetime as dt
from dataclasses import dataclass

from chat import lifecycle
from chat.models import Conversation, Handler
from supportsite.sites.models import Member


@dataclass(frozen=True)
class Left:
    """What became of them: the turns that this made, and whether any that the assistant was to have is in the queue."""

    turns: list[int]
    was_refused: bool


def leave_all(*, member: Member, client_id: str, hand_back: bool, now: dt.datetime) -> Left:
    """Every open conversation of theirs, also what they put aside, to the assistant or to the queue.

    A second try with the same id finds only what is left. Where the assistant is paused they go to the queue.
    """
    theirs = Conversation.objects.filter(handler=Handler.AGENT, assignee=member).order_by("pk")
    turns, was_refused = [], False
    for public_id in list(theirs.values_list("public_id", flat=True)):
        own_id = f"{client_id[:24]}:{public_id}"
        back = _hand_back(member, public_id, own_id, now) if hand_back else None
        if back is None:
            released = _release(member, public_id, own_id, now)
            was_refused = was_refused or (hand_back and released)
        elif back.turn_id is not None:
            turns.append(back.turn_id)
    return Left(turns, was_refused)


def _hand_back(member: Member, public_id: str, client_id: str, now: dt.datetime) -> lifecycle.Done | None:
    """Give one to the assistant; None where that is refused, as while it is paused."""
    with contextlib.suppress(lifecycle.Refused):
        return lifecycle.hand_back(member=member, conversation=public_id, client_id=client_id, now=now)
    return None


def _release(member: Member, public_id: str, client_id: str, now: dt.datetime) -> bool:
    """Give one to the queue; False where somebody else has it by now."""
    with contextlib.suppress(lifecycle.Refused):
        lifecycle.release(member=member, conversation=public_id, client_id=client_id, now=now)
        return True
    return False
