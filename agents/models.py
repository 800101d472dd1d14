"""The rows of the people who answer: presence, e-mails to them, and the keys that programs use in a site's name."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from supportsite.sites.models import Member, Site


class State(models.TextChoices):
    """What a person says about being there."""

    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class Presence(models.Model):
    """What a member said (`state`), and when one of their consoles was last connected (`seen_at`).

    What others are shown follows from both: see `agents.presence.shown`.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=8, choices=State, default=State.OFFLINE)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"


class Scope(models.TextChoices):
    """What an API key may be allowed to do."""

    ARTICLES_READ = "articles:read", _("read articles")
    ARTICLES_WRITE = "articles:write", _("write and publish articles")
    CONVERSATIONS_READ = "conversations:read", _("read conversations")


def check_scopes(values: list[str]) -> None:
    """Raise ValidationError where a value is no scope."""
    for value in values:
        if value not in Scope.values:
            known = ", ".join(Scope.values)
            raise ValidationError(
                _("There is no scope “%(value)s”. Known: %(known)s."), params={"value": value, "known": known}
            )


class ApiKey(models.Model):
    """A secret by which a program acts for one site; only its hash is kept."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80, help_text=_("What uses this key."))
    prefix = models.CharField(_("begins with"), max_length=16, unique=True, editable=False)
    hashed = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list, validators=[check_scopes])
    made_at = models.DateTimeField(_("made"), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


def new_letter_key() -> str:
    """A random name for a letter, the same for each try to send it."""
    return secrets.token_hex(16)


class Letter(models.Model):
    """An e-mail: due at `due_at`, or done with (null). `text` is emptied once it was sent or given up.

    `conversation` and `purpose` say where it is told of when it comes back; what it holds of the conversation begins
    behind the event `after_seq`. `member`: for whose login it is, or who wanted the test; their site is shown what
    became of it. `server_failed`: at the last try it was not the recipient or the text that failed, but the server, for
    which it is held, or by whose fault it was given up. `tries`: those that were the letter's own.
    """

    class Purpose(models.TextChoices):
        OTHER = "", "other"
        UNREAD = "unread", "a message that the customer has not read"
        UNCLAIMED = "unclaimed", "a customer for whom nobody came"
        LOGIN = "login", "a member's way to log in"
        TEST = "test", "whether e-mail arrives"

    key = models.CharField(max_length=32, default=new_letter_key, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)
    server_failed = models.BooleanField(default=False)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=12, blank=True, choices=Purpose, default=Purpose.OTHER)
    after_seq = models.PositiveIntegerField(default=0)
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"letter {self.pk}"


class MailState(models.Model):
    """Whether the mail server took the last letter or login (`error` is empty), and when that was; one row.

    `took_login`: it was there, and refused what it was given.
    """

    at = models.DateTimeField()
    error = models.CharField(max_length=120, blank=True)
    took_login = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.error or "well"


class Round(models.Model):
    """When the sweep looked after waiting conversations last, and since when without a gap; one row."""

    at = models.DateTimeField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.at)


class Ticket(models.Model):
    """A ticket in the owner's help desk, one for an escalation (its `seq`): due at `due_at`, or over (null).

    `request` is what is sent, kept as it was so that its key stands for the same. Emptied at the end, as `email`.
    `tries` may have reached the help desk, whatever came of them. `refused`: this one is not wanted there, others are.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="tickets")
    seq = models.PositiveIntegerField()
    email = models.EmailField(blank=True)
    request = models.TextField(blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True)
    link = models.URLField(blank=True)
    error = models.CharField(max_length=40, blank=True)
    refused = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="one_ticket_per_escalation")]

    def __str__(self) -> str:
        return f"ticket {self.number or self.pk}"


class HelpDeskState(models.Model):
    """Whether the help desk took the last ticket or login (`error` is empty), and by which settings; one row.

    Until `quiet_until` it asked to be left alone, whatever the ticket.
    """

    at = models.DateTimeField()
    login = models.CharField(max_length=64)
    error = models.CharField(max_length=40, blank=True)
    quiet_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.error or "well"
