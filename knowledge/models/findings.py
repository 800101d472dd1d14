"""What care notices of published articles, and which of them it has looked at."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .articles import Article, Version


class FindingKind(models.TextChoices):
    """What may be wrong with an article that readers see."""

    LINK = "link", _("broken link")
    TRANSLATION = "translation", _("translations differ")
    DUPLICATE = "duplicate", _("said twice")
    REVIEW = "review", _("past review")
    UNCITED = "uncited", _("never cited")


class FindingState(models.TextChoices):
    """What a curator made of a finding."""

    OPEN = "open", _("open")
    ASIDE = "aside", _("put aside")


class Finding(models.Model):
    """Something that a curator should look at. It goes by itself once the articles no longer show it.

    `key` names both sides' texts: a finding that was put aside stays so until one of them changes. A pair is kept once,
    with the older article first. `detail` holds what the kind has to say: see `knowledge.care`.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(_("kind"), max_length=14, choices=FindingKind)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="findings", verbose_name=_("article"))
    anchor = models.CharField(max_length=120, blank=True)
    other = models.ForeignKey(
        Article, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("other article")
    )
    other_anchor = models.CharField(max_length=120, blank=True)
    target = models.CharField(max_length=120, blank=True)  # the slug that a broken link names
    detail = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=6, choices=FindingState, default=FindingState.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    put_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("care")
        ordering = ("-seen_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["site", "key"], name="one_finding_per_key")]
        indexes = [models.Index(fields=["site", "state", "kind"], name="findings_that_wait")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.article}"


class Inspection(models.Model):
    """That care looked at an article: at which version and when (null: it is to look again), first on `since`."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="inspection")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(null=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.version)
