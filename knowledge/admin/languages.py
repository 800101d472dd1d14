"""Languages side by side: each article a row, each language a column, and what is missing or outdated."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from knowledge.diff import Line, changes
from knowledge.models import Article
from knowledge.readers import native_name
from knowledge.translations import Cell, Row, followed, rows, source_language, source_of, state_of
from supportsite.sites.admin import OfSiteAdmin, sites_with

ROWS_SHOWN = 50


@dataclass(frozen=True)
class Beside:
    """What the editor shows of an article's languages: its row, and what its source has changed since."""

    cells: tuple[Cell, ...]
    source: Article | None
    is_outdated: bool
    lines: list[Line]


class LanguagesAdmin(OfSiteAdmin):
    """The page of languages, and the way from an empty cell to a translation."""

    def get_urls(self) -> list[URLPattern]:
        """Ours before Django's, which would take it for an id."""
        view = self.admin_site.admin_view(self.languages)
        return [path("languages/", view, name="knowledge_article_languages"), *super().get_urls()]

    def languages(self, request: HttpRequest) -> HttpResponse:
        """The articles of one site (`?site=`) in all its languages."""
        sites = list(sites_with(request, self.right).order_by("name"))
        wanted = request.GET.get("site")
        site = next((one for one in sites if wanted in (None, "", str(one.pk))), None)
        if site is None:
            raise Http404
        articles = Article.objects.filter(site=site).order_by("slug")
        languages = sorted(set(articles.order_by().values_list("language", flat=True)))
        first = source_language(site, languages)
        languages.sort(key=lambda code: (code != first, code))
        page = Paginator(articles.values_list("slug", flat=True).distinct(), ROWS_SHOWN).get_page(request.GET.get("p"))
        context = self.admin_site.each_context(request) | {
            "title": self.model._meta.verbose_name_plural,
            "opts": self.model._meta,
            "site": site,
            "sites": sites,
            "languages": [(code, native_name(code)) for code in languages],
            "rows": rows(site, list(page.object_list), languages),
            "page": page,
        }
        return TemplateResponse(request, "admin/knowledge/article/languages.html", context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A translation begins as its source's text."""
        initial = super().get_changeform_initial_data(request)
        source = self.source_asked_for(request)
        if source is None:
            return self._of_the_only_site(request) | initial
        taken = ("title", "body", "questions", "slug", "audience")
        filed = {"site": source.site_id, "collection": source.collection_id, "tags": list(source.tags.all())}
        return {name: getattr(source, name) for name in taken} | filed | initial | {"source": source.pk}

    def _of_the_only_site(self, request: HttpRequest) -> dict[str, Any]:
        sites = list(sites_with(request, self.right)[:2])
        return {"site": sites[0].pk, "language": sites[0].locale.lower()} if len(sites) == 1 else {}

    def source_asked_for(self, request: HttpRequest) -> Article | None:
        """The article that a new one is to translate, where the address or the form names one of theirs."""
        number = request.POST.get("source") or request.GET.get("source") or ""
        if not number.isdecimal() or len(number) > 9:
            return None
        found: Article | None = self.get_queryset(request).filter(pk=int(number)).first()
        return found


def beside(article: Article) -> Beside:
    """The article in its site's languages."""
    site = article.site
    there = set(Article.objects.filter(site=site).order_by().values_list("language", flat=True))
    row: Row = rows(site, [article.slug], sorted(there))[0]
    source = source_of(article)
    outdated = state_of(article, source) == "outdated"
    lines: list[Line] = []
    if outdated and source is not None and source.published is not None and (since := followed(article, source)):
        lines = changes(since.body, source.published.body)
    return Beside(row.cells, source, outdated, lines)
