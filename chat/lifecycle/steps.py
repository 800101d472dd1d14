"""What verbs are made of: how a request is found done before, acked or refused, and how a person is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from chat import reception
from chat.asking import plain, words_for_a_person
from chat.clock import to_ms
from chat.folding import leading, phrases, words
from chat.identity import Claims
from chat.leases import Lease
from chat.log import SYSTEM, Log, Request, digest_of, keep_receipt, new_turn, was_done
from chat.models import Conversation, ConversationQuerySet, Escalation, Event, EventRole, Kind, Receipt, Turn
from chat.sentences import Sentence, say
from chat.summary import summarise
from chat.triggers import Reason
from supportsite.sites import audience
from supportsite.sites.audience import Away
from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Right

from .passing import pass_to_its_team

MOST_RESTARTS: Final = 2
PAUSED: Final = Reason("paused", 1.0, "")
AWAY: Final = "away"
BUTTON: Final = "button"  # as the evidence that a person was asked for
_EVENTS_SUMMARISED: Final = 40
# What a wish for a person is put in.
_PUT_IN: Final = phrases("""
    hello|hi|hey|please|pls|can|could|may|i|we|me|you|want|would|like|to|a|the|real|now|just|and|or|thanks|ok|no|yes|there|here|instead
    |someone|somebody|speak|talk|with|is|need|of|your|staff|team|directly
    |hallo|bitte|kann|könnte|ich|wir|mir|möchte|will|mit|einem|einen|echten|jetzt|und|danke|hola|por favor|puedo|quiero
    |con|un|una|ahora|y|gracias|bonjour|svp|s'il vous plaît|puis je|je|veux|avec|une|vrai|maintenant|et|merci
""")
_LONGEST_WISH: Final = 12  # words
_EVIDENCE: Final = 60  # characters that are compared of it
_SAID_OF: Final = {"failed": Sentence.FAILED, "paused": Sentence.PAUSED, AWAY: Sentence.AWAY}


class Refused(Exception):
    """A request that cannot be done. `code` is one of the protocol's error codes, `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Done:
    """What a verb did. `seq` is None where it made no event, `turn_id` where no turn; `upto` is the newest.

    `lease` is that of the turn where the caller's process has it already, and must run it.
    """

    at: datetime
    conversation_id: int | None = None
    public_id: str | None = None
    seq: int | None = None
    turn_id: int | None = None
    lease: Lease | None = None
    made: bool = False
    repeated: bool = False
    upto: int = 0


@dataclass(frozen=True)
class Where:
    """Where a visitor is as they write, for the conversation's row when it is made, and who they are.

    `claims` are a verified customer's. `home` is whose log theirs is, where this one only goes on until it is resolved;
    `before` whose log this device had until then.
    """

    locale: str = ""
    page: str = ""
    claims: Claims | None = None
    home: str = ""
    before: str = ""

    @property
    def value(self) -> float | None:
        """What the customer is worth to the owner, where its server said so."""
        return self.claims.value if self.claims else None


NOWHERE: Final = Where()


def rows() -> ConversationQuerySet:
    """Conversations, locked for writing."""
    return Conversation.objects.locked()


def is_paused(site_id: int) -> bool:
    """Whether somebody has paused the site's assistant, by the row as it is now."""
    return Site.objects.filter(pk=site_id, paused_at__isnull=False).exists()


def member_request(member: Member, client_id: str, *what: str) -> Request:
    """What a member asks for, under which id of theirs."""
    return Request("m:" + member.public_id, client_id, digest_of(*what))


def open_for_member(member: Member, conversation: str, request: Request, now: datetime) -> tuple[Log, Done | None]:
    """A conversation that a member may see and answer, and the first ack where `request` was done before.

    Raises Refused: not_allowed, not_found, id_reused.
    """
    if not member.may(Right.ANSWER):
        raise Refused("not_allowed", _("Your role may not answer conversations."))
    row = rows().visible_to(member).filter(public_id=conversation).first()
    if row is None:
        raise Refused("not_found", _("This conversation does not exist, or you may not see it."))
    return Log(row, to_ms(now)), repetition(row, request)


def repetition(row: Conversation, request: Request) -> Done | None:
    """The first ack again, where `request` was done before. Raises Refused: id_reused."""
    return first_ack(row, request) if was_done(request) else None


def first_ack(row: Conversation, request: Request) -> Done:
    """What was acked when `request` was done first. Raises Refused: id_reused."""
    same = {"sender": request.sender, "client_id": request.client_id}
    event = Event.objects.filter(**same).select_related("conversation").first()
    first = event or Receipt.objects.get(**same)
    if first.digest != request.digest:
        raise Refused("id_reused", _("This id was used for something else. Use a new one."))
    if event is None:
        return Done(at=first.at, conversation_id=row.pk, public_id=row.public_id, repeated=True)
    made_in = event.conversation
    return Done(event.at, made_in.pk, made_in.public_id, event.seq, repeated=True)


