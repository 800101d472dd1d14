"""The rows of a conversation: visitor, conversation, event, receipt, turn, escalation (see docs/log.md)."""

import secrets
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.models import Audience
from supportsite.redaction.span import Kind as Personal
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import Right

from . import action_rows as action_rows  # Django looks for an app's rows here
from . import band_rows as band_rows  # Django looks for an app's rows here
from . import comparison_rows as comparison_rows  # Django looks for an app's rows here
from . import customer_rows as customer_rows
from . import emotion_rows as emotion_rows
from . import inquiry_rows as inquiry_rows
from . import intent_rows as intent_rows
from . import rating_rows as rating_rows
from . import replay_rows as replay_rows
from . import tier_rows as tier_rows
from . import translation_rows as translation_rows
from .identity import Claims


def new_public_id() -> str:
    """A random id of 128 bits, safe to show."""
    return secrets.token_hex(16)


class Handler(models.TextChoices):
    """Who has the conversation."""

    ASSISTANT = "assistant", _("assistant")
    QUEUE = "queue", _("queue")
    AGENT = "agent", _("agent")
    CLOSED = "closed", _("closed")


class Kind(models.TextChoices):
    """The kinds of event that are written so far."""

    MESSAGE = "message"
    NOTE = "note"
    OFFERED = "offered"
    ASKED = "asked"
    REPLIED = "replied"
    ESCALATED = "escalated"
    RETURNED = "returned"
    CLAIMED = "claimed"
    TRANSFERRED = "transferred"
    RELEASED = "released"
    SNOOZED = "snoozed"
    TOLD = "told"
    HANDED_BACK = "handed_back"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    FEEDBACK = "feedback"
    DISPUTED = "disputed"
    VERDICT = "verdict"
    RATED = "rated"
    ERASED = "erased"


ENDS_A_CALL: Final = (Kind.RETURNED, Kind.HANDED_BACK)  # what was said before does not call again


class EventRole(models.TextChoices):
    """Who authors an event."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class TurnState(models.TextChoices):
    """Where a turn stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"
    FAILED = "failed"


