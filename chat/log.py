"""The pen that writes a conversation's log: append events to a locked row, then close it in one go.

Only `lifecycle` and `leases` use it. Events and row leave in two statements, and the wake-up after the commit.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from celery import current_app
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from supportsite.sites.models import Member, Team

from . import broadcast
from .clock import moment_of, stamp
from .fold import Entry, State, step
from .models import (
    Call,
    Conversation,
    Event,
    EventRole,
    Handler,
    Kind,
    Receipt,
    Snooze,
    Turn,
    TurnState,
    new_public_id,
)

Row = TypeVar("Row", bound=models.Model)
ATTEND = "agents.attend"  # rung by its name: who is given what, agents knows
_MOVES = (
    Kind.ESCALATED, Kind.RETURNED, Kind.CLAIMED, Kind.TRANSFERRED, Kind.RELEASED, Kind.HANDED_BACK, Kind.RESOLVED,
    Kind.REOPENED,
)  # fmt: skip
_ENDS = (Kind.RETURNED, Kind.HANDED_BACK, Kind.RESOLVED, Kind.REOPENED)  # of a wait for a person
OPEN_TURNS = (TurnState.QUEUED, TurnState.RUNNING)
_CACHE = (
    "handler", "floor", "case", "assignee_id", "team_id", "last_seq", "last_visible_seq", "answered_seq", "language",
    "moods", "unknowns", "offered", "asked_seq", "waiting_since", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """Who asked for something, under which id of theirs, and what (for `id_reused`)."""

    sender: str
    client_id: str
    digest: str


@dataclass(frozen=True)
class Author:
    """Who an event is from."""

    role: EventRole
    id: str = ""
    name: str = ""


SYSTEM = Author(EventRole.SYSTEM)
ASSISTANT = Author(EventRole.ASSISTANT)


def visitor_author(visitor_id: str) -> Author:
    """The visitor as an author."""
    return Author(EventRole.VISITOR, visitor_id)


def member_author(member: Member) -> Author:
    """A member as an author, by the name that customers see."""
    return Author(EventRole.AGENT, member.public_id, member.name)


def digest_of(*parts: str) -> str:
    """A keyed digest of what a request asks, so that a reused id with other content is noticed."""
    return salted_hmac("tandem.request", "\0".join(parts), algorithm="sha256").hexdigest()


def state_of(row: Conversation) -> State:
    """The cached fold of a conversation. Load the row with `assignee`."""
    return State(
        handler=row.handler,
        floor=row.floor,
        case=row.case,
        assignee=row.assignee.public_id if row.assignee else None,
        agent=row.assignee.name if row.assignee else None,
        team=row.team.public_id if row.team_id and row.team else None,
        last_seq=row.last_seq,
        last_visible_seq=row.last_visible_seq,
        answered_seq=row.answered_seq,
        language=row.language,
        moods=list(row.moods),
        unknowns=row.unknowns,
        offered=row.offered,
        asked_seq=row.asked_seq,
        waiting_since=stamp(row.waiting_since) if row.waiting_since else None,
    )


@dataclass
class Log:
    """A conversation opened for writing, inside a transaction. Append, then `close`."""

    row: Conversation
    now: datetime
    state: State = field(init=False)
    events: list[Event] = field(default_factory=list)
    member: Member | None = None
    team: Team | None = None
    first_floor: int = field(init=False)
    first_handler: str = field(init=False)
    newcomer: str = ""

    def __post_init__(self) -> None:
        self.state = state_of(self.row)
        self.first_floor = self.row.floor
        self.first_handler = self.row.handler

    def append(
        self, kind: Kind, author: Author, body: dict[str, Any], *, visible: str = "all", request: Request | None = None
    ) -> Event:
        """Append one event and fold it into the state. The event that a request asked for carries its id."""
        before = self.state
        prev = before.last_visible_seq if visible == "all" else before.last_seq
        seq = before.last_seq + 1
        step(self.state, Entry(seq, kind, visible, author.role, stamp(self.now), body))
        event = Event(
            conversation=self.row,
            seq=seq,
            kind=kind,
            visible=visible,
            role=author.role,
            author=author.id,
            author_name=author.name,
            sender=request.sender if request else None,
            client_id=request.client_id if request else None,
            digest=request.digest if request else "",
            at=self.now,
            prev=prev,
            body=body,
            floor=self.state.floor,
            case=self.state.case,
        )
        self.events.append(event)
        return event

    def claim_by(self, member: Member) -> Event:
        """Append `claimed` by `member`, without a client's id."""
        self.member = member
        return self.append(Kind.CLAIMED, member_author(member), {"agent": member.public_id, "name": member.name})

    def close(self) -> None:
        """Write the events and the row, end turns of an older floor, and ring the readers after the commit."""
        if not self.events:
            return
        with connection.cursor() as cursor:
            for event in self.events:
                cursor.execute(_INSERT_EVENT, _values_of(event))
            self._update_row(cursor)
        if self.state.floor != self.first_floor:
            self._drop_open_turns()
        self._keep_calls()
        ring = partial(broadcast.ring, self.row.pk, self.row.last_seq, self.row.floor, self.newcomer, self.events)
        transaction.on_commit(ring, robust=True)

    def _update_row(self, cursor: CursorWrapper) -> None:
        row, state = self.row, self.state
        before = {name: getattr(row, name) for name in _CACHE}
        for name in ("handler", "floor", "case", "last_seq", "last_visible_seq", "answered_seq", "language", "moods"):
            setattr(row, name, getattr(state, name))
        row.unknowns, row.offered, row.asked_seq = state.unknowns, state.offered, state.asked_seq
        row.waiting_since = moment_of(state.waiting_since) if state.waiting_since else None
        if state.assignee is None:
            row.assignee = None
        elif self.member and self.member.public_id == state.assignee:
            row.assignee = self.member
        if state.team is None:
            row.team = None
        elif self.team and self.team.public_id == state.team:
            row.team = self.team
        row.changed_at = self.now
        changed = [name for name in _CACHE if getattr(row, name) != before[name]]
        columns = ", ".join(f'"{name}" = %s' for name in changed)
        values = [_plain(getattr(row, name)) for name in changed]
        cursor.execute(f"UPDATE chat_conversation SET {columns} WHERE id = %s", [*values, row.pk])  # noqa: S608

    def _keep_calls(self) -> None:
        """Who is called for this conversation follows from what was appended; nothing for the assistant's own."""
        moved = self.state.floor != self.first_floor
        spoke = any(event.kind == Kind.MESSAGE and event.role == EventRole.AGENT for event in self.events)
        if moved or (self.state.handler == Handler.AGENT):
            self._keep_snooze()
        if moved:
            self._call()
            self._keep_turn()
        if spoke:
            self._answered()

    def _call(self) -> None:
        """A call ends as the conversation leaves the queue, and one begins as it comes there or is given to one.

        An escalation that goes to a team at once is still what called.
        """
        stands = self.first_handler == Handler.QUEUE and self.state.handler == Handler.QUEUE
        moves = [event for event in self.events if event.kind in _MOVES]
        event = next((move for move in moves if move.kind == Kind.ESCALATED), moves[-1])
        seq, kind = event.seq, event.kind
        there = Call.objects.filter(conversation=self.row, ended_at=None)
        if stands and there.update(alert_seq=seq, member=None):
            return
        there.update(ended_at=self.now)
        if self.state.handler == Handler.QUEUE or kind == Kind.TRANSFERRED:
            member = None if self.state.handler == Handler.QUEUE else self.member
            why = Call.GIVEN if member and event.role == EventRole.SYSTEM else kind
            known = {"conversation": self.row, "seq": seq, "alert_seq": seq, "why": why, "member": member}
            Call.objects.create(**known, at=self.now)
            if member is None:
                transaction.on_commit(lambda: current_app.send_task(ATTEND), robust=True)

    def _keep_turn(self) -> None:
        """Who got it last is the last to be given another, also once this one is over."""
        if self.member and self.state.handler == Handler.AGENT:
            Member.objects.filter(pk=self.member.pk).update(given_at=self.now)

    def _answered(self) -> None:
        """A person wrote: that ends this wait and its calls, and no earlier one that was cancelled or handed back."""
        calls = Call.objects.filter(conversation=self.row)
        ends = Event.objects.filter(conversation=self.row, kind__in=_ENDS).order_by("-seq").values("seq")[:1]
        calls.filter(answered_at=None, seq__gt=Coalesce(Subquery(ends), 0)).update(answered_at=self.now)
        calls.filter(ended_at=None).update(ended_at=self.now)

    def _keep_snooze(self) -> None:
        """What was put aside comes back with the next word of the customer or of an agent, or with who has it.

        A thumb, a verdict, stars or a note are no word: the promise to come back stands.
        """
        if snoozed := next((event for event in reversed(self.events) if event.kind == Kind.SNOOZED), None):
            until = snoozed.body["until"]
            values = {"until": moment_of(until) if until else None}
            Snooze.objects.update_or_create(conversation=self.row, defaults=values)
            Call.objects.filter(conversation=self.row, ended_at=None).update(ended_at=self.now)
        elif self.state.floor != self.first_floor or any(event.kind == Kind.MESSAGE for event in self.events):
            Snooze.objects.filter(conversation=self.row).delete()

    def _drop_open_turns(self) -> None:
        stale = Turn.objects.filter(conversation=self.row, state__in=OPEN_TURNS, floor__lt=self.state.floor)
        stale.update(state=TurnState.DROPPED, ended_at=self.now)


