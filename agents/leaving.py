"""Going offline on purpose: what becomes of the conversations that somebody has."""

import datetime as dt

from chat import lifecycle
from chat.models import Conversation, Handler
from supportsite.sites.models import Member


def leave_all(*, member: Member, client_id: str, hand_back: bool, now: dt.datetime) -> list[int]:
    """Every open conversation of theirs, to the assistant or to the queue; the turns that this made.

    A second try with the same id finds only what is left. Where the assistant is paused they go to the queue.
    """
    theirs = Conversation.objects.filter(handler=Handler.AGENT, assignee=member).order_by("pk")
    done = [
        _leave(member, public_id, f"{client_id[:24]}:{public_id}", hand_back and not member.site.paused_at, now)
        for public_id in list(theirs.values_list("public_id", flat=True))
    ]
    return [one.turn_id for one in done if one and one.turn_id is not None]


def _leave(member: Member, public_id: str, client_id: str, hand_back: bool, now: dt.datetime) -> lifecycle.Done | None:
    """Leave one; None where somebody else has it by now."""
    verb = lifecycle.hand_back if hand_back else lifecycle.release
    try:
        return verb(member=member, conversation=public_id, client_id=client_id, now=now)
    except lifecycle.Refused:
        return None
