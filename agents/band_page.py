"""The insights page "Escalation": try a threshold on past conversations, use one, take that back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agents import band
from agents.insights_page import of_a_site, readers
from chat import reviewing, thresholds, training
from chat.band_rows import Review
from chat.intent_rows import Trains
from chat.settled import Changed
from chat.templatetags.percent import figure
from supportsite.sites.models import Member
from supportsite.sites.rights import Right

SIZES = (200, 1000, 5000)


@of_a_site
def page(request: HttpRequest, member: Member, mine: list[Member]) -> HttpResponse:
    """The figures of a site at the threshold that the address names, else at the one in use."""
    return render(request, "console/band.html", _context(request, member) | {"mine": mine})


@never_cache
@login_required
@require_safe
def part(request: HttpRequest, site: str) -> HttpResponse:
    """What changes with the slider, for the page's script."""
    return render(request, "console/_band.html", _context(request, _member(request, site)))


@never_cache
@login_required
@require_safe
def progress(request: HttpRequest, site: str) -> HttpResponse:
    """How far the review is, for the page's script."""
    return render(request, "console/_band_progress.html", {"open": reviewing.open_one(_member(request, site).site)})


@login_required
@require_POST
def review(request: HttpRequest, site: str) -> HttpResponse:
    """Read the last conversations again."""
    member = _member(request, site)
    wanted = request.POST.get("wanted", "")
    size = int(wanted) if wanted in map(str, SIZES) else reviewing.WANTED
    reviewing.begin(site=member.site, by=member.user, now=timezone.now(), wanted=size)
    return redirect("insights:escalation", site=member.site.key)


@never_cache
@login_required
@require_safe
def confirm(request: HttpRequest, site: str) -> HttpResponse:
    """What using a threshold means, before it is used."""
    member = _member(request, site, Right.ROUTE)
    found = _context(request, member)
    if found["view"] is None:
        raise Http404
    return render(request, "console/band_confirm.html", found)


@login_required
@require_POST
def use(request: HttpRequest, site: str) -> HttpResponse:
    """Use a threshold from now on."""
    member = _member(request, site, Right.ROUTE)
    threshold, seen = _number(request.POST.get("threshold")), _number(request.POST.get("seen"))
    if threshold is None or seen is None:
        raise Http404
    try:
        thresholds.use(site=member.site, threshold=threshold, seen=seen, by=member.user, now=timezone.now())
    except Changed:
        messages.error(request, _("Somebody has changed the threshold meanwhile. Look at the figures again."))
    else:
        messages.success(request, _("From now on the threshold is %(t)s.") % {"t": figure(threshold)})
    return redirect("insights:escalation", site=member.site.key)


@login_required
@require_POST
def undo(request: HttpRequest, site: str) -> HttpResponse:
    """Back to the threshold before."""
    member = _member(request, site, Right.ROUTE)
    row = thresholds.THRESHOLD.undo(site=member.site, now=timezone.now())
    if row is None:
        messages.error(request, _("There is nothing to take back: the threshold was changed elsewhere since."))
    else:
        messages.success(request, _("The threshold is %(t)s again.") % {"t": figure(row.was)})
    return redirect("insights:escalation", site=member.site.key)


@login_required
@require_POST
def train(request: HttpRequest, site: str) -> HttpResponse:
    """Train the reader of conversations on the agents' verdicts."""
    member = _member(request, site, Right.ROUTE)
    rows = training.verdicts(member.site)
    try:
        training.begin(site=member.site, of=Trains.ESCALATION, rows=rows, by=member.user, now=timezone.now())
    except training.NothingToTrainOn:
        messages.error(request, _("There are too few verdicts to learn from yet."))
    else:
        messages.success(request, _("The training has begun. Nothing changes for customers until you use it."))
    return redirect("insights:escalation", site=member.site.key)


def _member(request: HttpRequest, site: str, right: Right = Right.READ_INSIGHTS) -> Member:
    member = next((one for one in readers(request) if one.site.key == site and one.may(right)), None)
    if member is None:
        raise Http404
    return member


def _context(request: HttpRequest, member: Member) -> dict[str, Any]:
    done: Review | None = reviewing.latest(member.site)
    asked = _number(request.GET.get("t"))
    threshold = member.site.escalation_threshold if asked is None else asked
    found = band.view(done, member, threshold) if done and done.cases.exists() else None
    return {
        "member": member,
        "site": member.site,
        "done": done,
        "open": reviewing.open_one(member.site),
        "view": found,
        "curve": band.curve_points(found) if found else None,
        "change": thresholds.THRESHOLD.last(member.site),
        "may_change": member.may(Right.ROUTE),
        "sizes": SIZES,
        "trained": training.newest(member.site, Trains.ESCALATION),
        "is_trained": training.live(member.site, Trains.ESCALATION) is not None,
    }


def _number(text: str | None) -> float | None:
    """A threshold as a form sends it: 0 to 1, to three places; None where it is none."""
    try:
        value = round(float(text or ""), 3)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
