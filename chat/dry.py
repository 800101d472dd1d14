"""Actions where nobody's order is at stake: look-ups are asked, whatever would change something is not.

In its place stands the answer that the owner wrote down to try with.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from . import ledger, outside
from .action_rows import Action as ActionRow
from .assistant.doing import action as actions
from .assistant.doing.action import Acted, Action, BadInput, Judged
from .assistant.doing.tools import Tool


async def act(
    action: Action, inputs: Mapping[str, str], wanted: frozenset[str], asked: int | None, judged: Judged, /
) -> Acted:
    """The port `act` of tries and previews. The owner's own example is not judged: nothing was to be changed by it."""
    return await sync_to_async(run)(action, inputs)


def run(action: Action, inputs: Mapping[str, str]) -> Acted:
    """One dry run, for the admin: as `act`, for who waits."""
    if action.changes:
        return pretend(action, inputs)
    with _booked(action, inputs) as booked:
        acted = outside.ask(action, inputs)
        booked.outcome = acted.fault or "answered"
    return acted


def tools(action: Action) -> list[Tool]:
    """The tools that the MCP server of an action tells of. Raises outside.NoTools."""
    with _booked(action, {}) as booked:
        try:
            found = outside.tools(action)
        except outside.NoTools as error:
            booked.outcome = error.fault
            raise
        booked.outcome = "answered"
    return found


@dataclass
class _Booked:
    outcome: str = "stopped"


@contextmanager
def _booked(action: Action, inputs: Mapping[str, str]) -> Iterator[_Booked]:
    """A row in the ledger while the block lasts, closed with what it says came of it."""
    told: dict[str, Any] = {"host": action.host, "method": action.method, "url": action.target, "inputs": inputs}
    row, booked = ledger.open_action(conversation_id=None, seq=0, **told, now=timezone.now()), _Booked()
    try:
        yield booked
    finally:
        ledger.close_row(row=row, tokens_in=0, tokens_out=0, outcome=booked.outcome, now=timezone.now())


def pretend(action: Action, inputs: Mapping[str, str]) -> Acted:
    """As if it had been done: with the owner's own example of an answer."""
    try:
        request = actions.request(action, inputs)
    except BadInput:
        return Acted(fault="bad_input", sent=False)
    row = ActionRow.objects.filter(pk=action.id).first()
    return replace(Acted(values=outside.values_of(sample(row.sample if row else ""))), request=request, sent=False)


def sample(written: str) -> Any:
    """The owner's example; nothing where there is none. Raises ValueError where it is no JSON."""
    return json.loads(written) if written.strip() else {}
