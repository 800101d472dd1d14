"""What the editor's scripts ask for: a preview, pasted text as Markdown, a place for pictures, a draft that is kept."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from knowledge import editing, pasting, pictures, publish
from knowledge.diff import side_by_side
from knowledge.models import Article
from knowledge.render import shows_foreign_pictures, to_html
from knowledge.split import sections
from supportsite.sites.admin import sites_with
from supportsite.sites.forms import Lines

from .publishing import PublishingAdmin


class EditorAdmin(PublishingAdmin):
    """The addresses that the editor's scripts post to. Every one asks again who may."""

    def get_urls(self) -> list[URLPattern]:
        """Ours before Django's, which would take them for ids."""
        asked: dict[str, Callable[..., HttpResponse]] = {
            "preview/": self.preview,
            "preview/part/": self.preview_part,
            "paste/": self.paste,
            "pictures/": self.take_picture,
            "draft/": self.save_new,
            "<int:pk>/draft/": self.save_draft,
            "<int:pk>/here/": self.here,
        }
        view = self.admin_site.admin_view
        ours = [
            path(route, view(require_POST(answer)), name=f"knowledge_article_{answer.__name__}")
            for route, answer in asked.items()
        ]
        return [*ours, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What is in the form, as readers would see it; nothing is stored."""
        return render(request, "knowledge/preview.html", self._preview_of(request))

    def preview_part(self, request: HttpRequest) -> HttpResponse:
        """The same beside the text: as a page, and in the pieces in which the assistant quotes it."""
        return render(request, "admin/knowledge/article/_preview.html", self._preview_of(request))

    def _preview_of(self, request: HttpRequest) -> dict[str, Any]:
        self._let_curators(request)
        title, body = request.POST.get("title", ""), request.POST.get("body", "")
        pieces = sections(title, body) if body.strip() else []
        html = to_html(body, links=lambda slug: f"#{slug}")
        return {"title": title, "body": html, "pieces": pieces, "foreign": shows_foreign_pictures(body)}

    def paste(self, request: HttpRequest) -> JsonResponse:
        """A clipboard's HTML as Markdown."""
        self._let_curators(request)
        pasted = pasting.to_markdown(request.POST.get("html", ""))
        return JsonResponse({"markdown": pasted.markdown, "pictures": pasted.pictures})

    def take_picture(self, request: HttpRequest) -> JsonResponse:
        """Keep a picture that was pasted or dropped; its path."""
        site = sites_with(request, self.right).filter(pk=_number(request.POST.get("site")) or 0).first()
        file = request.FILES.get("picture")
        if site is None or file is None:
            raise PermissionDenied
        try:
            picture = pictures.store(site=site, file=file, now=timezone.now())
        except pictures.BadPicture as error:
            return JsonResponse({"error": str(error)}, status=400)
        return JsonResponse({"path": pictures.path_of(picture)})

    def save_new(self, request: HttpRequest) -> JsonResponse:
        """Keep a new article as a draft, once it is whole enough."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.get_form(request)(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": _first_fault(form.errors)}, status=400)
        article = form.save(commit=False)
        self.save_model(request, article, form, change=False)
        form.save_m2m()
        return JsonResponse(_saved(article) | addresses_of(article), status=201)

    def save_draft(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Keep title, text and questions. 409 with both versions where somebody saved them meanwhile."""
        article: Article = get_object_or_404(self.get_queryset(request), pk=pk)
        mine = {
            "title": request.POST.get("title", ""),
            "body": request.POST.get("body", ""),
            "questions": Lines().to_python(request.POST.get("questions", "")),
        }
        try:
            publish.save_draft(
                article=article, by=self.person(request), revision=_number(request.POST.get("revision")), **mine
            )
        except publish.StaleDraft as stale:
            html = render_to_string("admin/knowledge/article/_stale.html", sides(stale.article, mine), request)
            theirs = {name: getattr(stale.article, name) for name in ("title", "body", "questions", "revision")}
            return JsonResponse({"html": html, "theirs": theirs}, status=409)
        except ValidationError as error:
            return JsonResponse({"error": _first_fault(error.message_dict)}, status=400)
        return JsonResponse(_saved(article))

    def here(self, request: HttpRequest, pk: int) -> JsonResponse:
        """This person has the article open, or has left it. Who else has."""
        article: Article = get_object_or_404(self.get_queryset(request), pk=pk)
        user, now = self.person(request), timezone.now()
        if "gone" in request.POST:
            editing.say_gone(article=article, user=user)
        else:
            editing.say_here(article=article, user=user, now=now)
        names = editing.others(article=article, user=user, now=now)
        return JsonResponse({"others": names, "revision": article.revision})

    def _let_curators(self, request: HttpRequest) -> None:
        if not self._may(request):
            raise PermissionDenied


def addresses_of(article: Article) -> dict[str, str]:
    """Where an article's page is, and where its scripts post to."""
    names = {"address": "change", "draft": "save_draft", "here": "here"}
    return {key: reverse(f"admin:knowledge_article_{name}", args=[article.pk]) for key, name in names.items()}


def sides(theirs: Article, mine: dict[str, Any]) -> dict[str, Any]:
    """What the page of two versions shows: who saved the other one and when, and both, line beside line."""
    saved = _whole_text(theirs.title, theirs.body, theirs.questions)
    return {
        "theirs": theirs,
        "theirs_by": editing.name_of(theirs, theirs.edited_by) or gettext("a program"),
        "sides": side_by_side(saved, _whole_text(mine["title"], mine["body"], mine["questions"])),
    }


def _whole_text(title: str, body: str, questions: list[str]) -> str:
    return "\n".join([title, "", body.replace("\r\n", "\n"), "", *questions]).rstrip()


def _saved(article: Article) -> dict[str, Any]:
    moment = date_format(timezone.localtime(article.updated_at), "TIME_FORMAT")
    return {"pk": article.pk, "revision": article.revision, "at": article.updated_at.isoformat(), "time": moment}


def _first_fault(faults: Any) -> str:
    field, messages = next(iter(faults.items()))
    names = {row.name: str(row.verbose_name).capitalize() for row in Article._meta.fields}
    return f"{names[field]}: {messages[0]}" if field in names else str(messages[0])


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
