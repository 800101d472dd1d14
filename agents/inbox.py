"""The inbox: which conversations a desk lists, what a row says, how many there are, which alerts still stand."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agents import letters, moods
from agents.desk import Desk
from agents.frames import AlertOut, QuestionOut
from agents.reasons import explain
from chat import inquiries
from chat.clock import stamp
from chat.inquiry_rows import Inquiry
from chat.models import Call, Conversation, Escalation, Event, EventRole, Handler, Kind
from chat.mood import weighted
from chat.tier_rows import Tier
from supportsite.prepared import Prepared

OPEN = (Handler.QUEUE, Handler.AGENT, Handler.ASSISTANT)
MOST = 200  # open rows in a welcome
MOST_CLOSED = 50
CLOSED_FOR = dt.timedelta(days=7)
SUBJECT = 80
LAST = 140
Frame = dict[str, Any]


@dataclass(frozen=True)
class Alert:
    """An escalation that waits for a person."""

    seq: int
    reasons: tuple[dict[str, Any], ...]
    summary: str
    mood_trail: tuple[float, ...]
    at: dt.datetime


@dataclass(frozen=True)
class Row:
    """What every reader's row of a conversation has in common; `frame` adds what depends on the desk."""

    pk: int
    conversation: str
    site_id: int
    site: str
    team_id: int | None
    assignee_id: int | None
    assignee: str | None
    agent: str | None
    visitor: str
    name: str  # a verified customer's, else empty
    subject: str
    handler: str
    waiting_since: dt.datetime | None
    changed_at: dt.datetime | None
    mood: float | None
    alert: Alert | None
    unread: int
    language: str
    last: dict[str, str] | None
    last_seq: int
    call: Call | None = None
    team: str = ""
    snoozed: str | None = None  # until when, or "reply"
    has_email: bool = False
    agent_read: int = 0
    inquiry: Inquiry | None = None
    question: str = ""
    translates: bool = False


def rows(desk: Desk, now: dt.datetime) -> list[Row]:
    """The rows of a welcome: the queue by waiting, mine by waiting, the others, what was closed lately.

    The same few queries whatever the number: open ids, closed ids, the conversations, messages, reasons, calls.
    """
    rank = Case(
        When(handler=Handler.QUEUE, then=0),
        When(handler=Handler.AGENT, assignee__in=desk.member_ids, then=1),
        When(handler=Handler.AGENT, then=2),
        default=3,
        output_field=IntegerField(),
    )
    listed = desk.conversations().filter(last_seq__gt=0)
    # Nobody has forgotten whoever was answered and then given back to the queue.
    waits = Case(When(handler=Handler.QUEUE, then=Coalesce("waiting_since", "changed_at")), default="waiting_since")
    first = (waits.asc(nulls_last=True), F("changed_at").desc(nulls_last=True), "pk")
    open_ids = listed.filter(handler__in=OPEN).order_by(rank, *first).values_list("pk", flat=True)[:MOST]
    closed = listed.filter(handler=Handler.CLOSED, changed_at__gt=now - CLOSED_FOR).order_by("-changed_at")
    ids = [*open_ids, *closed.values_list("pk", flat=True)[:MOST_CLOSED]]
    found = load(ids)
    return [found[pk] for pk in ids if pk in found]


def row(conversation_id: int) -> Row | None:
    """One conversation's row."""
    return load([conversation_id]).get(conversation_id)


def load(ids: Sequence[int]) -> dict[int, Row]:
    """The rows of these conversations, in four queries, one about e-mail where anybody left an address, and two about
    questions to colleagues where any is open.
    """
    conversations = _conversations(ids=list(ids))
    wanted = {pk for c in conversations for pk in (c.first_id, c.latest_id) if pk}
    messages = {event.pk: event for event in _events(ids=list(wanted))}
    waiting = [c.pk for c in conversations if c.handler in (Handler.QUEUE, Handler.AGENT)]
    alerts = latest_alerts(waiting)
    calls = {call.conversation_id: call for call in _calls(waiting=waiting)}
    asking = inquiries.standing(conversations)
    questions = inquiries.words(asking.values())
    mail = any(c.visitor.email for c in conversations) and letters.is_well()
    return {
        c.pk: make_row(
            c,
            messages.get(c.first_id),
            messages.get(c.latest_id),
            alerts.get(c.pk),
            calls.get(c.pk),
            asking.get(c.pk),
            questions.get(c.pk, ""),
            mail=mail,
        )
        for c in conversations
    }


