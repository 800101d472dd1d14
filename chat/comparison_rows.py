"""The rows of a comparison of routing strategies: what was asked, what each would do, and changes of a site's one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site


class ComparedOn(models.TextChoices):
    """What strategies are compared on."""

    EXAMPLES = "examples", _("the intents' examples")
    QUESTIONS = "questions", _("customers' first questions")


class ComparisonState(models.TextChoices):
    """How far a comparison is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


class Comparison(models.Model):
    """Every strategy asked about the same texts; `figures` is what came out (`side_by_side.Figures`)."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="comparisons")
    on = models.CharField(max_length=10, choices=ComparedOn)
    wanted = models.PositiveIntegerField()
    with_model = models.BooleanField(default=False)  # a model is asked to name the intents too, a call for each text
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ComparisonState, default=ComparisonState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)  # whose lease it is: each taking raises it
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["site", "on", "-id"], name="comparisons_of_site")]

    def __str__(self) -> str:
        return f"{self.on} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is at work or about to be."""
        return self.state in (ComparisonState.WAITING, ComparisonState.RUNNING)


class ComparedQuestion(models.Model):
    """One text with the word of each strategy on it (`side_by_side.Told` by strategy); kept where they differ or err.

    A customer's is redacted, stands in the log at `seq`, and goes with its conversation. `truth` is an example's
    intent, empty outside all.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="questions")
    conversation = models.ForeignKey("chat.Conversation", null=True, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField(default=0)
    question = models.TextField()
    language = models.CharField(max_length=12)
    truth = models.CharField(max_length=80, blank=True)
    told = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField(default=0)  # how many strategies are wrong, or words they have for it

    class Meta:
        ordering = ("-weight", "pk")

    def __str__(self) -> str:
        return f"{self.comparison_id} {self.pk}"


class StrategyChange(models.Model):
    """A site's strategy was changed from the comparison: by whom, from what, and whether that was taken back."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="strategy_changes")
    was = models.CharField(max_length=20)
    becomes = models.CharField(max_length=20)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.was} to {self.becomes}"
