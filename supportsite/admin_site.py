"""Django's admin with what curators come for on top."""

import gc
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_ORDER = ("knowledge", "chat", "sites", "agents", "auth")


class TandemAdminSite(AdminSite):
    """Articles first, then conversations, then the site and its people."""

    site_header = _("Tandem admin")
    site_title = _("Tandem admin")
    index_title = _("What you can change")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps in the order in which they are needed."""
        places = {label: place for place, label in enumerate(_ORDER)}
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: places.get(app["app_label"], len(places)))


class TandemAdminConfig(AdminConfig):
    """`django.contrib.admin`, with our site as the default one."""

    default_site = "supportsite.admin_site.TandemAdminSite"

    def ready(self) -> None:
        """The last that imports much: from here on what is let go of is collected again (manage.py)."""
        super().ready()
        gc.enable()
