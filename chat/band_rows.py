"""The rows behind the band: a review of past conversations, what spoke for a person in each, changes of a threshold."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .intent_rows import TrainingState


class Ended(models.TextChoices):
    """How a conversation that nobody called a person for ended badly."""

    UNHELPFUL = "unhelpful", _("an answer did not help")
    ABANDONED = "abandoned", _("left after no answer")


class Review(models.Model):
    """A reading of a site's last conversations, each of their cases by itself; `done` of `total` conversations."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="reviews")
    wanted = models.PositiveIntegerField(default=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=TrainingState, default=TrainingState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)  # whose lease it is: each taking raises it
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["site", "state", "-id"], name="reviews_of_site")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is at work or about to be."""
        return self.state in (TrainingState.WAITING, TrainingState.RUNNING)


class JudgedCase(models.Model):
    """A case as a review read it, up to its event `seq`.

    `called` are the codes for which a person was called then, `hard` whether any threshold would have; `verdict` is
    what an agent thought of it.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="cases")
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    case = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    intent = models.CharField(max_length=80, blank=True)
    called = models.JSONField(default=list)
    hard = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, blank=True)
    ended = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["review", "conversation", "case"], name="one_judgement_of_case")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.case}"


class JudgedMessage(models.Model):
    """What spoke for a person at one of a customer's messages, with its evidence, before the site's weights."""

    judged = models.ForeignKey(JudgedCase, on_delete=models.CASCADE, related_name="messages")
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["conversation", "seq"], name="judged_messages_by_event")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.seq}"


class ThresholdChange(models.Model):
    """A site's threshold was set from the insights: by whom, from what, and whether that was taken back."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="threshold_changes")
    was = models.FloatField()
    becomes = models.FloatField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.was} to {self.becomes}"
