"""The pages "Compare strategies" in the admin: begin a comparison, read it, use a strategy and take that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supportsite.sites.admin import sites_with
from supportsite.sites.models import Site
from supportsite.sites.rights import Right

from . import comparing, strategies, training
from .assistant.routing.task_based import Chain
from .assistant.routing.verdict import Strategy
from .comparison_rows import ComparedOn, ComparedQuestion, Comparison, ComparisonState
from .intent_rows import Trains
from .models import Conversation
from .prices import NANO
from .settled import Changed
from .side_by_side import MODEL, Column, Figures, Told
from .strategies import STRATEGY
from .tier_rows import TierOf

LISTED: Final = 20
EARLIER: Final = 8
SIZES: Final = (100, 500, 1000, 2000)


@dataclass(frozen=True)
class Share:
    """A part of what was asked, by name."""

    name: str
    share: float


@dataclass(frozen=True)
class ColumnShown:
    """A strategy's figures as people read them; `money` is per 1,000 questions."""

    figures: Column
    name: str
    is_used: bool
    chains: list[Share]
    tiers: list[Share]
    money: Decimal | None
    is_model: bool = False


@dataclass(frozen=True)
class Word:
    """What one strategy said of a question; `is_wrong` is None where nobody knows."""

    name: str
    words: str
    done: str
    is_wrong: bool | None


