"""What is indexed of the articles: editions of a site's index, the sections that each cuts, and their vectors."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .articles import Version


class SectionKind(models.TextChoices):
    """What a section is made of."""

    TEXT = "text"
    QUESTION = "question"


class EditionState(models.TextChoices):
    """What an edition is for."""

    BUILDING = "building", _("being built")
    LIVE = "live", _("searched")
    FORMER = "former", _("no longer searched")


class Edition(models.Model):
    """One way to cut a site's articles and to read their meaning: its sections, and the index over them.

    Searches use the live one. Another way of cutting, or other models, are another edition, built beside it.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="editions")
    state = models.CharField(_("state"), max_length=10, choices=EditionState)
    cut = models.PositiveSmallIntegerField(default=0)  # split.VERSION; 0: by one that was not written down
    embeddings = models.CharField(_("models"), max_length=60, blank=True)  # as the setting; empty: the built-in ones
    made_at = models.DateTimeField(_("begun at"), null=True)
    live_at = models.DateTimeField(_("searched since"), null=True)
    former_at = models.DateTimeField(null=True)
    try_at = models.DateTimeField(null=True)  # after a check that failed; `detail` says what was wrong
    detail = models.TextField(blank=True)

    class Meta:
        verbose_name = _("edition of the index")
        verbose_name_plural = _("editions of the index")
        ordering = ("site", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["site"], condition=models.Q(state="live"), name="one_live_edition"),
            models.UniqueConstraint(fields=["site"], condition=models.Q(state="building"), name="one_edition_at_work"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.pk} ({self.state})"


class Section(models.Model):
    """A stretch of a version under one heading, as an edition cuts it: what is embedded, found and cited.

    One of kind QUESTION is a question that the version answers: found, but cited as a section of the text.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sections")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=SectionKind.choices, default=SectionKind.TEXT)
    heading = models.CharField(max_length=300, blank=True)
    anchor = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "edition", "position"], name="one_section_per_position")
        ]

    def __str__(self) -> str:
        return self.heading or self.text[:60]

    def titles(self) -> tuple[str, str]:
        """What the models read above its text; a question stands for itself."""
        return ("", "") if self.kind == SectionKind.QUESTION else (self.version.title, self.heading)


class Vector(models.Model):
    """The embedding of one text by one model, so that no text is embedded twice."""

    digest = models.CharField(max_length=64)
    model = models.CharField(max_length=60)
    numbers = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "model"], name="one_vector_per_text_and_model")]

    def __str__(self) -> str:
        return f"{self.model} {self.digest[:8]}"
