"""Articles, their published versions, the sections that are indexed and cited, and the vectors of their texts."""

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
    """Who may read an article."""

    EVERYONE = "everyone", _("Everyone")
    LOGGED_IN = "logged_in", _("Only who is logged in")


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles by the question that is asked of them."""

    def for_readers(self, site: Site, *, logged_in: bool = False) -> "ArticleQuerySet":
        """The site's published articles whose audience the reader belongs to."""
        rows = self.filter(site=site, published__isnull=False)
        return rows if logged_in else rows.filter(audience=Audience.EVERYONE)

    def shown(self, site: Site, *, logged_in: bool = False) -> "ArticleQuerySet":
        """The same, with what readers see of them."""
        return self.for_readers(site, logged_in=logged_in).select_related("published", "collection")

    def languages(self, site: Site, *, logged_in: bool = False) -> set[str]:
        """The languages in which the site shows articles."""
        rows = self.for_readers(site, logged_in=logged_in).order_by()
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
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_because = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
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


class Version(models.Model):
    """What was published, for ever. Undo publishes an older one's text again."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    questions = models.JSONField(_("questions this answers"), default=list, blank=True)
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

    `digest` names the text that the import wrote last: a draft that is another one was changed here since.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=1000)
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="origin")
    source = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="origins")
    digest = models.CharField(max_length=64)
    vanished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "key"], name="one_article_per_origin")]

    def __str__(self) -> str:
        return self.key