def done_with(
    log: Log, event: Event, *, turn_id: int | None = None, lease: Lease | None = None, made: bool = False
) -> Done:
    """The ack of what made `event`."""
    upto = log.state.last_seq
    return Done(log.now, log.row.pk, log.row.public_id, event.seq, turn_id, lease, made, upto=upto)


def nothing_done(log: Log, request: Request) -> Done:
    """What was asked for is already so: an ack without seq, and a receipt."""
    keep_receipt(request, log.now)
    return Done(at=log.now, conversation_id=log.row.pk, public_id=log.row.public_id)


def said_last(log: Log, kind: Kind, **about: int) -> dict[str, Any] | None:
    """What the visitor said last of this kind about an answer, or a source of it."""
    which = {f"body__{name}": value for name, value in about.items()}
    event = Event.objects.filter(conversation=log.row, kind=kind, **which).order_by("-seq").first()
    return event.body if event else None


def escalate(log: Log, reasons: Sequence[Reason], request: Request | None = None) -> Event:
    """Call a person: the customer reads what happens next, the team why. The handler becomes the queue.

    Where it is about the topic of a team that is there, `transferred` to that team follows.
    """
    codes = {reason.code for reason in reasons}
    sentence = next((_SAID_OF[code] for code in _SAID_OF if code in codes), Sentence.ESCALATED)
    moods = list(log.state.moods)
    spoken = log.state.language
    waiting = reception.words(log.row.site, log.row.visitor, spoken, log.now)
    text = f"{say(sentence, spoken)} {waiting}".strip()
    body = {"reasons": [reason.code for reason in reasons], "text": text, "language": spoken}
    event = log.append(Kind.ESCALATED, SYSTEM, body, request=request)
    events = _events_of_case(log)
    Escalation.objects.create(
        conversation=log.row,
        seq=event.seq,
        reasons=[reason.as_json() for reason in reasons],
        summary=summarise(events),
        mood_trail=moods,
        made_at=log.now,
    )
    pass_to_its_team(log, reasons, events)
    return event


def _events_of_case(log: Log) -> list[Event]:
    stored = Event.objects.filter(conversation=log.row, case=log.state.case, kind=Kind.MESSAGE)
    return [*reversed(stored.order_by("-seq")[:_EVENTS_SUMMARISED]), *log.events]


def queue_unanswered(log: Log) -> int | None:
    """A turn for the visitor's messages since the last answer, if there are any.

    A message that only asks for a person, before or after them, has had its answer: a person was called.
    """
    unanswered = Event.objects.filter(
        conversation=log.row,
        kind=Kind.MESSAGE,
        role=EventRole.VISITOR,
        seq__gt=log.state.answered_seq,
        case=log.state.case,
    ).order_by("seq")
    texts = {event.seq: event.body["text"] for event in unanswered}
    by_meaning = _wishes_by_meaning(log)
    asked = [seq for seq, text in texts.items() if not _is_only_a_wish(text, by_meaning)]
    return turn_of_its_own(log, asked[0], asked[-1]) if asked else None


def _wishes_by_meaning(log: Log) -> str:
    """What the calls since the last answer give as evidence that nothing but a person was asked for: the words."""
    calls = Escalation.objects.filter(conversation=log.row, seq__gt=log.state.answered_seq)
    wishes = [one.reasons for one in calls if all(reason["code"] == "asked" for reason in one.reasons)]
    return "\n".join(reason["evidence"] for reasons in wishes for reason in reasons if reason["evidence"] != BUTTON)


def _is_only_a_wish(text: str, by_meaning: str) -> bool:
    """Whether a message asks for a person, and for nothing else; `by_meaning`: what was heard without such words."""
    wish = words_for_a_person(text)
    if not wish:
        is_short = "?" not in text and len(words(plain(text))) <= _LONGEST_WISH
        return is_short and text.strip()[:_EVIDENCE] in by_meaning
    beside = words(plain(text).replace(wish, " ", 1))
    while beside and (put_in := leading(beside, _PUT_IN)):
        beside = beside[put_in:]
    return not beside


def why_away(log: Log, site: Site, *, page: str, language: str) -> Away | None:
    """Why the assistant does not speak to this customer, by the site's row that is given; None where it does."""
    who = log.row.visitor
    verified = who.customer_id is not None
    return audience.away(site, visitor=who.public_id, verified=verified, page=page, language=language, now=log.now)


def is_left_to_people(log: Log) -> bool:
    """Whether the assistant is not to have this conversation back, by the site's row as it is now."""
    site = Site.objects.get(pk=log.row.site_id)
    return why_away(log, site, page=log.row.page, language=log.state.language) is not None


def turn_of_its_own(log: Log, from_seq: int, upto_seq: int) -> int:
    """A turn that no later message joins: it may call a person, and what this one is about may not."""
    turn_id = new_turn(log, from_seq, upto_seq)
    Turn.objects.filter(pk=turn_id).update(restarts=MOST_RESTARTS)
    return turn_id