# Written out, as these run before every ack, and the ORM takes longer to compose them than all else together: the verb
# `post_message` took 2.4 ms of the processor with the ORM's, 0.9 with these (benchmarks/ack.py).
_INSERT_EVENT = """
    INSERT INTO chat_event (
        conversation_id, seq, kind, visible, role, author, author_name, sender, client_id, digest, at, prev, body,
        floor, "case"
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_TURN = """
    INSERT INTO chat_turn (
        conversation_id, public_id, state, attempt, floor, from_seq, upto_seq, runner, leased_until, restarts, made_at,
        trace
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, '{}') RETURNING id
"""
_LOG_OF_VISITOR = """
    FROM chat_conversation log JOIN chat_visitor visitor ON visitor.id = log.visitor_id
    LEFT JOIN sites_member member ON member.id = log.assignee_id
    WHERE log.site_id = %s AND visitor.public_id = %s
"""
_IS_PAUSED = "EXISTS (SELECT 1 FROM sites_site site WHERE site.id = log.site_id AND site.paused_at IS NOT NULL)"
_WAS_DONE = """
    EXISTS (SELECT 1 FROM chat_event WHERE sender = %s AND client_id = %s)
        OR EXISTS (SELECT 1 FROM chat_receipt WHERE sender = %s AND client_id = %s)
