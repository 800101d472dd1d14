"""Fixed wording for chosen questions: what is said to them, word for word, instead of what a search would bring."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .articles import Audience


class ApprovedAnswer(models.Model):
    """An answer that is given as it stands where a question is near enough to one of its phrasings."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="approved_answers")
    language = models.CharField(_("language"), max_length=12, default="en")
    region = models.CharField(_("region"), max_length=8, blank=True, help_text=_("Empty: everywhere."))
    questions = models.JSONField(
        _("questions"), default=list, help_text=_("As customers ask, one in a line, in the answer's language.")
    )
    text = models.TextField(_("answer"), help_text=_("Said word for word. Plain text."))
    audience = models.CharField(
        _("who is given it"),
        max_length=12,
        choices=Audience.choices,
        default=Audience.EVERYONE,
        help_text=_("It names no article, so nobody but you can know for whom it is."),
    )
    is_on = models.BooleanField(_("in use"), default=True)
    vectors = models.BinaryField(default=bytes, editable=False)  # of the questions, in order; empty without a model
    updated_at = models.DateTimeField(_("changed"), editable=False)

    class Meta:
        verbose_name = _("approved answer")
        verbose_name_plural = _("approved answers")
        ordering = ("language", "pk")
        indexes = [models.Index(fields=["site", "language"], name="approved_by_language")]

    def __str__(self) -> str:
        return str(self.questions[0]) if self.questions else self.text[:60]


class ApprovedVersion(models.Model):
    """What an approved answer was, each time that it was saved."""

    answer = models.ForeignKey(ApprovedAnswer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField(default=list)
    text = models.TextField()
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYONE)
    is_on = models.BooleanField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="one_approved_version_per_number")]

    def __str__(self) -> str:
        return f"{self.answer} ({self.number})"
