"""Gaps in the admin: what customers asked and did not find, the most wanted first, and what becomes of it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from knowledge import gaps, publish
from knowledge.addresses import own_path
from knowledge.models import Article, Asked, AskedKind, Gap, GapState
from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.rights import Right

QUESTIONS_SHOWN = 100
ARTICLES_OFFERED = 1000


class StateFilter(admin.SimpleListFilter):
    """Without a choice those that wait for somebody."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states, and all."""
        return [*GapState.choices, ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        """Django's own "All" is ours to mean what waits."""
        first, *others = super().choices(changelist)
        return [first | {"display": _("open or on their way")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        """The gaps in the chosen state."""
        if self.value() == "all":
            return queryset
        return queryset.filter(state__in=[self.value()] if self.value() in GapState.values else gaps.WAITING)


class KindFilter(admin.SimpleListFilter):
    """How its questions went wrong."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds."""
        return list(AskedKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        """The gaps with a question of that kind."""
        if self.value() not in AskedKind.values:
            return queryset
        return queryset.filter(pk__in=Asked.objects.filter(kind=self.value(), gap__isnull=False).values("gap"))


@admin.register(Gap)
class GapAdmin(OfSiteAdmin):
    """The gaps of the sites on which one may edit articles."""

    right = Right.EDIT_ARTICLES
    list_display = ("question", "people", "language", "kinds", "state", "asked_at", "article")
    list_filter = (StateFilter, KindFilter, "language")
    list_select_related = ("article",)
    search_fields = ("text", "asked__question")
    show_full_result_count = False
    empty_value_display = ""
    actions = ("merge",)

    class Media:
        css = {"all": ("knowledge/gaps.css",)}

    @admin.display(description=_("question"), ordering="text")
    def question(self, gap: Gap) -> str:
        """What stands for it, in a line."""
        return Truncator(gap.text).chars(140)

    @admin.display(description=_("kind"))
    def kinds(self, gap: Gap) -> str:
        """How many questions of each kind."""
        counts = ((kind, getattr(gap, f"of_{kind}")) for kind in AskedKind)
        return ", ".join(f"{kind.label} {count}" for kind, count in counts if count)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gap]:
        """With how many questions of each kind there are."""
        rows: QuerySet[Gap] = super().get_queryset(request)
        return rows.annotate(**{f"of_{kind}": _count_of(kind) for kind in AskedKind})

    @admin.action(description=_("Merge the chosen gaps into one"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        """To the page of what they have become."""
        try:
            merged = gaps.merge(list(queryset))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return None
        return self._back_to(merged.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Customers make gaps."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Gap | None = None) -> bool:
        """What is not wanted is dismissed: it would only come again."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """What can be done to a gap, beside Django's own."""
        asked: dict[str, Callable[..., HttpResponse]] = {
            "dismiss": self.dismiss,
            "bring-back": self.bring_back,
            "give": self.give,
            "split": self.split,
        }
        view = self.admin_site.admin_view
        ours = [
            path(f"<int:pk>/{route}/", view(require_POST(answer)), name=f"knowledge_gap_{answer.__name__}")
            for route, answer in asked.items()
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, by what it is."""
        words = {"title": gettext("What customers asked and did not find")}
        return super().changelist_view(request, {**(extra_context or {}), **words})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The gap: its questions, what was cited and disputed, and what can be done."""
        gap = self._theirs(request, object_id)
        articles = Article.objects.filter(site=gap.site).order_by("title", "language")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": Truncator(gap.text).chars(80),
            "media": self.media,
            "gap": gap,
            "original": gap,
            "counts": [(AskedKind(kind).label, count) for kind, count in _counts(gap)],
            "asked": [_with_own_links(one) for one in gap.asked.all()[:QUESTIONS_SHOWN]],
            "more": max(0, gap.asked.count() - QUESTIONS_SHOWN),
            "collections": gap.site.collections.all(),
            "articles": articles.only("title", "language", "region")[:ARTICLES_OFFERED],
            "try_path": f"{reverse('curation:try_it')}?{urlencode(_try(gap))}",
            "may_publish": self._may_publish(request, gap),
            "may_read": sites_with(request, Right.READ_CONVERSATIONS).filter(pk=gap.site_id).exists(),
        }
        return render(request, "admin/knowledge/gap/gap.html", context)

    def dismiss(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Not for this help centre."""
        gaps.dismiss(self._theirs(request, pk))
        messages.success(request, gettext("Put aside. It stays so, however often it is asked."))
        return self._back_to(pk)

    def bring_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It is wanted after all."""
        gaps.bring_back(self._theirs(request, pk))
        return self._back_to(pk)

    def give(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An article that exists answers it."""
        gap = self._theirs(request, pk)
        if not self._may_publish(request, gap):
            raise PermissionDenied
        chosen = request.POST.get("article", "")
        number = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
        article = get_object_or_404(Article, pk=number, site=gap.site)
        user = request.user if request.user.is_authenticated else None
        try:
            gaps.give_to(gap, article, by=user, now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return self._back_to(pk)
        except (publish.Refused, publish.StaleDraft) as error:
            messages.error(request, str(error))
            words = gettext("The draft of “%(title)s” holds these questions. They help once you publish it.")
            messages.info(request, words % {"title": article.title})
            return self._back_to(pk)
        words = gettext("“%(title)s” holds these questions now. The gap closes once they find their answer in it.")
        messages.success(request, words % {"title": article.title})
        return self._back_to(pk)

    def split(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Some of its questions are of another meaning."""
        chosen = [int(one) for one in request.POST.getlist("asked") if one.isdecimal() and len(one) < 19]
        try:
            made = gaps.split(self._theirs(request, pk), chosen)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return self._back_to(pk)
        messages.success(request, gettext("This is a gap of its own now."))
        return self._back_to(made.pk)

    def _theirs(self, request: HttpRequest, pk: int | str) -> Gap:
        number = pk if isinstance(pk, int) or (pk.isdecimal() and len(pk) < 19) else 0
        rows = self.get_queryset(request).select_related("site", "article")
        found: Gap = get_object_or_404(rows, pk=number)
        return found

    def _may_publish(self, request: HttpRequest, gap: Gap) -> bool:
        return sites_with(request, Right.PUBLISH).filter(pk=gap.site_id).exists()

    def _back_to(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:knowledge_gap_change", args=[pk]))


def _count_of(kind: AskedKind) -> Subquery:
    rows = Asked.objects.filter(gap=OuterRef("pk"), kind=kind).order_by().values("gap")
    return Subquery(rows.annotate(n=Count("pk")).values("n"))


def _counts(gap: Gap) -> list[tuple[str, int]]:
    rows = gap.asked.order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n")
    found = dict(rows)
    return [(kind, found[kind]) for kind in AskedKind.values if kind in found]


def _with_own_links(asked: Asked) -> Asked:
    """Its sources lead to articles of ours or nowhere: nobody says what a row may hold one day."""
    asked.cited = [source | {"url": own_path(str(source.get("url", "")))} for source in asked.cited]
    return asked


def _try(gap: Gap) -> dict[str, str | int]:
    """What the page for trying a question is told."""
    question = " ".join(gap.text.split())[:300]
    return {"site": gap.site_id, "q": question, "language": gap.language, "expected": gap.article_id or ""}
