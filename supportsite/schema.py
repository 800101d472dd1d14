"""The description of the REST API: made once for each language and form, since anybody may ask and it never changes."""

from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_making: Final = Lock()  # the generator writes into view classes, which all threads share
_made: Final[dict[tuple[str, type[BaseRenderer]], bytes]] = {}


class Schema(SpectacularAPIView):
    """The description as YAML or JSON, in `lang` or the language of whoever asks."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """What was made at the first asking."""
        renderer = request.accepted_renderer
        made = _described(_language(request), renderer)
        kind = f"{renderer.media_type}; charset={renderer.charset}" if renderer.charset else renderer.media_type
        name = f'inline; filename="Tandem.{renderer.format}"'
        return HttpResponse(made, content_type=kind, headers={"Content-Disposition": name})


def _language(request: Request) -> str:
    asked = request.GET.get("lang") or translation.get_language()
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _described(language: str, renderer: BaseRenderer) -> bytes:
    with _making:
        key = (language, type(renderer))
        if key not in _made:
            with translation.override(language):
                described = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
                made = renderer.render(described, renderer_context={})
            _made[key] = made if isinstance(made, bytes) else made.encode()
        return _made[key]
