"""The editions of a site's index in the admin: which one is searched, and how far one is that is being built."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge import rebuilding
from knowledge.models import Edition, EditionState
from supportsite.sites.admin import OfSiteAdmin


@admin.register(Edition)
class EditionAdmin(OfSiteAdmin):
    """To be read only: `manage.py reindex` asks for a new one."""

    list_display = ("site", "state", "how_far", "models_of", "made_at", "live_at")
    list_display_links = None
    list_select_related = ("site",)

    @admin.display(description=_("how far"))
    def how_far(self, edition: Edition) -> str:
        """In percent, with what was wrong where a check failed."""
        if edition.state != EditionState.BUILDING:
            return ""
        return f"{rebuilding.progress(edition).share:.0%} {edition.detail}".strip()

    @admin.display(description=_("models"))
    def models_of(self, edition: Edition) -> Any:
        """By which it is read."""
        return edition.embeddings or _("built in")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody's: what is no longer searched goes by itself."""
        return False
