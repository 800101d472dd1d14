"""The rows of what a curator asks before publishing: golden questions, replays and their lines."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models import Article, Audience, Version
from supportsite.sites.models import Site


class GoldenQuestion(models.Model):
    """A question whose answer must stay right: the article that it cites, or (null) that there is no answer."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="golden_questions", verbose_name=_("site"))
    question = models.CharField(_("question"), max_length=300)
    language = models.CharField(_("language"), max_length=12, blank=True, help_text=_("Empty: as it is written."))
    region = models.CharField(_("region"), max_length=8, blank=True, help_text=_("Empty: everywhere."))
    reader = models.CharField(
        _("who asks it"), max_length=12, choices=Audience.choices, default=Audience.EVERYONE,
        help_text=_("Each is answered from the articles that they may see."),
    )  # fmt: skip
    expected = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("expected article"),
        help_text=_("The answer has to cite it. Empty: the assistant has to say that it does not know."),
    )
    words = models.CharField(
        _("words in the answer"),
        max_length=300,
        blank=True,
        help_text=_("With commas between them; each has to stand in the answer, such as 30 days."),
    )
    blocks = models.BooleanField(
        _("blocks publishing"),
        default=False,
        help_text=_("A draft that makes it fail is published only with a reason."),
    )

    class Meta:
        verbose_name = _("golden question")
        verbose_name_plural = _("golden questions")
        ordering = ("site", "question")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "question", "language", "region", "reader"], name="one_golden_question_per_asker"
            )
        ]

    def __str__(self) -> str:
        return self.question


class ReplayOf(models.TextChoices):
    """What a replay tries."""

    DRAFT = "draft", _("the draft")
    WITHDRAWAL = "withdrawal", _("withdrawing it")


class ReplayState(models.TextChoices):
    """How far a replay is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Replay(models.Model):
    """Questions asked once with the site as it is and once with a draft in its article's place.

    `title`, `body` and `questions` are the draft as it was then, `base` is what readers saw.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="replays")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    of = models.CharField(max_length=10, choices=ReplayOf, default=ReplayOf.DRAFT)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    questions = models.JSONField(default=list)
    base = models.ForeignKey(Version, null=True, on_delete=models.CASCADE, related_name="+")
    with_model = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReplayState, default=ReplayState.WAITING)
    leased_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)  # whose lease it is: each taking raises it
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["article", "-made_at"], name="replays_of_article")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is at work or about to be."""
        return self.state in (ReplayState.WAITING, ReplayState.RUNNING)


class Why(models.TextChoices):
    """Why a question is asked again."""

    CITED = "cited", _("was answered with this article")
    NEAR = "near", _("near the text")
    GOLDEN = "golden", _("golden question")


class Change(models.TextChoices):
    """What a draft does to an answer, the worst first."""

    LOST = "lost", _("no longer answered")
    CITATION_LOST = "citation_lost", _("loses a citation")
    CHANGED = "changed", _("another answer")
    MOVED = "moved", _("cites another section")
    REWRITTEN = "rewritten", _("cites another version's section")
    CITATION_GAINED = "citation_gained", _("gains a citation")
    ANSWERED = "answered", _("now answered")
    SAME = "same", _("unchanged")


class ReplayLine(models.Model):
    """One question of a replay, redacted; `was` and `becomes` are its two outcomes (`compare.Outcome`)."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="lines")
    why = models.CharField(max_length=6, choices=Why)
    question = models.TextField()
    before = models.TextField(blank=True)
    language = models.CharField(max_length=12)
    region = models.CharField(max_length=8, blank=True)
    reader = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYONE)
    # With a conversation goes what was asked in it.
    conversation = models.ForeignKey("chat.Conversation", null=True, on_delete=models.CASCADE, related_name="+")
    times = models.PositiveIntegerField(default=1)
    golden = models.ForeignKey(GoldenQuestion, null=True, on_delete=models.CASCADE, related_name="+")
    was = models.JSONField(null=True)
    becomes = models.JSONField(null=True)
    change = models.CharField(max_length=16, choices=Change, blank=True)  # empty: not asked yet
    fault_was = models.CharField(max_length=300, blank=True)  # of a golden question
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.question
