"""Publishing an older version again, withdrawing with a reason, and bringing back: each one post."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from knowledge import publish
from knowledge.models import Article, Version
from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.rights import Right

from .history import differs, page_of


class PublishingAdmin(OfSiteAdmin):
    """The verbs that change what readers see, each behind a post and the right to publish."""

    def get_urls(self) -> list[URLPattern]:
        """Ours before Django's, which would take them for ids."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/again/<int:number>/", view(self.publish_again), name="knowledge_article_again"),
            path("<int:pk>/withdraw/", view(self.withdraw), name="knowledge_article_withdraw"),
            path("<int:pk>/bring-back/", view(self.bring_back), name="knowledge_article_bring_back"),
            *super().get_urls(),
        ]

    def publish_again(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Undo: the text of an older version becomes the newest."""
        article = self._to_publish(request, pk)
        if not isinstance(article, Article):
            return article
        by, now, despite = self.person(request), timezone.now(), request.POST.get("despite", "")
        try:
            version = publish.undo(article=article, to_number=number, by=by, now=now, despite=despite)
        except publish.NothingToPublish as error:
            return self.say_refused(request, article, error, number)
        self.log_change(request, article, f"version {number} again, as {version.number}")
        self.say_published(request, article, version)
        return back_to(article)

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the article to nobody; who follows a source there reads what replaces it."""
        article = self._to_publish(request, pk)
        if not isinstance(article, Article):
            return article
        because = request.POST.get("because", "").strip()
        by, now = self.person(request), timezone.now()
        instead = self._replacement(request, article)
        publish.withdraw(article=article, by=by, now=now, because=because, replaced_by=instead)
        self.log_change(request, article, f"withdrawn: {because}" if because else "withdrawn")
        messages.success(request, gettext("Readers do not see it any more. The draft and its history are kept."))
        return back_to(article)

    def bring_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo a withdrawal."""
        article = self._to_publish(request, pk)
        if not isinstance(article, Article):
            return article
        try:
            version = publish.bring_back(article=article)
        except publish.NothingToPublish as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, article, f"version {version.number} brought back")
            self.say_published(request, article, version)
        return back_to(article)

    def say_published(self, request: HttpRequest, article: Article, version: Version) -> None:
        """A message with the way to the page, and a line of who did it although checks stood against it."""
        if version.despite:
            self.log_change(request, article, f"version {version.number} published despite checks: {version.despite}")
        text = gettext("Published. Answers use it within a few seconds.")
        link = page_of(article), gettext("Open the page")
        messages.success(request, format_html('{} <a href="{}">{}</a>', text, *link))
        if differs(article):
            messages.info(request, gettext("The draft has another text. It is kept, and readers do not see it."))

    def say_refused(
        self, request: HttpRequest, article: Article, error: publish.NothingToPublish, number: int = 0
    ) -> HttpResponse:
        """A message of why not; where checks stand against it, the way to publish all the same is opened."""
        messages.error(request, str(error))
        if not isinstance(error, publish.Refused):
            return back_to(article)
        return HttpResponseRedirect(f"{back_to(article).url}?refused={number or 'draft'}")

    def person(self, request: HttpRequest) -> Any:
        """Who asks."""
        return request.user if request.user.is_authenticated else None

    def _to_publish(self, request: HttpRequest, pk: int) -> Article | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article: Article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_publish(request, article):
            raise PermissionDenied
        return article

    def _replacement(self, request: HttpRequest, article: Article) -> Article | None:
        chosen = request.POST.get("replaced_by", "")
        if not chosen.isdecimal():
            return None
        others = self.get_queryset(request).filter(site=article.site_id).exclude(pk=article.pk)
        found: Article | None = others.filter(pk=int(chosen)).first()
        return found

    def _may_publish(self, request: HttpRequest, article: Article | None) -> bool:
        sites = sites_with(request, Right.PUBLISH)
        return (sites.filter(pk=article.site_id) if article else sites).exists()


def back_to(article: Article) -> HttpResponseRedirect:
    """The article's page."""
    return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))
