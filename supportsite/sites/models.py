"""Site, member and team: whose a row is, and who may see it."""

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import hours
from .audience import SpeaksTo
from .checks import check_few, check_hours, check_order_numbers, check_origins, check_weights, check_zone
from .rights import ROLE_NAMES, Right, Role, role_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


def new_key() -> str:
    """A site's public key: names the site in a page, opens nothing by itself."""
    return "site_" + secrets.token_hex(10)


def new_public_id() -> str:
    """A random id of 128 bits, safe to show."""
    return secrets.token_hex(16)


class Sensitive(models.TextChoices):
    """The subjects that Tandem knows as ones for a person."""

    LEGAL = "legal", _("law: lawyers, courts, authorities")
    SAFETY = "safety", _("safety: fire, gas, injury, threats")
    SELF_HARM = "self_harm", _("self-harm")
    PAYMENT = "payment", _("disputed or unauthorised payments, accounts in the wrong hands")
    BEREAVEMENT = "bereavement", _("a death, and what follows from it")


def all_sensitive() -> list[str]:
    """Every subject: what a new site begins with."""
    return list(Sensitive.values)


class Site(models.Model):
    """One website and its settings."""

    key = models.CharField(_("public key"), max_length=40, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), blank=True)
    origins = models.JSONField(
        _("allowed origins"),
        default=list,
        blank=True,
        validators=[check_origins],
        help_text=_("Addresses of the pages that may show the widget, such as https://www.example.com."),
    )
    locale = models.CharField(_("language"), max_length=12, default="en")
    accent = models.CharField(_("accent colour"), max_length=20, default="#0f766e")
    greeting = models.JSONField(
        _("greeting"),
        default=dict,
        blank=True,
        help_text=_('By language, such as {"en": "How can we help?"}.'),
    )
    alarm_words = models.JSONField(
        _("alarm words"),
        default=list,
        blank=True,
        help_text=_("Words that call a person at once, besides the built-in ones."),
    )
    mood_threshold = models.FloatField(
        _("mood threshold"), default=-0.5, help_text=_("A weighted mood below this calls a person (-1 to 1).")
    )
    escalation_threshold = models.FloatField(
        _("threshold"),
        default=0.85,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_(
            "A person is called where the score of a message reaches it (0 to 1). Whoever asks for a person gets one "
            "at any threshold."
        ),
    )
    reason_weights = models.JSONField(_("weights"), default=dict, blank=True, validators=[check_weights])
    sensitive_topics = models.JSONField(_("sensitive subjects"), default=all_sensitive, blank=True)
    sensitive_words = models.JSONField(_("sensitive words"), default=list, blank=True)
    across_languages = models.BooleanField(
        _("answer across languages"),
        default=True,
        help_text=_("Where no article in the customer's language answers, look in the other languages."),
    )
    accepted_wrong = models.FloatField(
        _("accepted share of wrong answers"),
        default=0.2,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Lower means fewer wrong answers, and more questions that go to a person (0 to 1)."),
    )
    paused_at = models.DateTimeField(_("assistant paused"), null=True, editable=False)
    paused_by = models.CharField(max_length=150, blank=True, editable=False)
    routing = models.CharField(
        _("routing of questions"),
        max_length=8,
        choices=[("static", _("keyword rules")), ("dynamic", _("trained on examples")), ("task", _("by task"))],
        default="task",
        help_text=_(
            "How the intent of a question is found. By task: rules first, then what was trained, and the intent "
            "decides what the assistant does. Without intents nothing changes."
        ),
    )
    intents_by = models.CharField(
        _("who names the intent"),
        max_length=6,
        blank=True,
        default="",
        choices=[
            ("", _("what was trained, on this machine")),
            ("light", _("the light model")),
            ("strong", _("the strong model")),
        ],
        help_text=_(
            "A model is asked for each question that no keyword rule decides. The question then leaves this machine, "
            "with placeholders for personal data, together with your intents and a few of their examples; each call "
            "costs its tokens, and the customer waits for it, up to 5 seconds. Where it fails, what was trained "
            "decides."
        ),
    )
    kindness = models.CharField(
        _("kindness"),
        max_length=4,
        choices=[
            ("on", _("on")),
            ("half", _("in one half of the conversations, to see what it brings")),
            ("off", _("off")),
        ],
        default="on",
        help_text=_(
            "A short line that fits the customer's mood goes before an answer. With one half, the insights compare "
            "how satisfied both are."
        ),
    )
    order_numbers = models.JSONField(
        _("order numbers"),
        default=list,
        blank=True,
        validators=[check_order_numbers],
        help_text=_("Forms of order numbers, which are taken out of what a third party sees."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[check_zone],
        help_text=_("Where your people are, such as Europe/Berlin. Empty: the server's."),
    )
    week = models.JSONField(_("opening hours"), default=dict, blank=True)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    promise_hours = models.PositiveSmallIntegerField(
        _("answer promised within (hours)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("Told to customers when nobody is there; closed hours do not count. Empty: nothing is promised."),
    )
    assignment = models.CharField(
        _("who gets a new escalation"),
        max_length=8,
        choices=[
            ("everyone", _("everyone is alerted, whoever claims has it")),
            ("one", _("it is given to one person")),
        ],
        default="everyone",
        help_text=_("One person: by language, who helped this customer last, topics, and in turn."),
    )
    capacity = models.PositiveSmallIntegerField(
        _("conversations at once"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "How many open conversations a person is given at most. What they claim themselves is not limited."
        ),
    )
    remind_after = models.PositiveSmallIntegerField(
        _("remind after (minutes)"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("An escalation that nobody has claimed alerts again."),
    )
    widen_after = models.PositiveSmallIntegerField(
        _("show to other teams after (minutes)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("One that waits for a team goes to everyone."),
    )
    unclaimed_after = models.PositiveSmallIntegerField(
        _("give up after (minutes)"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(10080)],
        help_text=_("Then happens what you choose below."),
    )
    unclaimed_rule = models.CharField(
        _("when nobody has claimed it by then"),
        max_length=10,
        choices=[
            ("wait", _("it waits on, and alerts again")),
            ("mail", _("an e-mail is sent, and it waits on")),
            ("ticket", _("a ticket is opened in your help desk, and it waits on")),
            ("assistant", _("the assistant takes over, and says so")),
        ],
        default="wait",
    )
    unclaimed_email = models.EmailField(
        _("e-mail to"), blank=True, help_text=_("Who is written to then; also where no ticket can be opened.")
    )
    away_after = models.PositiveSmallIntegerField(
        _("a closed console keeps a claim for (minutes)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Then waiting customers of a person whose console is gone go back to the queue."),
    )
    release_after = models.PositiveSmallIntegerField(
        _("an unanswered customer goes back to the queue after (minutes)"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(10080)],
        help_text=_("Whoever has one that waits is reminded before. What was put aside until a time stays with them."),
    )
    silent_assistant_hours = models.PositiveSmallIntegerField(
        _("a silent case with the assistant ends after (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(8760)],
        help_text=_("Where the customer was answered last and has not written since."),
    )
    silent_agent_hours = models.PositiveSmallIntegerField(
        _("a silent case with a person ends after (hours)"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(8760)],
        help_text=_("Where the customer was answered last and has not written since; not while it is put aside."),
    )
    strong_quality = models.FloatField(
        _("share of the strong model's quality"),
        default=0.95,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("With light and strong models and a trained router: how much of it is to be kept (0 to 1)."),
    )
    budget_soft = models.DecimalField(
        _("budget of a day: only light"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the unit of the tiers' prices. From here on only the light model is asked. Empty: no limit."),
    )
    budget_hard = models.DecimalField(
        _("budget of a day: no more"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "What would pass this is not asked: the built-in model answers until the next day. Empty: no limit."
        ),
    )
    instructions = models.TextField(
        _("instructions"),
        blank=True,
        max_length=2000,
        help_text=_(
            "What the model should heed, in plain words: tone, what to stress, what not to speak of. It cannot say "
            "more than your articles do, whatever stands here."
        ),
    )
    ask_people = models.BooleanField(
        _("ask a colleague"),
        default=False,
        help_text=_(
            "Where it does not know, it asks your people who are online that one question in the console and answers "
            "with their reply, without a name. The customer reads at once that a colleague is asked."
        ),
    )
    ask_minutes = models.PositiveSmallIntegerField(
        _("wait for a colleague's reply (minutes)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Then the customer is offered a person, as without it."),
    )
    translates = models.BooleanField(
        _("translate for people"),
        default=False,
        help_text=_(
            "Your people read customers' messages in their own language, and may send a reply translated. Your model "
            "translates; personal data is taken out before. Without a model nothing is translated."
        ),
    )
    speaks_hours = models.JSONField(_("hours"), default=list, blank=True, validators=[check_hours, check_few])
    speaks_to = models.CharField(_("whom"), max_length=10, choices=SpeaksTo, default=SpeaksTo.EVERYONE)
    speaks_pages = models.JSONField(_("pages"), default=list, blank=True, validators=[check_few])
    speaks_languages = models.JSONField(_("languages"), default=list, blank=True, validators=[check_few])
    speaks_share = models.PositiveSmallIntegerField(
        _("share of visitors"),
        default=100,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent. A visitor stays in their share."),
    )
    identity_key = models.PositiveIntegerField(_("number of the identity key"), default=1, editable=False)
    value_from = models.FloatField(
        _("important from"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "A verified customer whose value, as your server signs it, is at least this is important. Empty: nobody is."
        ),
    )
    value_rule = models.CharField(
        _("an important customer"),
        max_length=6,
        choices=[
            ("sooner", _("gets a person sooner: where one answer is missing, or they seem dissatisfied")),
            ("always", _("gets a person at once, whatever they write about")),
        ],
        default="sooner",
    )
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The soft stop of the budget comes before the hard one."""
        if self.budget_soft is not None and self.budget_hard is not None and self.budget_soft > self.budget_hard:
            raise ValidationError({"budget_soft": _("This has to be the smaller one of the two.")})

    @property
    def hours(self) -> hours.Hours:
        """When its people are there."""
        return hours.of_rows(self.time_zone or settings.TIME_ZONE, self.week, self.holidays)


class MemberQuerySet(models.QuerySet["Member"]):
    """Members by the question that is asked of them."""

    def of_user(self, user: "User | AnonymousUser") -> "MemberQuerySet":
        """Memberships of a logged-in, active user, with their sites."""
        return self.filter(user=user.pk, user__is_active=True).select_related("site", "user")


class Member(models.Model):
    """A person's part in a site."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(_("role"), max_length=12, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    name = models.CharField(_("name that customers see"), max_length=80)
    capacity = models.PositiveSmallIntegerField(
        _("conversations at once"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("Empty: as for the site. 0: nothing is given to them."),
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)
    skills = models.JSONField(_("topics"), default=list, blank=True)
    given_at = models.DateTimeField(null=True, editable=False)  # when a conversation became theirs last

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user", "site"], name="one_membership_per_site")]

    def __str__(self) -> str:
        return f"{self.name} ({self.site})"

    def may(self, right: Right) -> bool:
        """Whether this member's role carries `right` on this site."""
        return role_may(self.role, right)


class Team(models.Model):
    """Members of a site who share a queue."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(Member, blank=True, related_name="teams", verbose_name=_("members"))
    languages = models.JSONField(_("languages"), default=list, blank=True)
    skills = models.JSONField(_("topics"), default=list, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        return self.name
