"""The rows of routing: intents with their examples, keyword rules, and what was trained on them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .tier_rows import TierOf


class IntentKind(models.TextChoices):
    """What the task-based strategy does with a question of this intent."""

    ARTICLES = "articles", _("answer from the articles")
    SMALL_TALK = "small_talk", _("a friendly word, no search")
    COMPLAINT = "complaint", _("a complaint: offer a person")
    ACCOUNT = "account", _("about their own account or order: also offer a person")
    OUTSIDE = "outside", _("none of this site's business: say so where no article answers")


class Intent(models.Model):
    """Something that customers want, with questions as they ask them."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="intents", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("what to do"), max_length=12, choices=IntentKind, default=IntentKind.ARTICLES)
    about = models.CharField(
        _("what it is about"),
        max_length=200,
        blank=True,
        help_text=_("In a sentence, for a model that names intents: questions about where a parcel is."),
    )
    examples = models.JSONField(_("examples"), default=list, blank=True)
    tier = models.CharField(
        _("tier"),
        max_length=6,
        blank=True,
        choices=TierOf,
        help_text=_("With the strategy “by task”: the model that answers. Empty: as for any other question."),
    )

    class Meta:
        verbose_name = _("intent")
        verbose_name_plural = _("intents")
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_intent_per_name")]

    def __str__(self) -> str:
        return self.name


class KeywordRule(models.Model):
    """Words that mean an intent; of the rules that fit, the one with the lowest place counts."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="keyword_rules", verbose_name=_("site"))
    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="rules", verbose_name=_("intent"))
    place = models.PositiveSmallIntegerField(_("place"), default=100, help_text=_("Lower ones are tried first."))
    any_of = models.JSONField(_("one of"), default=list, blank=True)
    all_of = models.JSONField(_("all of"), default=list, blank=True)
    none_of = models.JSONField(_("none of"), default=list, blank=True)

    class Meta:
        verbose_name = _("keyword rule")
        verbose_name_plural = _("keyword rules")
        ordering = ("site", "place", "pk")

    def __str__(self) -> str:
        return f"{self.place}: {self.intent}"

    def clean(self) -> None:
        """Words to look for, and an intent of the same site."""
        if not (self.any_of or self.all_of):
            raise ValidationError(_("Write words under “one of” or “all of”."))
        if self.intent_id and self.site_id and self.intent.site_id != self.site_id:
            raise ValidationError({"intent": _("That intent belongs to another site.")})


class Trains(models.TextChoices):
    """What is trained."""

    INTENT = "intent", _("reader of intents")
    TIER = "tier", _("router between models")
    ESCALATION = "escalation", _("reader of conversations that go badly")
    EMOTION = "emotion", _("reader of emotions")


class TrainingState(models.TextChoices):
    """How far a training is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Training(models.Model):
    """One training: what it learns from, how good it is on held-out examples, and the model (arrays, never code).

    It is used from the moment when a person says so. Of those with a `used_at` the latest is the live one.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="trainings", verbose_name=_("site"))
    of = models.CharField(_("model"), max_length=10, choices=Trains, default=Trains.INTENT)
    rows = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(_("begun"))
    state = models.CharField(_("state"), max_length=8, choices=TrainingState, default=TrainingState.WAITING)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    leased_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)  # whose lease it is: each taking raises it
    ended_at = models.DateTimeField(_("ended"), null=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)
    figures = models.JSONField(_("held-out figures"), default=dict)
    model = models.BinaryField(default=bytes)
    used_at = models.DateTimeField(_("in use since"), null=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["site", "of", "-used_at"], name="trainings_in_use")]

    def __str__(self) -> str:
        return f"{self.get_of_display()} {self.pk}"
