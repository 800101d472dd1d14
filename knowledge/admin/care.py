"""Care in the admin: one worklist of what curators should look at in what readers see."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from knowledge import care
from knowledge.addresses import article_path
from knowledge.finding_words import words
from knowledge.models import Article, Finding, FindingKind, FindingState
from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.rights import Right


class StateFilter(admin.SimpleListFilter):
    """Without a choice what is open."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What was put aside, and all."""
        return [(FindingState.ASIDE.value, FindingState.ASIDE.label), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        """Django's own "All" is ours to mean what is open."""
        first, *others = super().choices(changelist)
        return [first | {"display": FindingState.OPEN.label}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """The findings in the chosen state."""
        if self.value() == "all":
            return queryset
        chosen = FindingState.ASIDE if self.value() == FindingState.ASIDE else FindingState.OPEN
        return queryset.filter(state=chosen)


class LanguageFilter(admin.SimpleListFilter):
    """By the article's language, of one's own sites only."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The languages in which something was found."""
        theirs = model_admin.get_queryset(request).order_by("article__language")
        return [(code, code) for code in theirs.values_list("article__language", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """What was found in the chosen language."""
        return queryset.filter(article__language=self.value()) if self.value() else queryset


@admin.register(Finding)
class FindingAdmin(OfSiteAdmin):
    """The findings of the sites on which one may edit articles."""

    right = Right.EDIT_ARTICLES
    list_display = ("found", "kind", "at_article", "language", "seen_at")
    list_filter = (StateFilter, "kind", LanguageFilter)
    list_select_related = ("article", "other")
    search_fields = ("article__title", "other__title", "target")
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ("knowledge/gaps.css", "knowledge/care.css")}

    @admin.display(description=_("what was found"))
    def found(self, finding: Finding) -> str:
        """In a sentence."""
        return words(finding)

    @admin.display(description=_("article"), ordering="article__title")
    def at_article(self, finding: Finding) -> str:
        """Where."""
        return finding.article.title

    @admin.display(description=_("language"), ordering="article__language")
    def language(self, finding: Finding) -> str:
        """Of the article."""
        return " ".join(filter(None, (finding.article.language, finding.article.region)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Care makes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Finding | None = None) -> bool:
        """They go by themselves; what is no mistake is put aside."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """What can be done to a finding, beside Django's own."""
        view = self.admin_site.admin_view
        ours = [
            path("<int:pk>/put-aside/", view(require_POST(self.put_aside)), name="knowledge_finding_put_aside"),
            path("<int:pk>/bring-back/", view(require_POST(self.bring_back)), name="knowledge_finding_bring_back"),
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, and how far the look is."""
        told = {
            "title": gettext("What to look at in the articles"),
            "progress": care.progress(sites_with(request, self.right)),
        }
        return super().changelist_view(request, {**(extra_context or {}), **told})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Both places side by side, with the way to the page and to the editor."""
        finding = self._theirs(request, object_id)
        if finding is None:
            return self._gone(request)
        here = finding.detail.get("here") or {"quote": finding.detail.get("quote", "")}
        sides = [_side(finding.article, finding.anchor, here)]
        if finding.other is not None:
            sides.append(_side(finding.other, finding.other_anchor, finding.detail.get("there", {})))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": words(finding),
            "media": self.media,
            "finding": finding,
            "sides": sides,
            "dead_page": finding.detail["address"] if finding.kind == FindingKind.OUTSIDE else "",
        }
        return render(request, "admin/knowledge/finding/finding.html", context)

    def put_aside(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It is no mistake."""
        finding = self._theirs(request, pk)
        if finding is None:
            return self._gone(request)
        user = request.user if request.user.is_authenticated else None
        try:
            care.put_aside(finding, reason=request.POST.get("reason", ""), by=user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:knowledge_finding_change", args=[pk]))
        messages.success(request, gettext("Put aside. It comes back when one of its texts changes."))
        return HttpResponseRedirect(reverse("admin:knowledge_finding_changelist"))

    def bring_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It is to be looked at after all."""
        finding = self._theirs(request, pk)
        if finding is None:
            return self._gone(request)
        care.bring_back(finding)
        return HttpResponseRedirect(reverse("admin:knowledge_finding_change", args=[pk]))

    def _theirs(self, request: HttpRequest, pk: int | str) -> Finding | None:
        number = pk if isinstance(pk, int) or (pk.isdecimal() and len(pk) < 19) else 0
        rows = self.get_queryset(request).select_related("site", "article__site", "other__site", "put_aside_by")
        found: Finding | None = rows.filter(pk=number).first()
        return found

    def _gone(self, request: HttpRequest) -> HttpResponse:
        """Findings go by themselves, also between the list and the click."""
        messages.info(request, gettext("That is no longer so: the articles were changed since."))
        return HttpResponseRedirect(reverse("admin:knowledge_finding_changelist"))


def _side(article: Article, anchor: str, detail: dict[str, str]) -> dict[str, Any]:
    """One of the places: its words, its page and its editor."""
    page = article_path(article.site.key, article.language, article.slug, region=article.region, anchor=anchor)
    return {"article": article, "page": page, **detail}
