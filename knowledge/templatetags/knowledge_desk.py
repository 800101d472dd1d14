"""What the admin's templates say of articles: states in words, and the curator's desk on the first page."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from knowledge import reviews
from knowledge.models import Article, Finding, FindingState, Gap, GapState
from knowledge.translations import State
from supportsite.sites.admin import sites_with
from supportsite.sites.rights import Right

register = template.Library()
_WORDS = {
    State.MISSING: _("missing"),
    State.DRAFT: _("draft"),
    State.WITHDRAWN: _("withdrawn"),
    State.OUTDATED: _("outdated"),
    State.PUBLISHED: _("published"),
}


@dataclass(frozen=True)
class Waiting:
    """How many articles, gaps or findings wait for something, and the list of them."""

    count: int
    words: Any
    path: str


@register.simple_tag
def state_word(state: str) -> str:
    """A state in the reader's language."""
    return str(_WORDS[State(state)])


@register.simple_tag
def translate_url(source: Article, language: str) -> str:
    """Where one begins a translation of `source`."""
    query: dict[str, str | int] = {"source": source.pk, "language": language}
    return f"{reverse('admin:knowledge_article_add')}?{urlencode(query)}"


@register.inclusion_tag("admin/knowledge/_desk.html")
def curators_desk(request: HttpRequest) -> dict[str, Any]:
    """What waits for a curator; nothing for who is none."""
    sites = sites_with(request, Right.EDIT_ARTICLES)
    articles = Article.objects.filter(site__in=sites).order_by()
    if not sites.exists():
        return {"waiting": None}
    due = reviews.due(articles, today=timezone.localdate())
    lists = (
        (due, _("past their review date"), "review=due"),
        (articles.filter(published__isnull=True, withdrawn_at__isnull=True), _("drafts"), "state=draft"),
        (articles.filter(publish_at__isnull=False), _("planned"), "state=planned"),
    )
    base = reverse("admin:knowledge_article_changelist")
    wanted = Gap.objects.filter(site__in=sites, state=GapState.OPEN).count()
    waiting = [Waiting(wanted, _("open gaps"), reverse("admin:knowledge_gap_changelist"))]
    mends = Finding.objects.filter(site__in=sites, state=FindingState.OPEN).count()
    waiting.append(Waiting(mends, _("to mend"), reverse("admin:knowledge_finding_changelist")))
    waiting += [Waiting(rows.count(), words, f"{base}?{query}") for rows, words, query in lists]
    return {"waiting": [one for one in waiting if one.count]}
