"""Articles in the admin: edit the draft, look at it, publish, see what changed, publish an older version again."""

from dataclasses import dataclass
from types import new_class
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.rights import Right

from . import publish
from .addresses import article_path
from .diff import Line, changes
from .models import Article, Collection, Version
from .render import shows_foreign_pictures, to_html

VERSIONS_SHOWN = 20
FIXED_ONCE_PUBLISHED = ("slug", "language", "region")


@dataclass(frozen=True)
class VersionShown:
    """A version with what it changed in the one before it."""

    row: Version
    is_current: bool
    title_was: str
    lines: list[Line]


class StateFilter(admin.SimpleListFilter):
    """Published, changed since, or never published."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three states."""
        return [("published", _("published")), ("changed", _("published, draft differs")), ("draft", _("draft only"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles in the chosen state."""
        equal = Q(title=F("published__title"), body=F("published__body"))
        if self.value() == "published":
            return queryset.filter(equal, published__isnull=False)
        if self.value() == "changed":
            return queryset.filter(published__isnull=False).exclude(equal)
        if self.value() == "draft":
            return queryset.filter(published__isnull=True)
        return queryset


class RegionFilter(admin.SimpleListFilter):
    """By region; articles without one are for everywhere."""

    title = _("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The regions that there are."""
        regions = model_admin.get_queryset(request).exclude(region="").order_by("region")
        return [("-", _("everywhere")), *((r, r) for r in regions.values_list("region", flat=True).distinct())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles of the chosen region."""
        value = self.value()
        return queryset if value is None else queryset.filter(region="" if value == "-" else value)


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The draft of an article."""

    class Meta:
        model = Article
        fields = ("title", "body", "site", "collection", "slug", "language", "region")
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField article-title", "dir": "auto"}),
            "body": forms.Textarea(attrs={"class": "vLargeTextField article-body", "rows": 24, "dir": "auto"}),
        }

    def clean(self) -> dict[str, Any]:
        """What the verbs would refuse."""
        data = super().clean() or {}
        article = self.instance
        wrong = publish.faults(
            data.get("language", article.language),
            data.get("region", article.region),
            data.get("title", ""),
            data.get("body", ""),
        )
        collection = data.get("collection")
        if collection is not None and collection.site != data.get(
            "site", collection.site if article.pk is None else article.site
        ):
            wrong["collection"] = gettext("That collection belongs to another site.")
        for field, message in wrong.items():
            if field in self.fields:
                self.add_error(field, message)
        return data


@admin.register(Article)
class ArticleAdmin(OfSiteAdmin):
    """The articles of the sites on which one may edit them."""

    right = Right.EDIT_ARTICLES
    form = ArticleForm
    change_form_template = "admin/knowledge/article/change_form.html"
    list_display = ("title", "language", "region", "collection", "state", "updated_at")
    list_filter = (StateFilter, "language", RegionFilter, "collection")
    list_select_related = ("collection", "published")
    search_fields = ("title", "body", "slug")
    ordering = ("-updated_at",)
    show_full_result_count = False
    actions = None
    fieldsets = (
        (None, {"fields": ("title", "body")}),
        (_("Where it belongs"), {"fields": ("site", "collection", ("language", "region"), "slug")}),
    )

    class Media:
        css = {"all": ("knowledge/admin.css",)}

    @admin.display(description=_("state"))
    def state(self, article: Article) -> str:
        """In one or two words."""
        if article.published is None:
            return gettext("draft only")
        return gettext("published, draft differs") if differs(article) else gettext("published")

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> tuple[str, ...]:
        """The site is chosen once; what names a variant stays once readers know it."""
        if obj is None:
            return ()
        return ("site", *FIXED_ONCE_PUBLISHED) if obj.versions.exists() else ("site",)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Article | None = None) -> dict[str, Any]:
        """A slug from the title, for a new article."""
        return {"slug": ("title",)} if obj is None else {}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only collections of one's own sites can be chosen."""
        if db_field.name == "collection":
            kwargs["queryset"] = Collection.objects.filter(site__in=sites_with(request, self.right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What was once published is withdrawn, not deleted: answers cite it."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is not None and not obj.versions.exists()

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """By the verbs."""
        if change:
            publish.save_draft(article=obj, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            publish.check(obj)
            obj.save()

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the article."""
        return self._after_save(request, obj)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        """Stay with the article."""
        return self._after_save(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The editor with its history below."""
        article = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if article is not None and self.has_view_permission(request, article):
            context |= {
                "may_publish": self._may_publish(request, article),
                "versions": history(article),
                "draft_lines": draft_lines(article),
                "draft_differs": differs(article),
                "page": page_of(article),
                "foreign": shows_foreign_pictures(article.body),
            }
        elif object_id is None:
            context["may_publish"] = sites_with(request, Right.PUBLISH).exists()
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """Preview, publishing an older version again, and withdrawing, beside Django's own."""
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview), name="knowledge_article_preview"),
            path("<int:pk>/again/<int:number>/", view(self.publish_again), name="knowledge_article_again"),
            path("<int:pk>/withdraw/", view(self.withdraw), name="knowledge_article_withdraw"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What is in the form, as readers would see it; nothing is stored."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self._may(request):
            raise PermissionDenied
        written = request.POST.get("body", "")
        body = to_html(written, links=lambda slug: f"#{slug}")
        context = {"title": request.POST.get("title", ""), "body": body, "foreign": shows_foreign_pictures(written)}
        return render(request, "knowledge/preview.html", context)

    def publish_again(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Undo: the text of an older version becomes the newest."""
        article = self._to_publish(request, pk)
        if not isinstance(article, Article):
            return article
        try:
            version = publish.undo(article=article, to_number=number, by=_person(request), now=timezone.now())
        except publish.NothingToPublish as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, article, f"version {number} again, as {version.number}")
            self._say_published(request, article)
        return self._back_to(article)

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the article to nobody."""
        article = self._to_publish(request, pk)
        if not isinstance(article, Article):
            return article
        publish.withdraw(article=article, by=_person(request), now=timezone.now())
        self.log_change(request, article, "withdrawn")
        messages.success(request, gettext("Readers do not see it any more. The draft and its history are kept."))
        return self._back_to(article)

    def _to_publish(self, request: HttpRequest, pk: int) -> Article | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article: Article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_publish(request, article):
            raise PermissionDenied
        return article

    def _after_save(self, request: HttpRequest, article: Article) -> HttpResponse:
        if "_publish" not in request.POST:
            messages.success(request, gettext("The draft is kept. Readers still see what is published."))
        elif not self._may_publish(request, article):
            raise PermissionDenied
        else:
            try:
                publish.publish(article=article, by=_person(request), now=timezone.now())
            except publish.NothingToPublish as error:
                messages.error(request, str(error))
            else:
                self._say_published(request, article)
        return self._back_to(article)

    def _say_published(self, request: HttpRequest, article: Article) -> None:
        text = gettext("Published. Answers use it within a few seconds.")
        messages.success(
            request, format_html('{} <a href="{}">{}</a>', text, page_of(article), gettext("Open the page"))
        )

    def _back_to(self, article: Article) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))

    def _may_publish(self, request: HttpRequest, article: Article) -> bool:
        return sites_with(request, Right.PUBLISH).filter(pk=article.site_id).exists()


def differs(article: Article) -> bool:
    """Whether the draft is not what readers see."""
    shown = article.published
    return shown is not None and (shown.title, shown.body) != (article.title, article.body)


def draft_lines(article: Article) -> list[Line]:
    """What publishing the draft would change."""
    return changes(article.published.body, article.body) if article.published else []


def history(article: Article) -> list[VersionShown]:
    """The newest versions, each with what it changed."""
    rows = list(article.versions.select_related("published_by")[: VERSIONS_SHOWN + 1])
    before: list[Version | None] = [*rows[1:], None]
    shown = [
        VersionShown(
            row=row,
            is_current=row.pk == article.published_id,
            title_was=older.title if older and older.title != row.title else "",
            lines=changes(older.body, row.body) if older else [],
        )
        for row, older in zip(rows, before, strict=True)
    ]
    return shown[:VERSIONS_SHOWN]


def page_of(article: Article) -> str:
    """The article's page in the help centre; empty while there is none."""
    if article.published_id is None:
        return ""
    return article_path(article.site.key, article.language, article.slug, region=article.region)


def _person(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


def _title_field(code: str, language: Any) -> forms.CharField:
    return forms.CharField(
        label=language, max_length=120, required=code == "en", widget=forms.TextInput(attrs={"class": "vTextField"})
    )


# A form with a field for each language of the interface; written out it would repeat LANGUAGES.
TitlesForm: Any = new_class(
    "TitlesForm",
    (forms.ModelForm,),
    exec_body=lambda fields: fields.update(
        {f"title_{code}": _title_field(code, name) for code, name in settings.LANGUAGES}
    ),
)


class CollectionForm(TitlesForm):
    """A collection with its title in each language of the interface."""

    class Meta:
        model = Collection
        fields = ("site", "slug", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"title_{code}"].initial = (self.instance.titles or {}).get(code, "")

    def save(self, commit: bool = True) -> Any:
        """The titles that were given; those of other languages stay."""
        given = {code: self.cleaned_data[f"title_{code}"] for code, _name in settings.LANGUAGES}
        kept = {code: title for code, title in (self.instance.titles or {}).items() if code not in given}
        self.instance.titles = kept | {code: title for code, title in given.items() if title}
        return super().save(commit)


@admin.register(Collection)
class CollectionAdmin(OfSiteAdmin):
    """The shelves of the help centre."""

    right = Right.EDIT_ARTICLES
    form = CollectionForm
    list_display = ("__str__", "slug", "position")
    list_editable = ("position",)
    fieldsets = (
        (None, {"fields": ("site", "slug", "position")}),
        (_("Title"), {"fields": [f"title_{code}" for code, _name in settings.LANGUAGES]}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Collection | None = None) -> tuple[str, ...]:
        """The site is chosen once."""
        return () if obj is None else ("site",)

    def has_delete_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        """Only an empty one."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is not None and not obj.articles.exists()
