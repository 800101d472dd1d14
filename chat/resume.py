"""The link in an e-mail by which a customer goes on with their conversation: for one visitor, for seven days.

The signed name travels behind the # of the address, which no server and no referrer gets; the page takes it out of the
address bar at once and asks by POST for the visitor's token. The page keeps that token in the tab alone: on a shared
computer it is gone with the tab, and the conversation of whoever used the browser before stays theirs.
"""

import json
from datetime import timedelta
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import Conversation
from .tokens import token_of

VALID_FOR: Final = timedelta(days=7)
_SALT: Final = "tandem.resume"
_MOST_BYTES: Final = 2000


def link(*, base: str, row: Conversation) -> str:
    """The address for a conversation's visitor; load the row with `visitor` and `site`."""
    return f"{base}#{signing.dumps([row.site.key, row.visitor.public_id], salt=_SALT)}"


def named_by(signed: str) -> tuple[str, str] | None:
    """The site's key and the visitor's id that a link names; None where it is forged or too old."""
    try:
        site_key, visitor_id = signing.loads(signed, salt=_SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(site_key), str(visitor_id)


# Without Django's token: it changes nothing, and answers only to who holds what was signed.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The page of the link; by POST what the widget needs to go on, or 404 where the link is no good."""
    answer = _token(request) if request.method == "POST" else render(request, "chat/resume.html")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _token(request: HttpRequest) -> HttpResponse:
    try:
        signed = json.loads(request.body).get("link") if len(request.body) <= _MOST_BYTES else None
    except (ValueError, AttributeError):
        signed = None
    named = named_by(signed) if isinstance(signed, str) else None
    there = named and Conversation.objects.filter(site__key=named[0], visitor__public_id=named[1]).first()
    if not named or not there:
        return JsonResponse({}, status=404)
    site_key, visitor_id = named
    return JsonResponse({"site": site_key, "token": token_of(site_key, visitor_id), "conversation": there.public_id})
