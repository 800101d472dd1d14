"""What customers asked and did not find."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .articles import Article, Audience


class GapState(models.TextChoices):
    """What became of a gap."""

    OPEN = "open", _("open")
    DRAFTED = "drafted", _("an article is on its way")
    CLOSED = "closed", _("answered again")
    DISMISSED = "dismissed", _("not for us")


class AskedKind(models.TextChoices):
    """How a question went wrong."""

    UNANSWERED = "unanswered", _("no answer")
    DISPUTED = "disputed", _("source disputed")
    UNHELPFUL = "unhelpful", _("answer did not help")


class Gap(models.Model):
    """Questions of one meaning that found no good answer. All but its state and article follows from its questions."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="gaps")
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("question"))  # of its questions the one in their middle
    people = models.PositiveIntegerField(_("people"), default=0)
    asked_at = models.DateTimeField(_("last asked"))
    centre = models.BinaryField(default=bytes, editable=False)  # of its questions' vectors; empty without a model
    state = models.CharField(_("state"), max_length=10, choices=GapState, default=GapState.OPEN)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.SET_NULL, related_name="gaps", verbose_name=_("article")
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ("-people", "-asked_at")
        indexes = [models.Index(fields=["site", "state", "-people"], name="gaps_most_wanted")]

    def __str__(self) -> str:
        return self.text


class Asked(models.Model):
    """One question that found no good answer, without personal data. Its gap is null until it is placed.

    `asker` and `ref` mean nothing here: whoever recorded it counts people by the one, and finds it again by the other.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    gap = models.ForeignKey(Gap, null=True, on_delete=models.SET_NULL, related_name="asked")
    kind = models.CharField(_("kind"), max_length=10, choices=AskedKind)
    question = models.TextField(_("question"))
    language = models.CharField(_("language"), max_length=12)
    region = models.CharField(_("region"), max_length=8, blank=True)
    reader = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYONE)  # who asked it
    asker = models.CharField(max_length=64)
    ref = models.CharField(max_length=100)
    cited = models.JSONField(default=list)
    vector = models.BinaryField(default=bytes, editable=False)
    at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("question without an answer")
        verbose_name_plural = _("questions without an answer")
        ordering = ("-at", "-pk")
        constraints = [models.UniqueConstraint(fields=["site", "ref", "kind"], name="one_question_per_ref_and_kind")]

    def __str__(self) -> str:
        return self.question
