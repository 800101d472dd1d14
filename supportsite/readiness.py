"""Whether this process answers: only once the embedder and the index do."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_ready = False


def mark() -> None:
    """Everything is in place."""
    global _ready
    _ready = True


def is_ready() -> bool:
    """Whether everything is in place."""
    return _ready


def unmark() -> None:
    """This process is going away."""
    global _ready
    _ready = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where this process answers, else 503."""
    return JsonResponse({"ready": _ready}, status=200 if _ready else 503)
