"""What the help centre serves beside its pages: the pictures of its articles."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .addresses import picture_size
from .fresh import not_again
from .models import Picture
from .pictures import path_of

_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture by its name. It never changes, is never taken for anything but a picture, and runs nothing."""
    if picture_size(request.path) is None:
        raise Http404
    row = Picture.objects.filter(public_id=name.partition("-")[0]).first()
    if row is None or path_of(row) != request.path:
        raise Http404
    whole = HttpResponse(
        bytes(row.content),
        content_type=f"image/{row.kind}",
        headers={
            "Cache-Control": _FOR_EVER,
            "ETag": f'"{row.digest[:32]}"',
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
    return not_again(request, whole)
