"""The insights page "Satisfaction": what customers of a site said at the end, of whom, and what kindness brings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agents.insights_page import of_a_site
from chat import satisfaction
from supportsite.sites.models import Member
from supportsite.sites.rights import Right


@of_a_site
def page(request: HttpRequest, member: Member, mine: list[Member]) -> HttpResponse:
    """The figures of one site, for whoever reads its insights; each person's, for who reads every team."""
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
