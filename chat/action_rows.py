"""The rows of actions and procedures: what an owner defined, where a conversation stands, and what was done outside."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

field_name = RegexValidator(r"\A[a-z][a-z0-9_]{0,39}\Z", _("Write a short name such as order_number."))


class FieldKind(models.TextChoices):
    """What may be asked for (chat/assistant/doing/fields.py)."""

    ORDER = "order", _("order number")
    EMAIL = "email", _("e-mail address")
    DATE = "date", _("date")
    NUMBER = "number", _("number")
    YES_NO = "yes_no", _("yes or no")
    TEXT = "text", _("text")
    CUSTOMER = "customer", _("your id of the verified customer")
    VERIFIED = "verified", _("the verified customer's e-mail address")


class Identity(models.TextChoices):
    """What must be known of the customer."""

    NONE = "none", _("nothing")
    EMAIL = "email", _("their e-mail address, which the answer must name too")
    CUSTOMER = "customer", _("a customer whose identity is verified")


class Method(models.TextChoices):
    """How it is asked."""

    GET = "GET", "GET"
    POST = "POST", "POST"
    MCP = "MCP", _("a tool of an MCP server")


class Action(models.Model):
    """One thing that may be asked of, or done on, a server of the owner's."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="actions", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    does = models.CharField(
        _("what it does"), max_length=300, help_text=_("In a sentence: looks up where an order is, by its number.")
    )
    intent = models.ForeignKey(
        "chat.Intent", null=True, blank=True, on_delete=models.SET_NULL, related_name="actions",
        verbose_name=_("begins with the intent"),
        help_text=_("Questions of this intent begin it. Leave it empty where only procedures call it."),
    )  # fmt: skip
    method = models.CharField(_("method"), max_length=4, choices=Method, default=Method.GET)
    url = models.CharField(
        _("address"), max_length=500,
        help_text=_("Such as https://api.example.com/orders/{order_number}, with inputs in braces, none in the host."),
    )  # fmt: skip
    tool = models.CharField(_("tool"), max_length=128, blank=True, editable=False)
    told = models.JSONField(default=dict, editable=False)  # what the server told of the tool as it was picked
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    identity = models.CharField(_("needs to know"), max_length=8, choices=Identity, default=Identity.NONE)
    email_path = models.CharField(
        _("where the answer names the e-mail address"), max_length=80, blank=True,
        help_text=_("Such as customer.email."),
    )  # fmt: skip
    timeout = models.FloatField(
        _("seconds to wait"), default=8, validators=[MinValueValidator(0.5), MaxValueValidator(30)]
    )
    changes = models.BooleanField(
        _("changes something"), default=False, help_text=_("The customer is asked first, and it is done once.")
    )
    model_may = models.BooleanField(
        _("your model may use it"), default=False,
        help_text=_("Where no article answers, your model may pick this look-up. It never sees what your server says."),
    )  # fmt: skip
    asks = models.JSONField(_("what the customer is asked"), default=dict, blank=True)
    reply = models.JSONField(_("reply"), default=dict, blank=True)
    sample = models.TextField(
        _("an answer to try with"), blank=True, max_length=4000,
        help_text=_("JSON as the server answers. It stands in wherever nothing may be changed: in tries and previews."),
    )  # fmt: skip
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_action_per_name")]

    def __str__(self) -> str:
        return self.name


class ActionInput(models.Model):
    """Something that an action needs."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(_("name"), max_length=40, validators=[field_name])
    kind = models.CharField(_("kind"), max_length=8, choices=FieldKind, default=FieldKind.ORDER)
    argument = models.CharField(
        _("called by the tool"),
        max_length=128,
        blank=True,
        help_text=_("Only where a tool calls it otherwise: orderId."),
    )

    class Meta:
        verbose_name = _("input")
        verbose_name_plural = _("inputs")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["action", "name"], name="one_input_per_name")]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """A few steps in plain order, begun by an intent."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="procedures", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    intent = models.ForeignKey(
        "chat.Intent", null=True, blank=True, on_delete=models.SET_NULL, related_name="procedures",
        verbose_name=_("begins with the intent"),
    )  # fmt: skip
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_procedure_per_name")]

    def __str__(self) -> str:
        return self.name


class StepKind(models.TextChoices):
    """What a step does."""

    ASK = "ask", _("ask for something")
    CALL = "call", _("call an action")
    SAY = "say", _("say a text")
    IF = "if", _("if … go to another step")
    PERSON = "person", _("hand to a person")


class Operator(models.TextChoices):
    """How a condition looks at a field (chat/assistant/doing/conditions.py)."""

    IS = "is", _("is")
    IS_NOT = "is not", _("is not")
    EMPTY = "is empty", _("is empty")
    FILLED = "is not empty", _("is not empty")
    OVER = "over", _("is over")
    UNDER = "under", _("is under")
    OLDER = "older than", _("is older than … days")
    NEWER = "newer than", _("is newer than … days")


class ProcedureStep(models.Model):
    """One step; they are done in the order of their numbers."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    does = models.CharField(_("does"), max_length=8, choices=StepKind)
    text = models.JSONField(_("text"), default=dict, blank=True)
    slot = models.CharField(_("name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=FieldKind, blank=True)
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("action")
    )
    tells = models.BooleanField(_("say its reply"), default=False)
    operator = models.CharField(_("condition"), max_length=12, choices=Operator, blank=True)
    value = models.CharField(_("value"), max_length=80, blank=True)
    goto = models.PositiveSmallIntegerField(_("go to step"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("place",)
        constraints = [models.UniqueConstraint(fields=["procedure", "place"], name="one_step_per_place")]

    def __str__(self) -> str:
        return f"{self.place}: {self.get_does_display()}"


class StandingRow(models.Model):
    """Where a conversation stands in a procedure since the message `seq`; it holds no longer than its floor.

    `names` in its `state` are people's whom a server named: personal in the conversation for good.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="standings")
    seq = models.PositiveIntegerField()
    floor = models.PositiveIntegerField()
    state = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="one_standing_per_event")]

    def __str__(self) -> str:
        return f"{self.seq}"


class DeedState(models.TextChoices):
    """How far a deed is. `begun` for longer than it may take means that nobody knows."""

    BEGUN = "begun", _("begun")
    DONE = "done", _("done")
    FAILED = "failed", _("did not happen")
    UNCLEAR = "unclear", _("nobody knows whether it happened")


class Deed(models.Model):
    """Something that was changed outside because a customer said yes to the message `asked`. Never done twice.

    `what` is the hash of the action and what went into it: while nobody knows whether it happened, it is not done anew.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="deeds")
    seq = models.PositiveIntegerField(_("the customer's yes"))
    asked = models.PositiveIntegerField(_("the question"))
    action = models.ForeignKey(Action, null=True, on_delete=models.SET_NULL, related_name="deeds")
    name = models.CharField(_("action"), max_length=80)
    what = models.CharField(max_length=64, default="", editable=False)
    key = models.CharField(_("idempotency key"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=DeedState, default=DeedState.BEGUN)
    begun_at = models.DateTimeField(_("begun"))
    ends_by = models.DateTimeField()
    ended_at = models.DateTimeField(_("ended"), null=True)
    fault = models.CharField(_("trouble"), max_length=60, blank=True)
    answer: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("deed")
        verbose_name_plural = _("deeds")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["conversation", "asked"], name="one_deed_per_question"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_deed_per_yes"),
            models.UniqueConstraint(
                fields=["what"],
                condition=models.Q(state__in=["begun", "unclear"]) & ~models.Q(what=""),
                name="one_open_deed_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