@dataclass(frozen=True)
class Line:
    """A question with what each strategy said, and its conversation's address, where that is theirs to read."""

    row: ComparedQuestion
    truth: str
    said: list[Word]
    conversation: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The comparison that the address names, else the newest one of each kind; and what can be begun."""
    site = _site(request, request.GET.get("site"))
    on = _on(request.GET.get("on"))
    rows = Comparison.objects.filter(site=site, on=on).select_related("made_by")
    named = _number(request.GET.get("of"))
    row = get_object_or_404(rows, pk=named) if named else rows.first()
    context = admin.site.each_context(request) | {
        "title": _("Compare strategies"),
        "site": site,
        "sites": sites_with(request, Right.ROUTE).order_by("name"),
        "on": on,
        "sets": [(one, one.label, comparing.how_many(site, one)) for one in ComparedOn],
        "sizes": SIZES,
        "size": comparing.WANTED,
        "parts": comparing.PARTS,
        "namer": comparing.model_of(site),
        "most_named": comparing.MOST_NAMED,
        "row": row,
        "how_many": comparing.how_many(site, on),
        "used": strategies.names().get(Strategy(site.routing), site.routing),
        "change": _change(site),
        "earlier": [one for one in rows[:EARLIER] if one != row],
    }
    if row and row.state == ComparisonState.DONE:
        context |= _found(request, site, row)
    return TemplateResponse(request, "admin/chat/strategy/compare.html", context)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for the page's script."""
    return TemplateResponse(request, "admin/chat/strategy/_progress.html", {"row": _comparison(request, pk)})


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Compare on the site's examples or its customers' questions as they are now."""
    site, on = _site(request, request.POST.get("site")), _on(request.POST.get("on"))
    wanted = _number(request.POST.get("wanted")) or comparing.WANTED
    try:
        with_model = request.POST.get("with_model") == "1"
        who = {"by": _person(request), "now": timezone.now()}
        comparing.begin(site=site, on=on, wanted=wanted, with_model=with_model, **who)
    except comparing.NothingToCompareOn:
        messages.error(request, _("There is nothing to compare on yet."))
    return _back(site, on)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    row = _comparison(request, pk)
    if comparing.stop(row, now=timezone.now()):
        messages.success(request, _("It was stopped. What was counted so far is not shown: it would mislead."))
    return _back(row.site, ComparedOn(row.on))


@require_safe
def confirm(request: HttpRequest) -> HttpResponse:
    """What using a strategy means, before it is used."""
    site, strategy = _site(request, request.GET.get("site")), _strategy(request.GET.get("strategy"))
    names = strategies.names()
    context = admin.site.each_context(request) | {
        "title": _("Use “%(name)s”?") % {"name": names[strategy]},
        "site": site,
        "strategy": strategy,
        "name": names[strategy],
        "now": names.get(Strategy(site.routing), site.routing),
        "is_so": site.routing == strategy.value,
        "acts": strategy is Strategy.TASK,
        "sends_away": strategy is Strategy.DYNAMIC,
        "reads": strategy is not Strategy.STATIC,
        "trained": training.live(site, Trains.INTENT) is not None,
        "rules": site.keyword_rules.count(),
    }
    return TemplateResponse(request, "admin/chat/strategy/confirm.html", context)


@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Route by a strategy from now on."""
    site, strategy = _site(request, request.POST.get("site")), _strategy(request.POST.get("strategy"))
    seen = request.POST.get("seen", "")
    try:
        STRATEGY.use(site=site, value=strategy.value, seen=seen, by=_person(request), now=timezone.now())
    except Changed:
        messages.error(request, _("Somebody has changed the strategy meanwhile. Look at the figures again."))
    else:
        name = strategies.names()[strategy]
        messages.success(request, _("From now on the strategy is “%(name)s”.") % {"name": name})
    return _back(site, _on(None))


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Back to the strategy before."""
    site = _site(request, request.POST.get("site"))
    row = STRATEGY.undo(site=site, now=timezone.now())
    if row is None:
        messages.error(request, _("There is nothing to take back: the strategy was changed elsewhere since."))
    else:
        messages.success(request, _("The strategy is “%(name)s” again.") % {"name": _name(row.was)})
    return _back(site, _on(None))


def _found(request: HttpRequest, site: Site, row: Comparison) -> dict[str, Any]:
    figures = Figures.read(row.figures)
    lines = Paginator(ComparedQuestion.objects.filter(comparison=row), LISTED).get_page(request.GET.get("page"))
    return {
        "figures": figures,
        "columns": [_column(one, figures, site) for one in figures.columns],
        "pairs": [(_name(one.one), _name(one.other), one.differ) for one in figures.pairs],
        "trained": parse_datetime(figures.setting.trained) if figures.setting.trained else None,
        "is_live": training.live(site, Trains.INTENT) is not None,
        "page": lines,
        "lines": _lines(request, lines),
    }


def _column(one: Column, figures: Figures, site: Site) -> ColumnShown:
    chains = [Share(str(strategies.CHAINS[Chain(name)]), part / figures.texts) for name, part in one.chains.items()]
    tiers = [Share(str(TierOf(name).label), part / figures.texts) for name, part in one.tiers.items()]
    money = None if one.per_thousand is None else (Decimal(one.per_thousand) / NANO).quantize(Decimal("0.01"))
    ordered = sorted(chains, key=lambda one: -one.share)
    is_used, is_model = site.routing == one.strategy, one.strategy == MODEL
    return ColumnShown(one, _name(one.strategy), is_used, ordered, tiers, money, is_model)


def _lines(request: HttpRequest, rows: Page[ComparedQuestion]) -> list[Line]:
    links = _links(request, list(rows))
    return [_line(row, links.get(row.conversation_id or 0, "")) for row in rows]


def _line(row: ComparedQuestion, link: str) -> Line:
    known = row.conversation_id is None
    said = []
    for name, told in row.told.items():
        one = Told(**told)
        words = one.intent or _("nothing found")
        done = str(strategies.CHAINS[Chain(one.chain)]) if one.acts else ""
        wrong = not one.is_right(row.truth) if known else None
        said.append(Word(_name(name), _("none of the site's business") if one.is_outside else words, done, wrong))
    return Line(row, row.truth or _("none of the site's business"), said, link)


def _links(request: HttpRequest, rows: Sequence[ComparedQuestion]) -> dict[int, str]:
    """Where the conversations are that the reader may see."""
    wanted = Conversation.objects.filter(pk__in={row.conversation_id for row in rows if row.conversation_id})
    seen = wanted.visible_to_user(request.user)
    return {pk: reverse("admin:chat_conversation_change", args=[pk]) for pk in seen.values_list("pk", flat=True)}


def _change(site: Site) -> dict[str, Any] | None:
    row = STRATEGY.last(site)
    return {"row": row, "was": _name(row.was), "becomes": _name(row.becomes)} if row else None


def _name(strategy: str) -> str:
    """A strategy as people read it; one that is no more, by its value."""
    if strategy == MODEL:
        return _("a model names it")
    return next((name for one, name in strategies.names().items() if one.value == strategy), strategy)


def _comparison(request: HttpRequest, pk: int) -> Comparison:
    rows = Comparison.objects.filter(site__in=sites_with(request, Right.ROUTE)).select_related("site")
    return get_object_or_404(rows, pk=pk)


def _site(request: HttpRequest, number: str | None) -> Site:
    """One of theirs; the first where the address names none. Of others as if it were not there."""
    sites = sites_with(request, Right.ROUTE).order_by("-is_demo", "pk")
    if not sites.exists():
        raise PermissionDenied
    site = sites.filter(pk=_number(number) or 0).first() if number else sites.first()
    if site is None:
        raise Http404
    return site


def _on(name: str | None) -> ComparedOn:
    return ComparedOn(name) if name in ComparedOn.values else ComparedOn.EXAMPLES


def _strategy(name: str | None) -> Strategy:
    found = next((one for one in strategies.names() if one.value == name), None)
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _person(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


def _back(site: Site, on: ComparedOn) -> HttpResponseRedirect:
    where: dict[str, str] = {"site": str(site.pk), "on": on.value}
    return HttpResponseRedirect(f"{reverse('curation:strategies')}?{urlencode(where)}")
