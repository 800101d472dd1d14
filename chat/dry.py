"""Actions where nobody's order is at stake: look-ups are asked, whatever would change something is not.

In its place stands the answer that the owner wrote down to try with.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from . import ledger, outside
from .action_rows import Action as ActionRow
from .assistant.doing import action as actions
from .assistant.doing.action import Acted, Action, BadInput


async def act(action: Action, inputs: Mapping[str, str], wanted: frozenset[str], asked: int | None, /) -> Acted:
    """The port `act` of tries and previews."""
    return await sync_to_async(run)(action, inputs)


def run(action: Action, inputs: Mapping[str, str]) -> Acted:
    """One dry run, for the admin: as `act`, for who waits."""
    if action.changes:
        return pretend(action, inputs)
    told: dict[str, Any] = {"host": action.host, "method": action.method, "url": action.url, "inputs": inputs}
    row = ledger.open_action(conversation_id=None, seq=0, **told, now=timezone.now())
    outcome = "stopped"
    try:
        acted = outside.ask(action, inputs)
        outcome = acted.fault or "answered"
    finally:
        ledger.close_row(row=row, tokens_in=0, tokens_out=0, outcome=outcome, now=timezone.now())
    return acted


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
