"""Passing a conversation on: to a member, a team, everyone; as a person is called, to the team whose topic it is."""

from collections.abc import Sequence
from typing import Any, Final

from chat.log import SYSTEM, Author, Log, Request
from chat.models import Event, EventRole, Kind, Turn
from chat.sentences import Sentence, say
from chat.talks import intent_of
from chat.triggers import Reason
from supportsite.sites import staffing
from supportsite.sites.models import Member, Team

_MESSAGES_READ: Final = 5  # of the customer's, for what they are about


def pass_on(
    log: Log, to: Member | Team | None, author: Author, request: Request | None = None, text: str | None = None
) -> Event:
    """Append `transferred`: to a member, to a team's queue, or (None) to everybody's.

    `text` is what the customer reads, "" for nothing; without it whoever has it now is named.
    """
    spoken = log.state.language
    body: dict[str, Any] = {"to": {"kind": "team", "id": None, "name": None}}
    said = ""
    if isinstance(to, Member):
        log.member = to
        body = {"to": {"kind": "agent", "id": to.public_id, "name": to.name}}
        said = say(Sentence.TO_AGENT, spoken, name=to.name)
    elif to is not None:
        log.team = to
        body = {"to": {"kind": "team", "id": to.public_id, "name": to.name}}
        said = say(Sentence.TO_TEAM, spoken, name=to.name)
    return log.append(Kind.TRANSFERRED, author, {**body, "text": said if text is None else text}, request=request)


def pass_to_its_team(log: Log, reasons: Sequence[Reason], messages: Sequence[Event]) -> None:
    """Where a team is there whose topic this is, it alone is called at first; call it as a person is called.

    A team that was found so has it for this call; one that an agent passed it to keeps it. The customer reads nothing.
    """
    row = log.row
    if row.team_id is None and not Team.objects.filter(site=row.site_id).exclude(skills=[]).exists():
        return
    if row.team_id is not None and _was_passed_on(log):
        return
    about = _about(log, reasons, messages)
    team = staffing.team_for(row.site, text=about, language=log.state.language, now=log.now)
    if row.team_id != (team.pk if team else None):
        pass_on(log, team, SYSTEM, text="")


def _was_passed_on(log: Log) -> bool:
    """Whether it was an agent who gave it to its team, in this case: the next may be about something else."""
    passed = Event.objects.filter(
        conversation=log.row, case=log.state.case, kind=Kind.TRANSFERRED, body__to__kind="team"
    ).order_by("-seq")
    return passed.values_list("role", flat=True).first() == EventRole.AGENT


def _about(log: Log, reasons: Sequence[Reason], messages: Sequence[Event]) -> str:
    """What the customer wrote last in this case, the intent of the last answer, and why a person is called."""
    said = [event for event in messages if event.role == EventRole.VISITOR and event.kind == Kind.MESSAGE]
    texts = [str(event.body.get("text", "")) for event in said[-_MESSAGES_READ:]]
    if said:
        turn = Turn.objects.filter(conversation=log.row, from_seq__gte=said[0].seq).order_by("-pk").first()
        texts.append(intent_of(turn.trace) if turn else "")
    return " ".join([*texts, *(reason.code for reason in reasons)])
