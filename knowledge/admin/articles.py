"""Articles in the admin: edit the draft, look at it, publish, see what changed, undo, withdraw."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import publish, slugs
from knowledge.models import Article, Collection
from knowledge.ratings import with_tallies
from knowledge.render import shows_foreign_pictures
from knowledge.reviews import owners
from knowledge.translations import source_of
from supportsite.sites.admin import PlainChoices, sites_with
from supportsite.sites.rights import Right

from .bulk import BulkAdmin, as_file
from .editor import EditorAdmin, sides
from .filters import CollectionFilter, OwnerFilter, RegionFilter, ReviewFilter, StateFilter, TagFilter
from .forms import ArticleForm
from .history import differs, draft_lines, history, page_of, replacements
from .languages import LanguagesAdmin, beside
from .publishing import back_to
from .scripts import TOOLS, scripts

FIXED_ONCE_PUBLISHED = ("language", "region")


@admin.register(Article)
class ArticleAdmin(EditorAdmin, LanguagesAdmin, BulkAdmin, PlainChoices):
    """The articles of the sites on which one may edit them."""

    right = Right.EDIT_ARTICLES
    form = ArticleForm
    change_form_template = "admin/knowledge/article/change_form.html"
    list_display = ("title", "variant", "state", "collection", "owner_name", "review", "helpful", "changed")
    empty_value_display = ""
    list_filter = (
        StateFilter,
        ReviewFilter,
        "language",
        RegionFilter,
        CollectionFilter,
        "audience",
        OwnerFilter,
        TagFilter,
    )
    list_select_related = ("collection", "published", "owner")
    change_list_template = "admin/knowledge/article/change_list.html"
    search_fields = ("title", "body", "slug")
    ordering = ("-updated_at",)
    show_full_result_count = False
    # One field for a moment, not Django's two: the browser's own picker serves both.
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField}}
    fieldsets = (
        (None, {"fields": ("title", "body")}),
        (_("How customers ask"), {"fields": ("questions",)}),
        (_("Where it belongs"), {"fields": ("site", "collection", ("language", "region"), "slug", "tags")}),
        (_("Who and when"), {"fields": ("audience", "owner", ("review_on", "publish_at"))}),
    )

    class Media:
        css = {"all": ("knowledge/admin.css", "admin/editor/editor.css")}

    @admin.display(description=_("language"), ordering="language")
    def variant(self, article: Article) -> str:
        """The language and the region that it is for."""
        return f"{article.language} {article.region}".strip()

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, article: Article) -> str:
        """When it was saved last."""
        return _moment(article.updated_at)

    @admin.display(description=_("state"))
    def state(self, article: Article) -> str:
        """In one or two words."""
        if article.held_back_because:
            return gettext("was to be published, held back")
        if article.publish_at is not None:
            return gettext("planned for %(moment)s") % {"moment": _moment(article.publish_at)}
        if article.withdrawn_at is not None:
            return gettext("withdrawn")
        if article.published is None:
            return gettext("draft only")
        return gettext("published, draft differs") if differs(article) else gettext("published")

    @admin.display(description=_("owner"), ordering="owner__name")
    def owner_name(self, article: Article) -> str:
        """Who looks after it."""
        return article.owner.name if article.owner else ""

    @admin.display(description=_("review on"), ordering="review_on")
    def review(self, article: Article) -> str:
        """The day, and whether it has come."""
        if article.review_on is None:
            return ""
        day = date_format(article.review_on, "SHORT_DATE_FORMAT")
        if article.review_on > timezone.localdate():
            return day
        return format_html('<strong class="article-due">{} {}</strong>', day, gettext("due"))

    @admin.display(description=_("helpful"), ordering="-said_no")
    def helpful(self, article: Article) -> str:
        """How many of the readers who said anything said that it helped."""
        yes, no = getattr(article, "said_yes", 0), getattr(article, "said_no", 0)
        return gettext("%(yes)d of %(all)d") % {"yes": yes, "all": yes + no} if yes or no else ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Article]:
        """With what readers said."""
        return with_tallies(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> tuple[str, ...]:
        """The site is chosen once; what names a variant stays once readers know it."""
        if obj is None:
            return ()
        return ("site", *FIXED_ONCE_PUBLISHED) if obj.versions.exists() else ("site",)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Article | None = None) -> dict[str, Any]:
        """A slug from the title, for a new article."""
        return {"slug": ("title",)} if obj is None else {}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only collections and curators of one's own sites can be chosen."""
        if db_field.name == "collection":
            kwargs["queryset"] = Collection.objects.filter(site__in=sites_with(request, self.right))
        if db_field.name == "owner":
            kwargs["queryset"] = owners().filter(site__in=sites_with(request, self.right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, under its own name."""
        return super().changelist_view(request, {"title": _("Articles"), **(extra_context or {})})

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What was once published is withdrawn, not deleted: answers cite it."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is not None and not obj.versions.exists()

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """By the verbs."""
        changes = self._changes(request, obj, form)
        if change:
            slug = changes.pop("slug", None)
            publish.save_draft(article=obj, by=self.person(request), **changes)
            if slug not in (None, obj.slug):
                slugs.rename(article=obj, slug=slug)
            return
        for name, value in changes.items():
            setattr(obj, name, value)
        obj.edited_by = self.person(request)
        publish.check(obj)
        obj.save()

    def _changes(self, request: HttpRequest, article: Article, form: Any) -> dict[str, Any]:
        """What the form changes of the article, and what follows from that."""
        names = set(form.changed_data) & publish.Draft.__annotations__.keys()
        changes = {name: form.cleaned_data[name] for name in names}
        if "publish_at" in changes:
            if not self._may_publish(request, article):
                raise PermissionDenied
            changes["publish_by"] = self.person(request) if changes["publish_at"] else None
        source = source_of(article) if form.cleaned_data.get("follows") else self.source_asked_for(request)
        if source is not None and source.site_id == article.site_id and source.published is not None:
            changes["translated_from"] = source.published
        return changes

    def get_urls(self) -> list[URLPattern]:
        """Ours before Django's, which would take it for an id."""
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="knowledge_article_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Every article of one's site, with its pictures, as a .zip; whoever has several names the site by its key."""
        if not self._may(request):
            raise PermissionDenied
        sites = sites_with(request, self.right)
        if "site" in request.GET:
            sites = sites.filter(key=request.GET["site"])
        if len(sites) > 1:
            return TemplateResponse(
                request,
                "admin/knowledge/article/export.html",
                self.admin_site.each_context(request)
                | {"title": gettext("Export all"), "opts": self.opts, "sites": sites},
            )
        return as_file(self.get_queryset(request).filter(site__in=sites))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Django's, and after its transaction what is to be published: checks may take a second, and nobody waits."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        article: Article | None = getattr(request, "to_publish", None)
        if article is None:
            return answer
        try:
            return self._publish(request, article)
        except publish.StaleDraft:
            # The same form again, as of the draft that was saved from it: it shows both versions.
            posted = request.POST.copy()
            posted["revision"] = str(article.revision)
            request.POST = posted  # type: ignore[assignment]
            return super().changeform_view(request, str(article.pk), form_url, extra_context)

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the article."""
        return self._after_save(request, obj)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        """Stay with the article."""
        return self._after_save(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The editor with its history below; both versions where somebody else saved the draft meanwhile."""
        article: Article | None = kwargs.get("obj")
        form = context["adminform"].form
        context |= {"may_publish": self._may_publish(request, article), "editor": scripts(article), "tools": TOOLS}
        context["refused"] = _refused(request)
        if article is not None:
            # The form has put what was posted into the other row.
            kept = Article.objects.select_related("published", "site", "replaced_by").get(pk=article.pk)
            context |= {
                "original": kept,
                "versions": history(kept),
                "draft_lines": draft_lines(kept),
                "draft_differs": differs(kept),
                "page": page_of(kept),
                "replacements": replacements(kept),
                "beside": beside(kept),
                "foreign": shows_foreign_pictures(kept.body),
            }
        if form.is_bound and form.stale is not None:
            context |= sides(form.stale, form.cleaned_data)
            context["revision"] = form.stale.revision
        return super().render_change_form(request, context, *args, **kwargs)

    def _after_save(self, request: HttpRequest, article: Article) -> HttpResponse:
        of = request.POST.get("_replay", "")
        if of in ("draft", "withdrawal"):
            # The browser posts the same form there: another app's page begins its work by a post.
            return HttpResponseRedirect(reverse("curation:begin_replay", args=[article.pk, of]), preserve_request=True)
        if "_publish" in request.POST:
            request.to_publish = article  # type: ignore[attr-defined]  # see changeform_view
        elif article.publish_at is not None:
            text = gettext("The draft is kept. It will be published on %(moment)s.")
            messages.success(request, text % {"moment": _moment(article.publish_at)})
        else:
            messages.success(request, gettext("The draft is kept. Readers still see what is published."))
        return back_to(article)

    def _publish(self, request: HttpRequest, article: Article) -> HttpResponse:
        if not self._may_publish(request, article):
            raise PermissionDenied
        how: dict[str, Any] = {"revision": article.revision, "despite": request.POST.get("despite", "")}
        try:
            version = publish.publish(article=article, by=self.person(request), now=timezone.now(), **how)
        except publish.NothingToPublish as error:
            return self.say_refused(request, article, error)
        self.say_published(request, article, version)
        return back_to(article)


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _refused(request: HttpRequest) -> str:
    """What was refused a moment ago: the draft, or a version by its number."""
    asked = request.GET.get("refused", "")
    return asked if asked == "draft" or (asked.isdecimal() and len(asked) < 10) else ""