class Visitor(models.Model):
    """Somebody on a page of the site; the row appears with their first message or wish for a person.

    One who has a `customer` was identified: their log opens with that identity only, and not with their token.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="visitors")
    public_id = models.CharField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    email = models.EmailField(blank=True)  # left while waiting, on our invitation
    email_asked_at = models.DateTimeField(null=True)
    mailed_seq = models.PositiveIntegerField(default=0)  # up to here a person's messages went by e-mail
    customer = models.ForeignKey(customer_rows.Customer, null=True, on_delete=models.CASCADE, related_name="visitors")

    def __str__(self) -> str:
        return self.public_id

    @property
    def claims(self) -> Claims | None:
        """Who they are, where the owner's server said so. Load the row with `customer`."""
        return self.customer.claims if self.customer else None

    @property
    def reads_as(self) -> Audience:
        """Whose articles they are answered from."""
        return Audience.EVERYONE if self.customer_id is None else Audience.CUSTOMERS

    @property
    def known(self) -> tuple[tuple[Personal, str], ...]:
        """What is personal in their log wherever it is written. Load the row with `customer`."""
        left = ((Personal.EMAIL, self.email),) if self.email else ()
        return (*left, *(self.claims.known if self.claims else ()))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations by the question that is asked of them."""

    def visible_to(self, member: Member) -> "ConversationQuerySet":
        """Those that `member` may see: of their site, and of no team, a team of theirs, or their own to answer.

        Who reads every team sees all.
        """
        if not member.may(Right.READ_CONVERSATIONS):
            return self.none()
        here = self.filter(site=member.site_id)
        if member.may(Right.READ_EVERY_TEAM):
            return here
        return here.filter(Q(team=None) | Q(team__in=member.teams.all()) | Q(assignee=member))

    def visible_to_user(self, user: User | AnonymousUser) -> "ConversationQuerySet":
        """Those that any membership of `user` shows; a superuser sees all."""
        if user.is_superuser:
            return self
        return reduce(or_, (self.visible_to(member) for member in Member.objects.of_user(user)), self.none())

    def locked(self) -> "ConversationQuerySet":
        """Locked for writing. On PostgreSQL nothing is joined: what is read beside a row that was waited for is old."""
        rows = self.select_for_update(of=("self",), no_key=True)
        return rows if connection.features.has_select_for_update else rows.select_related("assignee")


class Conversation(models.Model):
    """The one log of a visitor with a site. Everything below `made_at` is a cache of `fold(events)`."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="conversations")
    visitor = models.OneToOneField(Visitor, on_delete=models.CASCADE, related_name="conversation")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    locale = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()

    handler = models.CharField(max_length=10, choices=Handler, default=Handler.ASSISTANT)
    floor = models.PositiveIntegerField(default=0)
    case = models.PositiveIntegerField(default=1)
    assignee = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    last_seq = models.PositiveIntegerField(default=0)
    last_visible_seq = models.PositiveIntegerField(default=0)
    answered_seq = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=12, default="en")
    moods = models.JSONField(default=list)
    unknowns = models.PositiveSmallIntegerField(default=0)
    offered = models.BooleanField(default=False)
    asked_seq = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    visitor_read = models.PositiveIntegerField(default=0)
    agent_read = models.PositiveIntegerField(default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-made_at",)
        indexes = [
            models.Index(fields=["site", "handler", "changed_at"], name="conversations_by_handler"),
            models.Index(fields=["asked_seq"], name="conversations_asking", condition=Q(asked_seq__gt=0)),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def known(self) -> tuple[tuple[Personal, str], ...]:
        """What is personal in its log wherever it is written: of the visitor, and whom servers named. One query."""
        states = self.standings.filter(state__has_key="names").order_by("seq").values_list("state__names", flat=True)
        names = dict.fromkeys(name for told in states for name in told)
        return (*self.visitor.known, *((Personal.NAME, name) for name in names))

    @property
    def region(self) -> str:
        """The country that the page's locale names: de-AT is AT, de is ""."""
        return next((part.upper() for part in self.locale.replace("_", "-").split("-")[1:] if len(part) == 2), "")


class Event(models.Model):
    """One entry of the log. Never changes, never goes."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    visible = models.CharField(max_length=4, choices=[("all", "all"), ("team", "team")], default="all")
    role = models.CharField(max_length=10, choices=EventRole)
    author = models.CharField(max_length=32, blank=True)
    author_name = models.CharField(max_length=80, blank=True)
    # Null and not "" where a request made no event of its own: unique together, and nulls are never equal.
    sender = models.CharField(max_length=40, null=True)  # noqa: DJ001
    client_id = models.CharField(max_length=64, null=True)  # noqa: DJ001
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    prev = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    floor = models.PositiveIntegerField()
    case = models.PositiveIntegerField()

    class Meta:
        ordering = ("conversation", "seq")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_event_per_seq"),
            models.UniqueConstraint(fields=["sender", "client_id"], name="one_event_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Receipt(models.Model):
    """A client's request that made no event: the same id again gets the same ack."""

    sender = models.CharField(max_length=40)
    client_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "client_id"], name="one_receipt_per_client_id")]

    def __str__(self) -> str:
        return self.client_id


class TurnQuerySet(models.QuerySet["Turn"]):
    """Turns by the question that is asked of them."""

    def attacked(self, site: Site, since: datetime) -> "TurnQuerySet":
        """Those of a site whose question looked like an attack on the assistant's instructions, the newest first."""
        return self.filter(attacked=True, made_at__gte=since, conversation__site=site).order_by("-made_at")