"""
_HAS_OPEN_TURN = """
    EXISTS (SELECT 1 FROM chat_turn turn WHERE turn.conversation_id = log.id AND turn.state IN ('queued', 'running'))
"""


def was_done(request: Request) -> bool:
    """Whether a request with this sender and id was done before, with an event or without."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + _WAS_DONE, [request.sender, request.client_id] * 2)
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Opened:
    """A visitor's conversation, locked for writing, and what a verb must know of it before it writes."""

    row: Conversation
    done_before: bool
    has_open_turn: bool = False
    is_paused: bool = False
    made: bool = False


def of_visitor(site_id: int, visitor_id: str, request: Request) -> Opened | None:
    """A visitor's conversation with its assignee, None where there is none yet. `request` is about to be done."""
    with connection.cursor() as cursor:
        if connection.features.has_select_for_update:
            # First, in a statement of its own: what one that waits for a lock reads beside that row is from before.
            cursor.execute(f"SELECT log.id {_LOG_OF_VISITOR} FOR NO KEY UPDATE OF log", [site_id, visitor_id])
        rows = f"{_columns(Conversation, 'log')}, {_columns(Member, 'member')}"
        cursor.execute(
            f"SELECT {rows}, {_WAS_DONE}, {_HAS_OPEN_TURN}, {_IS_PAUSED} {_LOG_OF_VISITOR}",
            [*[request.sender, request.client_id] * 2, site_id, visitor_id],
        )
        values = cursor.fetchone()
    if values is None:
        return None
    width = len(Conversation._meta.concrete_fields)
    row = _instance(Conversation, values[:width])
    if row.assignee_id is not None:
        row.assignee = _instance(Member, values[width:-3])
    done_before, has_open_turn, is_paused = map(bool, values[-3:])
    return Opened(row, done_before, has_open_turn, is_paused)


@cache
def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{each.column}"' for each in model._meta.concrete_fields)


@cache
def _converters(model: type[models.Model]) -> list[tuple[int, Callable[..., Any], Any]]:
    """How the driver's values become a model's: place among the fields, function, and the column that it asks for."""
    columns = [each.get_col(model._meta.db_table) for each in model._meta.concrete_fields]
    return [
        (place, convert, column)
        for place, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    ]


def _instance(model: type[Row], values: Sequence[Any]) -> Row:
    """What the ORM makes of a row of the database."""
    made = list(values)
    for place, convert, column in _converters(model):
        made[place] = convert(made[place], column, connection)
    return model.from_db("default", [each.attname for each in model._meta.concrete_fields], made)


def new_turn(log: Log, from_seq: int, upto_seq: int) -> int:
    """Queue a turn under the floor of `log`; its row's id."""
    return _insert_turn(log, new_public_id(), (from_seq, upto_seq), TurnState.QUEUED, ("", None))


def new_leased_turn(log: Log, seq: int, public_id: str, runner: str, until: datetime) -> int:
    """A turn for one message that `runner` has leased already, as its first attempt; its row's id."""
    return _insert_turn(log, public_id, (seq, seq), TurnState.RUNNING, (runner, until))


def _insert_turn(
    log: Log, public_id: str, seqs: tuple[int, int], state: TurnState, lease: tuple[str, datetime | None]
) -> int:
    runner, until = lease
    attempt = int(state == TurnState.RUNNING)
    values = [log.row.pk, public_id, state.value, attempt, log.state.floor, *seqs, runner, until, log.now]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_TURN, [_plain(value) for value in values])
        return int(cursor.fetchone()[0])


def _values_of(event: Event) -> list[Any]:
    return [
        event.conversation_id, event.seq, event.kind, event.visible, event.role, event.author, event.author_name,
        event.sender, event.client_id, event.digest, _plain(event.at), event.prev, json.dumps(event.body), event.floor,
        event.case,
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    """A field's value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return json.dumps(value) if isinstance(value, list) else value


def keep_receipt(request: Request, now: datetime) -> None:
    """Remember a request that made no event, so that its repetition gets the same ack."""
    Receipt.objects.create(sender=request.sender, client_id=request.client_id, digest=request.digest, at=now)
