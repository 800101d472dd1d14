"""A site's actions and procedures, from its rows to what the assistant is handed; and where a conversation stands."""

from dataclasses import replace
from typing import Final

from django.db.models import QuerySet

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from . import deeds
from .action_rows import Action as ActionRow
from .action_rows import Procedure as ProcedureRow
from .action_rows import ProcedureStep, StandingRow
from .assistant.doing.action import Action, Identity
from .assistant.doing.conditions import Condition, Operator
from .assistant.doing.fields import Field, FieldKind
from .assistant.doing.procedure import Does, Procedure, Procedures, Standing, Step, Waits, of_action
from .models import Conversation


def procedures(site: Site) -> Procedures:
    """All that are in use, an action that an intent begins among them; none where the site has no such rows."""
    rows, own = _actions(site=site.pk), _procedures(site=site.pk)
    actions = {row.pk: action(row) for row in rows}
    by_intent = {row.intent.name: of_action(actions[row.pk]).key for row in rows if row.intent}
    by_key = {one.key: one for one in map(of_action, actions.values())}
    for row in own:
        one = procedure(row, actions)
        by_key[one.key] = one
        if row.intent:
            by_intent[row.intent.name] = one.key
    may = [row for row in rows if row.model_may and not row.changes]
    return Procedures(by_key, by_intent, tuple(actions[row.pk] for row in may))


def action(row: ActionRow) -> Action:
    """An action as the assistant knows it."""
    return Action(
        id=row.pk,
        name=row.name,
        does=row.does,
        method=row.method,
        url=row.url,
        inputs=tuple(Field(one.name, FieldKind(one.kind)) for one in row.inputs.all()),
        headers=row.headers,
        identity=Identity(row.identity),
        email_path=row.email_path,
        timeout=row.timeout,
        changes=row.changes,
        asks=row.asks,
        reply=row.reply,
        tool=row.tool,
        told=row.told,
        arguments={one.name: one.argument for one in row.inputs.all() if one.argument},
    )


def procedure(row: ProcedureRow, actions: dict[int, Action]) -> Procedure:
    """A procedure as the assistant knows it; a step whose action is not in use calls a person instead."""
    return Procedure(f"procedure:{row.pk}", row.name, tuple(_step(step, actions) for step in row.steps.all()))


def standing(row: Conversation) -> Standing | None:
    """Where the conversation stands: since its last handover, reopening or end, that is, under its floor."""
    newest = _newest.first(conversation=row.pk, floor=row.floor)
    found = Standing.of(newest.state, newest.seq) if newest else None
    if found and found.waits is Waits.YES and deeds.was_begun(conversation_id=row.pk, asked=found.seq):
        return replace(found, confirmed=True)
    return found


def _compose_actions(site: int) -> QuerySet[ActionRow]:
    return ActionRow.objects.filter(site=site, is_on=True).select_related("intent").prefetch_related("inputs")


def _compose_procedures(site: int) -> QuerySet[ProcedureRow]:
    return ProcedureRow.objects.filter(site=site, is_on=True).select_related("intent").prefetch_related("steps")


_actions: Final = Prepared(_compose_actions)
_procedures: Final = Prepared(_compose_procedures)


def _compose_newest(conversation: int, floor: int) -> QuerySet[StandingRow]:
    return StandingRow.objects.filter(conversation=conversation, floor=floor).order_by("-seq")[:1]


_newest: Final = Prepared(_compose_newest)


def _step(row: ProcedureStep, actions: dict[int, Action]) -> Step:
    called = actions.get(row.action_id or 0)
    does = Does(row.does)
    if does is Does.CALL and called is None:
        return Step(row.place, Does.PERSON)
    slot = Field(row.slot, FieldKind(row.kind)) if does is Does.ASK else None
    condition = Condition(row.slot, Operator(row.operator), row.value) if does is Does.IF else None
    return Step(row.place, does, row.text, slot, called, condition, row.goto, row.tells)
