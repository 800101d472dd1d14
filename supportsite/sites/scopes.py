"""What a program's key lets it do over REST: the site it acts for and the scope that an address asks for.

The keys themselves are rows of `agents`; `request.auth` is one, with `.site` and `.scopes`.
"""

from typing import Any, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .models import Site


def HasScope(scope: str) -> type[BasePermission]:
    """The permission of a request whose key carries `scope`."""

    class Permission(BasePermission):
        message = format_lazy(_("This key lacks the scope “{scope}”."), scope=scope)

        def has_permission(self, request: Request, view: APIView) -> bool:
            return scope in getattr(request.auth, "scopes", ())

    return Permission


def site_of(request: Request) -> Site:
    """The site that the request's key acts for; ask only behind `HasScope`."""
    return cast(Site, cast(Any, request.auth).site)
