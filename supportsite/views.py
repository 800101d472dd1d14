"""The front door: the demo shop, or a way to the help centre."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from supportsite.sites.models import Site


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The demo shop with the widget on it; without the demo, the help centre."""
    site = Site.objects.filter(is_demo=True).first() if settings.TANDEM.demo else None
    return render(request, "shop/index.html", {"site": site}) if site else redirect("/help/")
