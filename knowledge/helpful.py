"""Was this helpful? A reader's yes or no on an article's page, without a script.

The page is the same for everyone, so that it can be kept, and its form has no token: whether the form was ours is said
by the browser. Who says yes keeps the key of their word in a cookie, of this article's path only, and may change it.
"""

import math
import time
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from supportsite.sites.limits import Buckets, counted_as, is_this_machine
from supportsite.sites.models import Site

from . import passes, ratings
from .addresses import Place, article_path, index_path
from .models import Article, Version
from .readers import direction, interface_language, reader_of
from .regions import known

# By address: enough for a household or an office, too little to decide what an article is worth.
_ratings: Final = Buckets(capacity=10, per_second=10 / 3600, name="ratings")
_COOKIE: Final = "rated-"
_KEPT_FOR: Final = 365 * 24 * 3600


@csrf_exempt
@require_POST
def rate(request: HttpRequest, site_key: str, language: str, slug: str) -> HttpResponse:
    """Keep `helped` (yes or no) for the version `v` of the article for `region`; 404 for what they may not read."""
    if not _is_from_our_page(request):
        return HttpResponseForbidden()
    site = get_object_or_404(Site, key=site_key)
    number, word = (request.POST.get(name, "") for name in ("v", "helped"))
    region = known(request.POST.get("region", ""))
    if not number.isdecimal() or len(number) > 8 or word not in ("yes", "no"):
        return HttpResponse(status=400)
    cited = Place(site.key, language, slug, region, str(int(number)))
    given = passes.read(site, cited, request.POST.get(passes.NAME, ""))
    reader = reader_of(request, site, given)
    shown = Article.objects.shown(site, reader)
    article = get_object_or_404(shown, language=language, slug=slug, region=region)
    version = get_object_or_404(Version, article=article, number=int(number), audience__in=reader.sees)
    wait = _wait(request)
    if wait:
        return _too_much(request, article, wait)
    cookie = _COOKIE + article.public_id
    key = ratings.rate(version=version, helped=word == "yes", key=request.COOKIES.get(cookie, ""), now=timezone.now())
    asked_for = version.number if version.pk != article.published_id else None
    path = article_path(site.key, language, slug, region=region, version=asked_for)
    path = passes.with_pass(site, path, given) if given else path
    answer = redirect(f"{path}{'&' if '?' in path else '?'}rated={word}#rated")
    answer.set_cookie(
        cookie, key, max_age=_KEPT_FOR, path=request.path, secure=settings.SECURE, httponly=True, samesite="Strict"
    )
    return answer


def _is_from_our_page(request: HttpRequest) -> bool:
    """Whether no browser says that another site's page sent the form (Fetch Metadata; RFC 6454 for the older ones)."""
    sent_by = request.headers.get("Sec-Fetch-Site")
    if sent_by is not None:
        return sent_by == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in (f"{request.scheme}://{request.get_host()}", settings.TANDEM.public_url)


def _wait(request: HttpRequest) -> int:
    """Whole seconds until this address may rate again; 0 where it may."""
    address = request.META.get("REMOTE_ADDR", "")
    return 0 if is_this_machine(address) else math.ceil(_ratings.take(counted_as(address), time.monotonic()))


def _too_much(request: HttpRequest, article: Article, wait: int) -> HttpResponse:
    site, language = article.site, article.language
    context = {
        "site": site,
        "language": language,
        "direction": direction(language),
        "index_path": index_path(site.key, language),
        "path": article_path(site.key, language, article.slug, region=article.region),
        "minutes": math.ceil(wait / 60),
    }
    with translation.override(interface_language(language)):
        page = render(request, "knowledge/too_many_ratings.html", context, status=429)
    page["Retry-After"] = str(wait)
    return page
