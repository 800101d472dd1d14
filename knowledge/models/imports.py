"""What was brought in from elsewhere: an import, its report item by item, and where each article came from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .articles import Article, Collection, new_public_id


class ImportKind(models.TextChoices):
    """Where an import reads from."""

    FILES = "files", _("files")
    WEB = "web", _("a page or a sitemap")
    ZENDESK = "zendesk", _("Zendesk Guide")


class ImportState(models.TextChoices):
    """How far an import is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    STOPPING = "stopping", _("stopping")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Import(models.Model):
    """One source of articles, what a curator chose for it, and how its latest run went."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="imports")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("from"), max_length=10, choices=ImportKind)
    source = models.CharField(_("source"), max_length=1000, help_text=_("An address, or the names of files."))
    path = models.CharField(
        max_length=1000, blank=True, editable=False
    )  # of files on this machine; by the command only
    collection = models.ForeignKey(
        Collection,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("collection"),
        help_text=_("Empty: the one that the source names, else General."),
    )
    language = models.CharField(
        _("language"), max_length=12, default="en", help_text=_("Of articles that do not say it.")
    )
    publish = models.BooleanField(_("publish"), default=False, help_text=_("Otherwise they become drafts."))
    replace = models.BooleanField(
        _("replace"), default=False, help_text=_("Also articles that were written or changed here.")
    )
    every_hours = models.PositiveSmallIntegerField(_("again every (hours)"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    run = models.PositiveIntegerField(default=1, editable=False)
    expected = models.PositiveIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    next_at = models.DateTimeField(_("next run"), null=True, editable=False)
    runner = models.CharField(max_length=80, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=40, blank=True, editable=False)
    detail = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state", "next_at"], name="imports_that_are_due")]

    def __str__(self) -> str:
        return self.source

    @property
    def is_open(self) -> bool:
        """Whether it is at work or about to be."""
        return self.state in (ImportState.WAITING, ImportState.RUNNING, ImportState.STOPPING)


class Outcome(models.TextChoices):
    """What became of one document."""

    CREATED = "created", _("new")
    UPDATED = "updated", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    SKIPPED = "skipped", _("left out")
    FAILED = "failed", _("failed")
    VANISHED = "vanished", _("vanished")


class ImportItem(models.Model):
    """A line of an import's report: one document of its latest run. `reason` and `detail` say what was wrong."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(_("document"), max_length=1000)
    line = models.PositiveIntegerField(_("line"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("line of a report")
        verbose_name_plural = _("report")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["imported", "key"], name="one_line_per_document")]

    def __str__(self) -> str:
        return self.key


class Origin(models.Model):
    """Where an article came from: the same key is the same article at every run, whatever its title has become.

    One of the same key in another language or for another region is another document. `read_digest` names the text that
    the import read last, and `digest` the one that it wrote, in which pictures have other addresses: a draft that is
    another one was changed here since. The `filed` ones name collection and questions likewise; empty: not known.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=1000)
    language = models.CharField(max_length=12)
    region = models.CharField(max_length=8, blank=True)
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="origin")
    source = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="origins")
    read_digest = models.CharField(max_length=64, default="")
    read_filed_digest = models.CharField(max_length=64, default="")
    digest = models.CharField(max_length=64)
    filed_digest = models.CharField(max_length=64, default="")
    waits_for = models.JSONField(null=True)  # documents to which its links lead and that are not here; None: not known
    parts = models.JSONField(default=dict)  # what its source calls a part of it: the anchor of its heading here
    is_hidden = models.BooleanField(default=False)  # a draft there, or not for everybody, when it was read last
    vanished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "key", "language", "region"], name="one_article_per_document")
        ]

    def __str__(self) -> str:
        return self.key
