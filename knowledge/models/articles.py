"""Articles, their published versions, and what belongs to them for readers and curators."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Member, Site


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


class Tag(models.Model):
    """A word by which curators find articles again; readers never see it."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_tag_per_name")]

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    """Who may read an article; also who somebody is that reads. Each may read what is for those before it too."""

    EVERYONE = "everyone", _("Everyone")
    CUSTOMERS = "customers", _("Verified customers")
    LOGGED_IN = "logged_in", _("Only your colleagues")

    @property
    def sees(self) -> list[str]:
        """The audiences whose articles such a reader may read."""
        every = list(Audience)
        return [one.value for one in every[: every.index(self) + 1]]

    def or_fewer(self, other: str) -> "Audience":
        """The narrower of the two."""
        return self if other in self.sees else Audience(other)


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles by the question that is asked of them."""

    def for_readers(self, site: Site | int, reader: Audience = Audience.EVERYONE) -> "ArticleQuerySet":
        """The site's published articles that such a reader may read: see Article.shown_to."""
        return self.filter(site=site, published__audience__in=reader.sees, audience__in=reader.sees)

    def shown(self, site: Site, reader: Audience = Audience.EVERYONE) -> "ArticleQuerySet":
        """The same, with what readers see of them."""
        return self.for_readers(site, reader).select_related("published", "collection")

    def languages(self, site: Site, reader: Audience = Audience.EVERYONE) -> set[str]:
        """The languages in which the site shows articles."""
        rows = self.for_readers(site, reader).order_by()
        return set(rows.values_list("language", flat=True).distinct())


class Article(models.Model):
    """One page of the help centre in one language for one region. `title`, `body` and `audience` are the draft."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="articles")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="articles")
    slug = models.SlugField(_("slug"), max_length=120, help_text=_("The same in every language and region."))
    language = models.CharField(_("language"), max_length=12, default="en")
    region = models.CharField(_("region"), max_length=8, blank=True, help_text=_("Empty: everywhere."))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    questions = models.JSONField(
        _("questions this answers"),
        default=list,
        blank=True,
        help_text=_("As customers ask them, one in a line, in any language. They help to find it and are never shown."),
    )
    audience = models.CharField(_("who may see it"), max_length=12, choices=Audience.choices, default=Audience.EVERYONE)
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("owner")
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)
    reminded_of = models.DateField(null=True, editable=False)  # the review date that its owner was reminded of
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", verbose_name=_("tags"))
    translated_from = models.ForeignKey(
        "Version", null=True, editable=False, on_delete=models.SET_NULL, related_name="translations"
    )
    published = models.ForeignKey(
        "Version", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    publish_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    held_back_because = models.TextField(blank=True, editable=False)  # what stood against it at the planned time
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_because = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    cited_on = models.DateField(null=True, editable=False)  # the day on which an answer last cited it
    replaced_by = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="replaces"
    )
    revision = models.PositiveIntegerField(default=0, editable=False)  # of the draft: raised each time that it is saved
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
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

    @property
    def shown_to(self) -> Audience:
        """Who may read what is published: whom it was published for, or the fewer whom the draft is for.

        Fewer at once; for more it is published again, since its text was written for those alone.
        """
        audience = Audience(self.audience)
        return audience if self.published is None else audience.or_fewer(self.published.audience)


class Version(models.Model):
    """What was published, for ever, and for whom. Undo publishes an older one's text again."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    questions = models.JSONField(_("questions this answers"), default=list, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    audience = models.CharField(
        max_length=12,
        choices=Audience.choices,
        default=Audience.EVERYONE,
        db_default=Audience.EVERYONE,
        editable=False,
    )
    indexed_at = models.DateTimeField(null=True, editable=False)
    despite = models.CharField(max_length=300, blank=True, editable=False)  # why, although checks stood against it

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Rating(models.Model):
    """Whether a version helped one reader. Who it was is not kept; only their browser knows the key."""

    key = models.CharField(max_length=32, unique=True, default=new_public_id)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="ratings")
    helped = models.BooleanField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version} {'yes' if self.helped else 'no'}"


class FormerSlug(models.Model):
    """A slug that an article had when readers knew it: leads to the article for ever."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=120)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="one_article_per_former_slug")]

    def __str__(self) -> str:
        return self.slug


class Picture(models.Model):
    """A picture of an article, as we encoded it. In the database, so that a backup has it."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="pictures")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=4)  # png, jpeg or webp
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "digest"], name="one_picture_per_content")]

    def __str__(self) -> str:
        return f"{self.public_id}.{self.kind}"


class Editing(models.Model):
    """Somebody has an article open in the editor, as their page last said."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="editings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="one_editing_per_person")]

    def __str__(self) -> str:
        return f"{self.user} {self.article_id}"


class Recalibration(models.Model):
    """What `manage.py train answerable` learned from the owner's questions, for one site or (null) for all."""

    site = models.OneToOneField(
        Site, null=True, blank=True, on_delete=models.CASCADE, related_name="recalibration", verbose_name=_("site")
    )
    parameters = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.site or '*'} {self.made_at:%Y-%m-%d}"
