"""The demo shop's orders: a server to look them up on, served by the demo itself and by nothing else."""

import json
import re
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

# State, days since it was ordered, days until it should be there.
ORDERS: Final[dict[str, tuple[str, int, int | None]]] = {
    "NP100000001": ("sent", 3, 2),
    "NP100000002": ("packed", 1, 4),
    "NP100000003": ("sent", 45, None),
    "NP100000004": ("delivered", 12, None),
}
_NUMBER: Final = re.compile(r"NP\d{9}\Z")
_cancelled: set[str] = set()


@require_safe
def order(request: HttpRequest, number: str) -> JsonResponse:
    """One order."""
    if not settings.TANDEM.demo or number not in ORDERS:
        raise Http404
    return JsonResponse(_told(number))


@csrf_exempt
@require_POST
def cancel(request: HttpRequest) -> JsonResponse:
    """Cancel one that has not left yet; doing so twice changes nothing."""
    if not settings.TANDEM.demo:
        raise Http404
    try:
        number = str(json.loads(request.body)["order_number"])
    except (ValueError, KeyError, TypeError) as error:
        raise Http404 from error
    if not _NUMBER.match(number) or number not in ORDERS:
        raise Http404
    if ORDERS[number][0] != "packed":
        return JsonResponse({"error": "it has left already"}, status=409)
    _cancelled.add(number)
    return JsonResponse(_told(number))


def _told(number: str) -> dict[str, Any]:
    state, ago, ahead = ORDERS[number]
    today = timezone.now().date()
    expected = (today + timedelta(days=ahead)).isoformat() if ahead is not None and number not in _cancelled else None
    return {
        "order_number": number,
        "state": "cancelled" if number in _cancelled else state,
        "ordered": (today - timedelta(days=ago)).isoformat(),
        "expected": expected,
        "carrier": "Larkline",
    }