def annotated(found: QuerySet[Conversation]) -> QuerySet[Any]:
    """With the ids of the case's first visitor message and of the latest message, and how many are unread."""
    messages = Event.objects.filter(conversation=OuterRef("pk"), kind=Kind.MESSAGE)
    of_visitor = messages.filter(role=EventRole.VISITOR, case=OuterRef("case"))
    seen = Greatest(OuterRef("agent_read"), OuterRef("answered_seq"))  # who answered has read
    unread = of_visitor.filter(seq__gt=seen).order_by().values("conversation")
    return found.select_related("visitor__customer", "assignee", "site", "team", "snooze").annotate(
        has_tiers=Exists(Tier.objects.filter(site=OuterRef("site"))),
        first_id=Subquery(of_visitor.order_by("seq").values("pk")[:1]),
        latest_id=Subquery(messages.order_by("-seq").values("pk")[:1]),
        unread=Case(
            When(handler=Handler.AGENT, then=Subquery(unread.annotate(n=Count("pk")).values("n"))),
            default=Value(0),
            output_field=IntegerField(),
        ),
    )


def latest_alerts(conversation_ids: Sequence[int]) -> dict[int, Alert]:
    """Each conversation's last escalation, its reasons the heaviest first."""
    rows = _escalations(ids=list(conversation_ids))
    return {
        row.conversation_id: Alert(
            row.seq, tuple(by_weight(row.reasons)), row.summary, tuple(row.mood_trail), row.made_at
        )
        for row in rows
    }


def _compose_conversations(ids: list[int]) -> QuerySet[Any]:
    return annotated(Conversation.objects.filter(pk__in=ids))


def _compose_events(ids: list[int]) -> QuerySet[Event]:
    return Event.objects.filter(pk__in=ids)


