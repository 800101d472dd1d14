"""Articles, their published versions, the sections that are indexed and cited, and the vectors of their texts."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site


def new_public_id() -> str:
    """A random id of 128 bits, safe to show."""
    return secrets.token_hex(16)


class Collection(models.Model):
    """A shelf of the help centre, such as Shipping."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="collections")
    slug = models.SlugField(_("slug"), max_length=60)
    titles = models.JSONField(_("titles by language"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ("position", "slug")
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="one_collection_per_slug")]

    def __str__(self) -> str:
        return self.title_in("en")

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English, else the slug."""
        return self.titles.get(language) or self.titles.get("en") or self.slug


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles by the question that is asked of them."""

    def shown(self, site: Site) -> "ArticleQuerySet":
        """The site's articles that readers see, with what they see of them."""
        return self.filter(site=site, published__isnull=False).select_related("published", "collection")

    def languages(self, site: Site) -> set[str]:
        """The languages in which the site shows articles."""
        rows = self.filter(site=site, published__isnull=False).order_by()
        return set(rows.values_list("language", flat=True).distinct())


class Article(models.Model):
    """One page of the help centre in one language for one region. `title` and `body` are the draft."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="articles")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="articles")
    slug = models.SlugField(_("slug"), max_length=120, help_text=_("The same in every language and region."))
    language = models.CharField(_("language"), max_length=12, default="en")
    region = models.CharField(_("region"), max_length=8, blank=True, help_text=_("Empty: everywhere."))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    published = models.ForeignKey(
        "Version", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ("collection", "slug", "language", "region")
        constraints = [
            models.UniqueConstraint(fields=["site", "slug", "language", "region"], name="one_article_per_variant")
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """What was published, for ever. Undo publishes an older one's text again."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    indexed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Section(models.Model):
    """A stretch of a version under one heading: what is embedded, found and cited."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=300, blank=True)
    anchor = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ("version", "position")
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="one_section_per_position")]

    def __str__(self) -> str:
        return self.heading or self.text[:60]


class Vector(models.Model):
    """The embedding of one text by one model, so that no text is embedded twice."""

    digest = models.CharField(max_length=64)
    model = models.CharField(max_length=60)
    numbers = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "model"], name="one_vector_per_text_and_model")]

    def __str__(self) -> str:
        return f"{self.model} {self.digest[:8]}"


class Recalibration(models.Model):
    """What `manage.py train answerable` learned from the owner's questions, for one site or (null) for all."""

    site = models.OneToOneField(
        Site, null=True, blank=True, on_delete=models.CASCADE, related_name="recalibration", verbose_name=_("site")
    )
    parameters = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.site or '*'} {self.made_at:%Y-%m-%d}"
