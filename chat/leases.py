"""Who runs a turn: leases, fenced by `attempt`, so that however many processes run one, one answer is stored."""

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from .log import OPEN_TURNS
from .models import Handler, Turn, TurnState

LASTS: Final = timedelta(seconds=15)
RENEW_AFTER_S: Final = 5.0

# The place is the same at every start of this process, the boot is not: so it finds what its killed self held.
_PLACE: Final = f"{socket.gethostname()[:30]}:{settings.TANDEM.port}"
RUNNER: Final = f"{_PLACE}/{os.getpid()}-{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Lease:
    """The right to answer, until a newer attempt or a newer floor."""

    turn_id: int
    turn: str
    attempt: int
    conversation_id: int
    floor: int
    from_seq: int
    upto_seq: int


def take(*, turn_id: int, now: datetime) -> Lease | None:
    """Lease a turn that is due, raising its attempt. A turn whose floor is gone is dropped instead."""
    with transaction.atomic():
        rows = Turn.objects.select_for_update(of=("self",)).select_related("conversation").filter(pk=turn_id)
        # This process may take over from itself: a run that was replaced may have leased it a moment before.
        turn = rows.filter(_due(now) | Q(state=TurnState.RUNNING, runner=RUNNER)).first()
        if turn is None or _earlier_is_open(turn):
            return None
        if turn.conversation.handler != Handler.ASSISTANT or turn.conversation.floor != turn.floor:
            Turn.objects.filter(pk=turn.pk).update(state=TurnState.DROPPED, ended_at=now)
            return None
        turn.state, turn.attempt = TurnState.RUNNING, turn.attempt + 1
        turn.runner, turn.leased_until = RUNNER, now + LASTS
        turn.save(update_fields=["state", "attempt", "runner", "leased_until"])
        return Lease(
            turn.pk, turn.public_id, turn.attempt, turn.conversation_id, turn.floor, turn.from_seq, turn.upto_seq
        )


def renew(*, lease: Lease, now: datetime) -> bool:
    """Hold the lease for another while; False where it is gone."""
    mine = Turn.objects.filter(pk=lease.turn_id, attempt=lease.attempt, state=TurnState.RUNNING)
    return mine.update(leased_until=now + LASTS) == 1


def void_earlier_boots() -> int:
    """Queue again what this process held before it was killed; how many turns that were."""
    earlier = Turn.objects.filter(state=TurnState.RUNNING, runner__startswith=_PLACE + "/").exclude(runner=RUNNER)
    return earlier.update(state=TurnState.QUEUED, leased_until=None)


def drop_all(*, now: datetime) -> int:
    """End every open turn, as after a restore: an answer days late helps nobody. How many those were."""
    return Turn.objects.filter(state__in=OPEN_TURNS).update(state=TurnState.DROPPED, ended_at=now)


def due(*, now: datetime, limit: int = 200) -> list[int]:
    """Turns that nobody runs, oldest first; of each conversation only the first."""
    earlier = Turn.objects.filter(conversation=OuterRef("conversation"), state__in=OPEN_TURNS, pk__lt=OuterRef("pk"))
    rows = Turn.objects.filter(_due(now)).exclude(Exists(earlier)).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def next_of(*, conversation_id: int, now: datetime) -> int | None:
    """The next turn of a conversation that nobody runs."""
    rows = Turn.objects.filter(_due(now), conversation=conversation_id).order_by("pk")
    return rows.values_list("pk", flat=True).first()


def _due(now: datetime) -> Q:
    return Q(state=TurnState.QUEUED) | Q(state=TurnState.RUNNING, leased_until__lt=now)


def _earlier_is_open(turn: Turn) -> bool:
    return Turn.objects.filter(conversation=turn.conversation_id, state__in=OPEN_TURNS, pk__lt=turn.pk).exists()