class Turn(models.Model):
    """One run of the assistant for one or more messages; leased, fenced by `attempt`."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    state = models.CharField(max_length=8, choices=TurnState, default=TurnState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    floor = models.PositiveIntegerField()
    from_seq = models.PositiveIntegerField()
    upto_seq = models.PositiveIntegerField()
    runner = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    restarts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trace = models.JSONField(default=dict)
    # Its bill, in billionths, added up by the ledger over all its runs; db_default as `log` inserts without them.
    tier = models.CharField(max_length=6, blank=True, default="", db_default="")
    tokens_in = models.PositiveIntegerField(default=0, db_default=0)
    tokens_out = models.PositiveIntegerField(default=0, db_default=0)
    cost = models.BigIntegerField(default=0, db_default=0)
    other_cost = models.BigIntegerField(default=0, db_default=0)
    # Whether its question looked like an attack on the assistant's instructions.
    attacked = models.BooleanField(default=False, db_default=False)
    # Where halves are compared: whether a kind line that was due was said or held back. Empty: none was due.
    kindness = models.CharField(max_length=4, blank=True, default="", db_default="")

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "id")
        indexes = [
            models.Index(fields=["conversation", "state"], name="turns_of_conversation"),
            models.Index(
                fields=["leased_until"],
                name="turns_due",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["-made_at"], name="turns_attacked", condition=models.Q(attacked=True)),
            models.Index(fields=["made_at"], name="turns_compared", condition=~models.Q(kindness="")),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Escalation(models.Model):
    """Why a person was called, with the evidence that only the team sees."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="escalations")
    seq = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)
    summary = models.TextField(blank=True)
    mood_trail = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at",)
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="one_escalation_per_event")]

    def __str__(self) -> str:
        return ", ".join(r["code"] for r in self.reasons)


class Call(models.Model):
    """A person is called for, from when the customer went to the queue until somebody has them (docs/escalation.md).

    `seq` is the event that called, `alert_seq` the one that called last: the same twice is one alert. `member`: this
    one alone is called, as the conversation is theirs and waits. `step` is how far an unclaimed one was carried; where
    it is somebody's, GIVEN_UP says that it was taken from them unanswered.
    """

    class Step(models.IntegerChoices):
        CALLED = 0
        REMINDED = 1
        WIDENED = 2
        GIVEN_UP = 3

    GIVEN = "given"  # as `why`: no colleague passed it on, the site's rule did

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="calls")
    seq = models.PositiveIntegerField()
    alert_seq = models.PositiveIntegerField()
    why = models.CharField(max_length=16)  # the kind of the event that called, or what else called
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    step = models.PositiveSmallIntegerField(choices=Step, default=Step.CALLED)
    ended_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="one_open_call_per_conversation"
            )
        ]
        indexes = [
            models.Index(fields=["conversation", "answered_at"], name="calls_to_be_answered"),
            models.Index(fields=["at"], name="calls_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.why}"


class Snooze(models.Model):
    """A conversation that its agent put aside until a time, or (null) the customer's next message."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="snooze")
    until = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return str(self.until or "next reply")


class FailedAnswer(models.Model):
    """An answer that did not do, of which knowledge is not told yet: where it stands, and none of its words."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)  # one of knowledge's AskedKind
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Outbound(models.Model):
    """The ledger of calls to a third party: what went out, by type and hash.

    `saw` is what was sent of the customer's words, with placeholders: for whoever may compare it with the original.
    `cost` is in billionths of the prices' unit; until the call is closed, the most that it may be.
    """

    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="outbound")
    seq = models.PositiveIntegerField(default=0)
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    redactions = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=40, blank=True)
    saw = models.JSONField(default=dict)
    tier = models.CharField(max_length=6, blank=True, default="")
    cost = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-opened_at",)

    def __str__(self) -> str:
        return f"{self.provider} {self.outcome}"

    @property
    def is_for_an_answer(self) -> bool:
        """Whether a model saw something of the conversation in it, and not to translate it."""
        return bool(self.saw) and "purpose" not in self.saw


class Epoch(models.Model):
    """One random value of the database, renewed when a backup is restored."""

    value = models.CharField(max_length=32, default=new_public_id)

    def __str__(self) -> str:
        return self.value
