"""What the pages of the insights share: whose figures are read, and by whom."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supportsite.sites.models import Member
from supportsite.sites.rights import Right

View = Callable[[HttpRequest, Member, list[Member]], HttpResponse]


def readers(request: HttpRequest) -> list[Member]:
    """The memberships by which somebody reads the insights of a site."""
    return [one for one in Member.objects.of_user(request.user) if one.may(Right.READ_INSIGHTS)]


def of_a_site(view: View) -> Callable[..., HttpResponse]:
    """A page of the site that the address names, else of the first; the view is given who reads it, and all of theirs.

    Whoever reads no insights there is told so (403).
    """

    @never_cache
    @login_required
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, site: str = "") -> HttpResponse:
        mine = readers(request)
        member = next((one for one in mine if site in ("", one.site.key)), None)
        if member is None:
            return render(request, "console/no_insights.html", status=403)
        return view(request, member, mine)

    return page
