"""Going offline on purpose: what becomes of the conversations that somebody has."""

import contextlib
import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import lifecycle
from chat.models import Conversation, Handler
from supportsite.sites.models import Member


@dataclass(frozen=True)
class Left:
    """What became of them: the turns that this made, and why some that the assistant was to have are in the queue."""

    turns: list[int]
    refused: str = ""


def leave_all(*, member: Member, client_id: str, hand_back: bool, now: dt.datetime) -> Left:
    """Every open conversation of theirs, also what they put aside, to the assistant or to the queue.

    A second try with the same id finds only what is left. Whom the assistant may not have back goes to the queue.
    """
    theirs = Conversation.objects.filter(handler=Handler.AGENT, assignee=member).order_by("pk")
    turns, kept = [], 0
    for public_id in list(theirs.values_list("public_id", flat=True)):
        own_id = f"{client_id[:24]}:{public_id}"
        back = _hand_back(member, public_id, own_id, now) if hand_back else None
        if back is None:
            released = _release(member, public_id, own_id, now)
            kept += hand_back and released
        elif back.turn_id is not None:
            turns.append(back.turn_id)
    return Left(turns, _why(member, kept) if kept else "")


def _why(member: Member, kept: int) -> str:
    """What one is told of those that the assistant did not take."""
    if lifecycle.is_paused(member.site_id):
        text = _("The assistant of %(site)s is paused: your conversations went to the queue.")
    else:
        text = ngettext(
            "The assistant of %(site)s does not answer in %(n)s of your conversations now: it went to the queue.",
            "The assistant of %(site)s does not answer in %(n)s of your conversations now: they went to the queue.",
            kept,
        )
    return text % {"site": member.site.name, "n": kept}


def _hand_back(member: Member, public_id: str, client_id: str, now: dt.datetime) -> lifecycle.Done | None:
    """Give one to the assistant; None where that is refused: it is paused, or is not to speak to this customer."""
    with contextlib.suppress(lifecycle.Refused):
        return lifecycle.hand_back(member=member, conversation=public_id, client_id=client_id, now=now)
    return None


def _release(member: Member, public_id: str, client_id: str, now: dt.datetime) -> bool:
    """Give one to the queue; False where somebody else has it by now."""
    with contextlib.suppress(lifecycle.Refused):
        lifecycle.release(member=member, conversation=public_id, client_id=client_id, now=now)
        return True
    return False
