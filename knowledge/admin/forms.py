"""The forms of the editor."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import publish, slugs
from knowledge.models import Article, Tag
from supportsite.sites.forms import Lines
from supportsite.sites.models import Member, Site

FILED = frozenset({"collection", "slug", "language", "region", "audience", "owner", "review_on", "tags", "publish_at"})


class TagNames(forms.CharField):
    """Tags, with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """The tags as one line; what somebody typed stays as it was."""
        return ", ".join(str(tag) for tag in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Their names, each once."""
        names = (name.strip()[:40] for name in str(value or "").split(","))
        return list(dict.fromkeys(name for name in names if name))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether there are other names."""
        return {str(tag) for tag in initial or []} != set(self.to_python(data))


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The draft of an article, what it is filed under, and the revision that its writer read."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    source = forms.IntegerField(required=False, widget=forms.HiddenInput)
    follows = forms.BooleanField(required=False, label=_("This text says what the newest source says"))
    questions = Lines(label=_("Questions this answers"), required=False, help_text=Article.questions.field.help_text)
    tags = TagNames(label=_("Tags"), required=False, help_text=_("With commas between them. Readers never see them."))

    class Meta:
        model = Article
        fields = (
            "title", "body", "questions", "site", "collection", "slug", "language", "region", "audience", "owner",
            "review_on", "tags", "publish_at",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField article-title", "dir": "auto"}),
            "body": forms.Textarea(attrs={"class": "article-body", "rows": 24, "dir": "auto", "spellcheck": "true"}),
            "review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "publish_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {
            "slug": _("The same in every language and region. If you change it, the old address leads to the new one."),
            "audience": _(
                "What is for everyone stands in the help centre. The rest only your colleagues see there; what is for "
                "verified customers also answers those whom your website vouches for."
            ),
            "publish_at": format_lazy(
                _("Empty: when you press Publish. The time is that of {zone}."), zone=settings.TIME_ZONE
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        self.initial["revision"] = article.revision
        if "publish_at" in self.fields:
            self.fields["publish_at"].input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]  # type: ignore[attr-defined]
        if article.pk is not None:
            self.initial["tags"] = list(article.tags.all())
            self._remember_what_was_shown()
        self.fields["slug"].required = article.pk is None
        self.fields["audience"].required = False
        self.stale: Article | None = None  # what the draft is now, where somebody saved it meanwhile

    def _remember_what_was_shown(self) -> None:
        """What an article is filed under has no revision: only what the writer changed is written.

        A colleague's rename or move meanwhile stays. A program that posts the fields alone means them.
        """
        for name in FILED & self.fields.keys():
            was_shown = not self.is_bound or self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = was_shown

    @property
    def site(self) -> Site | None:
        """The article's site: chosen once."""
        return self.instance.site if self.instance.pk else self.cleaned_data.get("site")

    def clean_audience(self) -> str:
        """Everyone, unless something else was chosen."""
        return self.cleaned_data["audience"] or self.instance.audience

    def clean_body(self) -> str:
        """With the ends of lines that the verbs keep."""
        return publish.with_plain_ends(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        """What the verbs would refuse, and a draft that is no longer the one which was read."""
        data = super().clean() or {}
        if self.instance.pk is not None:
            self._keep_what_was_not_sent(data)
        for field, message in self._faults(data).items():
            if field in self.fields:
                self.add_error(field, message)
        revision = data.get("revision")
        if self.instance.pk is not None and revision is not None:
            # Locked until the save that follows in the same transaction.
            kept = Article.objects.select_for_update(no_key=True).get(pk=self.instance.pk)
            if kept.revision != revision:
                self.stale = kept
                self.add_error(None, gettext("Somebody else has saved this draft meanwhile. Both versions are below."))
        return data

    def _keep_what_was_not_sent(self, data: dict[str, Any]) -> None:
        """A program may post the text alone; an empty field is sent, and empties."""
        for name in ("questions", "tags", "slug", "audience", "owner", "review_on", "publish_at"):
            if name in self.fields and self.add_prefix(name) not in self.data:
                data[name] = self.get_initial_for_field(self.fields[name], name)
        if data.get("owner") is not None and not isinstance(data["owner"], Member):
            data["owner"] = self.instance.owner

    def _faults(self, data: dict[str, Any]) -> dict[str, str]:
        article = self.instance
        wrong = publish.faults(
            data.get("language", article.language),
            data.get("region", article.region),
            data.get("title", ""),
            data.get("body", ""),
            data.get("questions", []),
        )
        for field, message in (
            ("collection", gettext("That collection belongs to another site.")),
            ("owner", gettext("That person belongs to another site.")),
        ):
            chosen = data.get(field)
            if chosen is not None and self.site is not None and chosen.site_id != self.site.pk:
                wrong[field] = message
        if "slug" in self.changed_data and "slug" in data and self.site is not None:
            wrong["slug"] = slugs.fault(self.site, data["slug"], instead_of=article.slug if article.pk else None)
        planned = data.get("publish_at")
        if planned is not None and "publish_at" in self.changed_data and planned <= timezone.now():
            wrong["publish_at"] = gettext("This time is past. Choose a later one, or press Publish.")
        return {field: message for field, message in wrong.items() if message}

    def _save_m2m(self) -> None:
        if "tags" not in self.changed_data:
            return
        site = self.instance.site
        names = self.cleaned_data.get("tags", [])
        self.cleaned_data["tags"] = [Tag.objects.get_or_create(site=site, name=name)[0] for name in names]
        super()._save_m2m()  # type: ignore[misc]
