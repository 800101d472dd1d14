"""The rows of emotions: the sentences by which a site's owner says what anger, fear and the others sound like."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

FEWEST = 5  # sentences


class EmotionName(models.TextChoices):
    """What a message is read for."""

    ANGER = "anger", _("anger")
    FEAR = "fear", _("fear")
    SADNESS = "sadness", _("sadness")
    CONFUSION = "confusion", _("confusion")
    JOY = "joy", _("joy")
    NEUTRAL = "neutral", _("neutral")


class Emotion(models.Model):
    """An emotion by example, in the place of the sentences that Tandem comes with."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="emotions", verbose_name=_("site"))
    name = models.CharField(_("emotion"), max_length=10, choices=EmotionName)
    examples = models.JSONField(_("examples"), default=list)

    class Meta:
        verbose_name = _("emotion")
        verbose_name_plural = _("emotions")
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_emotion_per_name")]

    def __str__(self) -> str:
        return self.get_name_display()

    def clean(self) -> None:
        """Enough to learn from: of fewer sentences each one would weigh too much."""
        if len(self.examples) < FEWEST:
            raise ValidationError({"examples": _("Write at least %(n)s sentences.") % {"n": FEWEST}})
