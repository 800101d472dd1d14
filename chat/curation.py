"""What a curator does with questions: try one, let it find its article, draft one from what people replied."""

from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge import gaps, merging, publish, regions, search
from knowledge.models import Article, Audience, Collection, Gap
from knowledge.render import message_html
from supportsite.sites.admin import sites_with
from supportsite.sites.models import Site
from supportsite.sites.rights import Right

from . import material, trial
from .assistant.providers import BadModel
from .assistant.steps import Answer, Handoff

LONGEST_QUESTION = publish.LONGEST_QUESTION
PASSAGES = 20
SHOWN = 8
BEATEN_BY = 3
TITLES = 1000


@dataclass(frozen=True)
class Try:
    """What a curator tries: the question, in whose name, and the article that should answer it."""

    site: Site
    question: str
    language: str
    region: str
    reader: Audience
    expected: Article | None


@dataclass(frozen=True)
class Rank:
    """Where the expected article stands: its place among the articles found (None: not found), and what beat it."""

    place: int | None
    beaten_by: list[search.Passage]


@require_safe
def try_it(request: HttpRequest) -> HttpResponse:
    """A form; with `?q=` the sections that were found, and the answer that a customer would get."""
    sites = sites_with(request, Right.EDIT_ARTICLES)
    site = sites.filter(pk=_number(request.GET.get("site"))).first() or sites.order_by("is_demo", "pk").first()
    if site is None:
        raise PermissionDenied
    articles = Article.objects.filter(site=site)
    trying = _read(request, site)
    context = admin.site.each_context(request) | {
        "title": _("Try a question"),
        "sites": sites,
        "trying": trying,
        "readers": Audience.choices,
        "languages": sorted(set(articles.order_by().values_list("language", flat=True))),
        "regions": sorted(set(articles.exclude(region="").order_by().values_list("region", flat=True))),
        "articles": articles.order_by("title", "language").only("title", "language", "region")[:TITLES],
        "longest": LONGEST_QUESTION,
    }
    if trying.question:
        context |= _tried(trying)
    return TemplateResponse(request, "admin/try_it.html", context)


@require_POST
def add_question(request: HttpRequest) -> HttpResponse:
    """Let the question find the expected article from now on."""
    sites = sites_with(request, Right.PUBLISH)
    article = get_object_or_404(Article, pk=_number(request.POST.get("article")), site__in=sites)
    question = _question(request.POST.get("q", ""))
    person = request.user if request.user.is_authenticated else None
    later = _("The question is in the draft. It helps once you publish the article.")
    try:
        version = publish.add_question(article=article, question=question, by=person, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except (publish.Refused, publish.StaleDraft) as error:
        messages.error(request, str(error))
        messages.info(request, later)
    else:
        messages.success(
            request, later if version is None else _("Added. It helps within a few seconds: try it again.")
        )
    fields = {name: request.POST.get(name, "") for name in ("site", "q", "language", "region", "reader")}
    return HttpResponseRedirect(f"{reverse('curation:try_it')}?{urlencode(fields | {'expected': article.pk})}")


@require_POST
def draft_from_gap(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft that holds what colleagues replied to the gap's questions; the one that was begun, where one was."""
    gap = get_object_or_404(
        Gap.objects.select_related("site"), pk=pk, site__in=sites_with(request, Right.EDIT_ARTICLES)
    )
    person = request.user if request.user.is_authenticated else None
    article = gaps.begun_for(gap)
    may_read = sites_with(request, Right.READ_CONVERSATIONS).filter(pk=gap.site_id).exists()
    try:
        if article is None:
            chosen = _collection(gap.site, request.POST.get("collection"))
            body = material.draft_of(gap, may_read=may_read)
            article = gaps.begin_article(gap, collection=chosen, body=body, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:knowledge_gap_change", args=[gap.pk]))
    if may_read:
        words = _("The draft holds what customers asked and colleagues replied. Make an article of it.")
    else:
        words = _("The draft holds what customers asked. Make an article of it.")
    messages.success(request, words)
    return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))


def _collection(site: Site, number: str | None) -> Collection:
    """The chosen one of the site, else its first, made where there is none."""
    shelves = list(site.collections.all())
    chosen = next((shelf for shelf in shelves if shelf.pk == _number(number)), None)
    return chosen or (shelves[0] if shelves else merging.collection_for("", site, {}))


def _read(request: HttpRequest, site: Site) -> Try:
    question = _question(request.GET.get("q", ""))
    return Try(
        site=site,
        question=question,
        language=request.GET.get("language", "")[:12] or (trial.detected(question, site) if question else ""),
        region=regions.known(request.GET.get("region", "")),
        reader=_reader(request.GET.get("reader", "")),
        expected=Article.objects.filter(site=site, pk=_number(request.GET.get("expected"))).first(),
    )


def _tried(trying: Try) -> dict[str, object]:
    asked: dict[str, Any] = {
        "site": trying.site,
        "question": trying.question,
        "language": trying.language,
        "region": trying.region,
    }
    found = search.find(**asked, limit=PASSAGES, reader=trying.reader)
    return {
        "found": found,
        "passages": found.passages[:SHOWN],
        "percent": round(found.probability * 100),
        "threshold": round(found.enough * 100),
        "rank": _rank(found, trying.expected) if trying.expected else None,
        "holds": trying.expected is not None and trying.question in trying.expected.questions,
        **_answer(trying),
    }


def _rank(found: search.Found, expected: Article) -> Rank:
    best: dict[str, search.Passage] = {}
    for passage in found.passages:
        best.setdefault(passage.article_id, passage)
    ids = list(best)
    place = ids.index(expected.public_id) if expected.public_id in best else None
    return Rank(None if place is None else place + 1, list(best.values())[:place][:BEATEN_BY])


def _answer(trying: Try) -> dict[str, object]:
    """The answer as a customer would read it: the same turn, with the model that the owner chose."""
    transcript = trial.transcript(trying.question, trying.site, spoken=trying.language, region=trying.region)
    try:
        last = async_to_sync(trial.steps)(transcript, trying.site, reader=trying.reader)[-1]
    except BadModel as error:
        return {"model_fault": str(error)}
    if isinstance(last, Answer):
        return {"answer": last, "answer_html": message_html(last.text)}
    return {"handoff": [reason.code for reason in last.reasons] if isinstance(last, Handoff) else []}


def _question(text: str) -> str:
    """A question as it is looked for and kept: one line without what cannot be stored."""
    return " ".join(text.replace("\0", "").encode("utf-8", "ignore").decode().split())[:LONGEST_QUESTION]


def _reader(word: str) -> Audience:
    """As whom the question is tried; as anybody where nobody is named."""
    return Audience(word) if word in Audience.values else Audience.EVERYONE


def _number(text: str | None) -> int:
    """A row's number; 0, which no row has, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