def _compose_calls(waiting: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(conversation__in=waiting, ended_at=None)


def _compose_escalations(ids: list[int]) -> QuerySet[Escalation]:
    return Escalation.objects.filter(conversation__in=ids).order_by("seq")


_conversations: Final = Prepared(_compose_conversations)
_events: Final = Prepared(_compose_events)
_calls: Final = Prepared(_compose_calls)
_escalations: Final = Prepared(_compose_escalations)


def by_weight(reasons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reasons, the heaviest first."""
    return sorted(reasons, key=lambda reason: -float(reason.get("weight", 0)))


def make_row(
    c: Any,
    first: Event | None,
    last: Event | None,
    alert: Alert | None,
    call: Call | None = None,
    inquiry: Inquiry | None = None,
    question: str = "",
    *,
    mail: bool = False,
) -> Row:
    """A row of what was loaded for an annotated conversation; `mail`: e-mail goes out just now."""
    snooze = getattr(c, "snooze", None)
    felt = moods.read(c.moods, c.language)
    has_model = bool(settings.TANDEM.model or settings.TANDEM.model_fallbacks)
    return Row(
        pk=c.pk,
        conversation=c.public_id,
        site_id=c.site_id,
        site=c.site.name,
        team_id=c.team_id,
        assignee_id=c.assignee_id,
        assignee=c.assignee.public_id if c.assignee else None,
        agent=c.assignee.name if c.assignee else None,
        visitor=c.visitor.public_id,
        name=str(c.visitor.customer or ""),
        subject=shortened(first, SUBJECT),
        handler=c.handler,
        waiting_since=c.waiting_since,
        changed_at=c.changed_at,
        mood=round(weighted(felt), 2) if felt else None,
        alert=alert,
        unread=c.unread or 0,
        language=c.language,
        last=last_line(last),
        last_seq=c.last_seq,
        call=call,
        team=c.team.name if c.team else "",
        snoozed=(stamp(snooze.until) if snooze.until else "reply") if snooze else None,
        has_email=bool(c.visitor.email) and mail,
        agent_read=c.agent_read,
        inquiry=inquiry,
        question=question,
        translates=c.site.translates and (has_model or c.has_tiers),
    )


def shortened(message: Event | None, most: int) -> str:
    """A message's text on one line, at most `most` characters."""
    text = " ".join(str(message.body.get("text", "")).split()) if message else ""
    return Truncator(text).chars(most, truncate="…")


def last_line(message: Event | None) -> dict[str, str] | None:
    """The latest message as a row shows it."""
    if message is None:
        return None
    return {"text": shortened(message, LAST), "from": message.role, "at": stamp(message.at)}


def frame(row: Row, desk: Desk, here: dict[str, Any] | None) -> Frame:
    """The `row` of an `inbox` frame, for this desk; only conversation and `gone` where it is not theirs to see."""
    if not desk.sees(site_id=row.site_id, team_id=row.team_id, assignee_id=row.assignee_id):
        return {"conversation": row.conversation, "gone": True}
    mine = row.assignee_id in desk.member_ids
    return {
        "conversation": row.conversation,
        "site": row.site,
        "subject": row.subject,
        "customer": row.name or customer(row.visitor),
        "handler": row.handler,
        "assignee": row.assignee,
        "agent": row.agent,
        "mine": mine,
        "waiting_since": stamp(row.waiting_since) if row.waiting_since else None,
        "changed_at": stamp(row.changed_at) if row.changed_at else None,
        "mood": row.mood,
        "reasons": [reason["code"] for reason in row.alert.reasons] if row.alert else [],
        "unread": row.unread if mine else 0,
        "language": row.language,
        "last": row.last,
        "last_seq": row.last_seq,
        "here": here,
        "team": row.team,
        "snoozed": row.snoozed if mine else None,
        "email": row.has_email,
        "calls": calls(row, desk),
        "translate": _speaks(row, desk) if row.translates else None,
    }


def _speaks(row: Row, desk: Desk) -> list[str]:
    """The languages that this desk reads on the row's site: the console's own comes first."""
    own, member = translation.get_language() or "en", desk.member_at(row.site_id)
    return list(dict.fromkeys([own.split("-")[0], *(member.languages if member else ())]))


@dataclass(frozen=True)
class Heap:
    """How many conversations of one site, team and assignee one handler has."""

    site_id: int
    team_id: int | None
    handler: str
    assignee_id: int | None
    n: int
    snoozed: bool = False


def heaps(site_ids: Collection[int]) -> list[Heap]:
    """The open conversations of these sites, counted once for every desk, in one query."""
    shown = Conversation.objects.filter(site__in=site_ids, handler__in=OPEN, last_seq__gt=0)
    aside = Case(When(snooze__isnull=False, then=Value(True)), default=Value(False), output_field=BooleanField())
    by_place = shown.order_by().values("site", "team", "handler", "assignee", aside=aside)
    counted = by_place.annotate(n=Count("pk")).values_list("site", "team", "handler", "assignee", "n", "aside")
    return [Heap(*values) for values in counted]


def counts(desk: Desk, found: Iterable[Heap]) -> dict[str, int]:
    """How many conversations each of this desk's lists of open ones has."""
    numbers = dict.fromkeys(("queue", "mine", "others", "assistant", "snoozed"), 0)
    for heap in found:
        if desk.sees(site_id=heap.site_id, team_id=heap.team_id, assignee_id=heap.assignee_id):
            mine = ("snoozed" if heap.snoozed else "mine") if heap.assignee_id in desk.member_ids else "others"
            numbers[mine if heap.handler == Handler.AGENT else heap.handler] += heap.n
    return numbers


def calls(row: Row, desk: Desk) -> bool:
    """Whether somebody at this desk is called for it: everyone who sees it, or whose it is, until they looked at it."""
    call = row.call
    if call is None or call.member_id is None:
        return call is not None
    return call.member_id in desk.member_ids and call.alert_seq > row.agent_read


def alert_frame(row: Row, desk: Desk) -> AlertOut | None:
    """The `alert` of a row for this desk, its reasons in the active language."""
    call, alert = row.call, row.alert
    if call is None or not calls(row, desk):
        return None
    lead = [] if call.why == Kind.ESCALATED else [{"code": call.why, "evidence": ""}]
    if call.reminded_at:
        lead = [{"code": "reminded" if call.member_id is None else "unanswered", "evidence": ""}]
    return AlertOut(
        conversation=row.conversation,
        seq=call.alert_seq,
        reasons=[explained(reason) for reason in (*lead, *(alert.reasons if alert else ()))],
        summary=alert.summary if alert else "",
        mood_trail=moods.read(alert.mood_trail, row.language) if alert else [],
        at=stamp(call.at),
    )


def asked(row: Row, desk: Desk) -> Inquiry | None:
    """The open question of a row, where somebody at this desk was asked and has not said that it is not for them."""
    inquiry = row.inquiry
    sees = desk.sees(site_id=row.site_id, team_id=row.team_id, assignee_id=row.assignee_id)
    mine = {member.public_id for member in desk.members} if sees else set()
    return inquiry if inquiry and mine & (set(inquiry.asked) - set(inquiry.passed)) else None


def question_frame(row: Row, inquiry: Inquiry) -> QuestionOut:
    """The `question` of a row."""
    return QuestionOut(
        conversation=row.conversation,
        seq=inquiry.seq,
        text=row.question,
        language=row.language,
        customer=row.name or customer(row.visitor),
        site=row.site,
        at=stamp(inquiry.at),
        until=stamp(inquiry.due_at),
    )


def explained(reason: dict[str, Any]) -> dict[str, Any]:
    """One reason for a person: code, sentence, evidence."""
    text, evidence = explain(reason["code"], str(reason.get("evidence", "")))
    return {"code": reason["code"], "text": text, "evidence": evidence}


def customer(visitor: str) -> str:
    """A short name for a visitor, the same every time."""
    return _("Visitor %(short)s") % {"short": visitor[:4]}
