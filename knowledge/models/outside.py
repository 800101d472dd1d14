"""Pages of other sites to which articles link, and how they answered."""

from django.db import models

from .articles import Article


class Failure(models.TextChoices):
    """How a page failed to open."""

    GONE = "gone"
    SILENT = "silent"
    CIRCLES = "circles"


class OutsidePage(models.Model):
    """An address on another host, with the published articles that link to it, asked for at `due_at` and later again.

    `answered_at`: when its host last said anything at all. `is_dead` is a matter for curators: see
    `knowledge.link_check`.
    """

    address = models.CharField(max_length=1000, unique=True)
    host = models.CharField(max_length=260, db_index=True)
    articles = models.ManyToManyField(Article, related_name="outside_pages")
    due_at = models.DateTimeField(db_index=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=7, choices=Failure, blank=True)
    failing_since = models.DateTimeField(null=True)
    is_dead = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.address
