"""What was changed outside: begun by a row before the request leaves, and never done again, whoever is killed when."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from . import lifecycle
from .action_rows import Deed, DeedState
from .assistant.doing import replies
from .assistant.doing.action import Acted, Action
from .assistant.doing.fields import OF_CUSTOMER, FieldKind
from .leases import Lease
from .models import Conversation, Handler, Turn, TurnState

GRACE: Final = timedelta(seconds=3)


class NotYours(Exception):
    """The turn is another's by now, or the conversation a person's: nothing may be begun."""


class StillOpen(Exception):
    """The same was begun before, and nobody knows whether it happened: only a person can say."""


def begin(*, lease: Lease, action: Action, inputs: Mapping[str, str], asked: int, now: datetime) -> tuple[Deed, bool]:
    """The deed that the customer's yes to the message `asked` stands for, and whether it is this turn's to do.

    Raises NotYours and StillOpen.
    """
    with transaction.atomic():
        held = Turn.objects.select_for_update(no_key=True).filter(
            pk=lease.turn_id, attempt=lease.attempt, state=TurnState.RUNNING
        )
        there = Conversation.objects.filter(pk=lease.conversation_id, floor=lease.floor, handler=Handler.ASSISTANT)
        if not held.exists() or not there.exists():
            raise NotYours
        defaults = {
            "seq": lease.from_seq,
            "action_id": action.id,
            "name": action.name[:80],
            "what": _what(action, inputs, lease.conversation_id),
            "key": uuid.uuid4().hex,
            "begun_at": now,
            "ends_by": now + timedelta(seconds=action.timeout) + GRACE,
        }
        try:
            return Deed.objects.get_or_create(conversation_id=lease.conversation_id, asked=asked, defaults=defaults)
        except IntegrityError as error:
            raise StillOpen from error


def _what(action: Action, inputs: Mapping[str, str], conversation_id: int) -> str:
    """The same order is the same thing whoever asks; where nothing names the thing, it is each conversation's own."""
    names = (FieldKind.ORDER, FieldKind.EMAIL, *OF_CUSTOMER)
    names_it = any(one.kind in names for one in action.inputs)
    told = [action.id, sorted(inputs.items()), None if names_it else conversation_id]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def end(*, deed: Deed, acted: Acted, wanted: frozenset[str], floor: int, now: datetime) -> None:
    """Keep what came of it, and tell the team where the assistant cannot tell the customer any more.

    Where the log was erased since it began, only whether it was done is kept.
    """
    state = DeedState.DONE
    if acted.fault:
        state = DeedState.UNCLEAR if acted.may_have_happened else DeedState.FAILED
    kept = dict(replies.leaves(acted.values, wanted))
    with transaction.atomic():
        Conversation.objects.locked().get(pk=deed.conversation_id)  # who erases holds it: before us, or after
        if lifecycle.was_erased(conversation_id=deed.conversation_id, since=deed.seq):
            kept = {}
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
    return Acted(fault=deed.fault or "unclear", again=True, sent=deed.state != DeedState.FAILED)


def settle(*, deed_id: int, happened: bool, now: datetime) -> bool:
    """What a person found out of a deed of which nobody knew; whether it was still open.

    From then on the customer may ask for the same again.
    """
    over = Q(state=DeedState.UNCLEAR) | Q(state=DeedState.BEGUN, ends_by__lt=now)
    unknown = Deed.objects.filter(over, pk=deed_id)
    state = DeedState.DONE if happened else DeedState.FAILED
    return unknown.update(state=state, ended_at=now) == 1


def was_begun(*, conversation_id: int, asked: int) -> bool:
    """Whether the customer's yes to this message has been acted upon."""
    return Deed.objects.filter(conversation_id=conversation_id, asked=asked).exists()
