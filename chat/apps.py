"""Conversations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from knowledge import leaving


class ChatConfig(AppConfig):
    """Conversations, their log, the widget's socket and the assistant."""

    name = "chat"
    verbose_name = _("Conversations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the searches of every page in the ledger."""
        from . import embedding_calls

        leaving.book_by(embedding_calls.of_site)
