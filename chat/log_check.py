"""Holds every conversation's row against the fold of its log, and mends what differs (`manage.py doctor`)."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction

from supportsite.sites.models import Member, Team

from .clock import moment_of, stamp
from .fold import Entry, State, step
from .log import state_of
from .models import Conversation, Event

_FOLDED = tuple(field.name for field in fields(State))


@dataclass(frozen=True)
class Difference:
    """One conversation that is not what its log says. A log with a fault of its own is never mended."""

    conversation: str
    text: str
    mendable: bool

    def __str__(self) -> str:
        return f"conversation {self.conversation}: {self.text}"


def differences() -> Iterator[Difference]:
    """What differs, conversation by conversation; a running server is not held up."""
    for pk in Conversation.objects.order_by("pk").values_list("pk", flat=True).iterator():
        if _compare(pk):
            # It may have changed between our two looks: look again while nobody writes.
            with transaction.atomic():
                if found := _compare(pk):
                    yield found


def mend() -> int:
    """Write what the log says into every row that differs; returns how many."""
    mended = 0
    for pk in Conversation.objects.order_by("pk").values_list("pk", flat=True).iterator():
        if _compare(pk):
            with transaction.atomic():
                found = _compare(pk)
                if found and found.mendable:
                    _write(pk)
                    mended += 1
    return mended


def _compare(pk: int) -> Difference | None:
    row = Conversation.objects.select_related("assignee").filter(pk=pk).first()
    if row is None:
        return None
    state, fault = _folded(row)
    if fault:
        return Difference(row.public_id, fault, mendable=False)
    wrong = [name for name in _FOLDED if getattr(state, name) != getattr(state_of(row), name)]
    if not wrong:
        return None
    shown = (f"{name} is {getattr(state_of(row), name)!r}, the log says {getattr(state, name)!r}" for name in wrong)
    return Difference(row.public_id, "; ".join(shown), mendable=True)


def _folded(row: Conversation) -> tuple[State, str]:
    """The fold of the log, and the first fault of the log itself or ''."""
    state = State(language=row.language)  # kept unless a message says another: the first one was the page's
    for event in Event.objects.filter(conversation=row).order_by("seq").iterator():
        if fault := _fault(state, event):
            return state, fault
        step(state, Entry(event.seq, event.kind, event.visible, event.role, stamp(event.at), event.body))
        if (event.floor, event.case) != (state.floor, state.case):
            return (
                state,
                f"event {event.seq} has floor {event.floor} and case {event.case}, not {state.floor} and {state.case}",
            )
    if state.team and not Team.objects.filter(public_id=state.team).exists():
        state.team = None  # the team is gone: the conversation is everyone's
    if state.assignee and not Member.objects.filter(public_id=state.assignee).exists():
        state.assignee = state.agent = None  # the member is gone: who comes next may have it
    state.agent = row.assignee.name if row.assignee and row.assignee.public_id == state.assignee else state.agent
    return state, ""


def _fault(state: State, event: Event) -> str:
    if event.seq != state.last_seq + 1:
        return f"after event {state.last_seq} comes {event.seq}"
    prev = state.last_visible_seq if event.visible == "all" else state.last_seq
    return "" if event.prev == prev else f"event {event.seq} names {event.prev} as the one before it, not {prev}"


def _write(pk: int) -> None:
    row = Conversation.objects.select_related("assignee").get(pk=pk)
    state, _fault = _folded(row)
    values: dict[str, Any] = {
        name: getattr(state, name) for name in _FOLDED if name not in ("assignee", "agent", "team")
    }
    values["waiting_since"] = moment_of(state.waiting_since) if state.waiting_since else None
    values["assignee"] = Member.objects.filter(public_id=state.assignee).first() if state.assignee else None
    values["team"] = Team.objects.filter(public_id=state.team).first() if state.team else None
    Conversation.objects.filter(pk=pk).update(**values)
