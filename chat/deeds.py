"""What was changed outside: begun by a row before the request leaves, and never done again, whoever is killed when."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from . import lifecycle, outside
from .action_rows import Deed, DeedState
from .assistant.doing import replies
from .assistant.doing.action import Acted, Action
from .leases import Lease
from .models import Conversation, Handler, Turn, TurnState

GRACE: Final = timedelta(seconds=3)


class NotYours(Exception):
    """The turn is another's by now, or the conversation a person's: nothing may be begun."""


def begin(*, lease: Lease, action: Action, asked: int, now: datetime) -> tuple[Deed, bool]:
    """The deed that the customer's yes to the message `asked` stands for, and whether it is this turn's to do.

    Raises NotYours.
    """
    with transaction.atomic():
        held = Turn.objects.select_for_update(no_key=True).filter(
            pk=lease.turn_id, attempt=lease.attempt, state=TurnState.RUNNING
        )
        there = Conversation.objects.filter(pk=lease.conversation_id, floor=lease.floor, handler=Handler.ASSISTANT)
        if not held.exists() or not there.exists():
            raise NotYours
        return Deed.objects.get_or_create(
            conversation_id=lease.conversation_id,
            asked=asked,
            defaults={
                "seq": lease.from_seq,
                "action_id": action.id,
                "name": action.name[:80],
                "key": uuid.uuid4().hex,
                "begun_at": now,
                "ends_by": now + timedelta(seconds=action.timeout) + GRACE,
            },
        )


def end(*, deed: Deed, acted: Acted, wanted: frozenset[str], floor: int, now: datetime) -> None:
    """Keep what came of it, and tell the team where the assistant cannot tell the customer any more."""
    state = DeedState.DONE
    if acted.fault:
        state = DeedState.UNCLEAR if outside.may_have_happened(acted) else DeedState.FAILED
    kept = dict(replies.leaves(acted.values, wanted))
    Deed.objects.filter(pk=deed.pk, state=DeedState.BEGUN).update(
        state=state, fault=acted.fault[:60], answer=kept, ended_at=now
    )
    lifecycle.note_deed(
        conversation_id=deed.conversation_id, floor=floor, name=deed.name, state=str(state.label), now=now
    )


def outcome(*, deed_id: int, now: datetime) -> Acted | None:
    """What came of a deed that another run began; None while it may still end."""
    deed = Deed.objects.get(pk=deed_id)
    if deed.state == DeedState.DONE:
        return Acted(values=deed.answer, again=True)
    if deed.state == DeedState.BEGUN and now < deed.ends_by:
        return None
    if deed.state == DeedState.BEGUN:
        Deed.objects.filter(pk=deed_id, state=DeedState.BEGUN).update(state=DeedState.UNCLEAR, ended_at=now)
    return Acted(fault=deed.fault or "unclear", again=True)


def was_begun(*, conversation_id: int, asked: int) -> bool:
    """Whether the customer's yes to this message has been acted upon."""
    return Deed.objects.filter(conversation_id=conversation_id, asked=asked).exists()
