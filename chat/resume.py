"""The link in an e-mail by which a customer goes on with their conversation: for one visitor, for seven days.

It was sent to one address: once the customer leaves another, or theirs is refused, it opens nothing any more. The token
that it is changed for ends with it. A customer's conversation opens with their identity alone (docs/identity.md): their
e-mail names the owner's own site, and a link from before they were identified opens nothing.

The signed name travels behind the # of the address, which no server and no referrer gets; the page takes it out of the
address bar at once and asks by POST for the visitor's token. The page keeps that token in the tab alone: on a shared
computer it is gone with the tab, and the conversation of whoever used the browser before stays theirs.
"""

import json
import time
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import Conversation
from .tokens import digest, token_of

VALID_FOR: Final = timedelta(days=7)
_SALT: Final = "tandem.resume"
_MOST_BYTES: Final = 2000


@dataclass(frozen=True)
class Named:
    """Whom a link names: the site's key, the visitor's id, a digest of their address, and until when it is good."""

    site: str
    visitor: str
    address: str
    until: int


def link(*, base: str, row: Conversation) -> str:
    """The address for a conversation's visitor; load the row with `visitor` and `site`.

    A customer's is the owner's site, where they log in; empty where it has no address.
    """
    if row.visitor.customer_id is not None:
        return row.site.url or next(iter(row.site.origins), "")
    until = int(time.time() + VALID_FOR.total_seconds())
    named = Named(row.site.key, row.visitor.public_id, digest(row.visitor.email), until)
    return f"{base}#{signing.dumps(astuple(named), salt=_SALT)}"


def named_by(signed: str) -> Named | None:
    """Whom a link names; None where it is forged or too old."""
    try:
        site_key, visitor_id, address, until = signing.loads(signed, salt=_SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Named(str(site_key), str(visitor_id), str(address), int(until))


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
    except (ValueError, AttributeError, RecursionError):
        signed = None
    named = named_by(signed) if isinstance(signed, str) else None
    rows = Conversation.objects.select_related("visitor").filter(visitor__customer=None)
    there = named and rows.filter(site__key=named.site, visitor__public_id=named.visitor).first()
    if not named or not there or named.address != digest(there.visitor.email):
        return JsonResponse({}, status=404)
    token = token_of(named.site, named.visitor, until=named.until, address=named.address)
    return JsonResponse({"site": named.site, "token": token, "conversation": there.public_id})
