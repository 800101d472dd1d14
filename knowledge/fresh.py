"""Pages that a browser or a proxy keeps and asks about: they are sent again only where they have changed."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date


def revalidated(
    request: HttpRequest, page: HttpResponse, *, private: bool = False, changed: datetime | None = None
) -> HttpResponse:
    """The page with its ETag (RFC 9110, section 8.8.3), or a 304 where the reader has it.

    Everybody asks each time: what is withdrawn is gone at once. A proxy may keep what everyone may read, and nothing of
    what is `private`. `changed` is told as Last-Modified, and not compared: a page also shows what other rows say.
    """
    digest = hashlib.sha256(page.content).hexdigest()[:32]
    page["ETag"] = f'"{digest}"'
    page["Cache-Control"] = "private, no-cache" if private else "public, no-cache"
    patch_vary_headers(page, ["Cookie"])
    if changed is not None:
        page["Last-Modified"] = http_date(changed.timestamp())
    return not_again(request, page)


def not_again(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """The page by its ETag, or a 304 where the reader has it."""
    answer = get_conditional_response(request, etag=page["ETag"], response=page)
    return answer if isinstance(answer, HttpResponse) else page
