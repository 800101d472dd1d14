"""The insights page "Satisfaction": what customers of a site said at the end, of whom, and what kindness brings."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import satisfaction
from supportsite.sites.models import Member
from supportsite.sites.rights import Right


@never_cache
@login_required
@require_safe
def page(request: HttpRequest, site: str = "") -> HttpResponse:
    """The figures of one site, for whoever reads its insights; each person's, for who reads every team."""
    mine = [one for one in Member.objects.of_user(request.user) if one.may(Right.READ_INSIGHTS)]
    member = next((one for one in mine if site in ("", one.site.key)), None)
    if member is None:
        return render(request, "console/no_insights.html", status=403)
    now = timezone.now()
    found = satisfaction.of_site(member.site, now=now)
    context = {
        "site": member.site,
        "member": member,
        "mine": mine,
        "found": found,
        "members": found.members if member.may(Right.READ_EVERY_TEAM) else (),
        "comments": satisfaction.comments(member, now=now) if member.may(Right.READ_CONVERSATIONS) else (),
        "kindness": satisfaction.with_kindness(member.site, now=now),
        "days": satisfaction.COUNTED.days,
        "enough": satisfaction.ENOUGH,
    }
    return render(request, "console/satisfaction.html", context)
