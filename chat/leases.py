"""Who runs a turn: leases, fenced by `attempt`, so that however many processes run one, one answer is stored."""

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from .log import OPEN_TURNS, Log, new_leased_turn
from .models import Handler, Turn, TurnState, new_public_id

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


# Written out, as the statements before an ack are: every answer waits for it.
_TAKE: Final = """
    UPDATE chat_turn AS turn SET state = 'running', attempt = attempt + 1, runner = %s, leased_until = %s
    WHERE turn.id = %s
    AND (turn.state = 'queued' OR turn.state = 'running' AND (turn.leased_until < %s OR turn.runner = %s))
    AND NOT EXISTS (
        SELECT 1 FROM chat_turn earlier
        WHERE earlier.conversation_id = turn.conversation_id AND earlier.id < turn.id
        AND earlier.state IN ('queued', 'running')
    )
    AND EXISTS (
        SELECT 1 FROM chat_conversation log
        WHERE log.id = turn.conversation_id AND log.handler = 'assistant' AND log.floor = turn.floor
    )
    RETURNING public_id, attempt, conversation_id, floor, from_seq, upto_seq
"""


def of_new_turn(log: Log, seq: int) -> Lease:
    """Make a turn for one message, leased in the message's own transaction: the caller runs it once that is over.

    For a conversation without an open turn. A process that is killed before it runs leaves it as any other of its own.
    """
    public_id = new_public_id()
    turn_id = new_leased_turn(log, seq, public_id, RUNNER, log.now + LASTS)
    return Lease(turn_id, public_id, 1, log.row.pk, log.state.floor, seq, seq)


def take(*, turn_id: int, now: datetime) -> Lease | None:
    """Lease a turn that is due, raising its attempt. A turn whose floor is gone is dropped instead.

    This process may take over from itself: a run that was replaced may have leased it a moment before.
    """
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [RUNNER, moment(now + LASTS), turn_id, moment(now), RUNNER])
        taken = cursor.fetchone()
    if taken is None:
        _drop_if_stale(turn_id, now)
        return None
    return Lease(turn_id, *taken)


def _drop_if_stale(turn_id: int, now: datetime) -> None:
    mine = _due(now) | Q(state=TurnState.RUNNING, runner=RUNNER)
    moved_on = ~Q(conversation__handler=Handler.ASSISTANT) | ~Q(conversation__floor=F("floor"))
    Turn.objects.filter(mine, moved_on, pk=turn_id).update(state=TurnState.DROPPED, ended_at=now)


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
