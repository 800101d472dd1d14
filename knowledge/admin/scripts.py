"""What the editor's scripts are told: where to post, their words, and the tools above the text."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.editing import SAID_EVERY_S
from knowledge.models import Article


@dataclass(frozen=True)
class Tool:
    """A button above the text; `shortcut` as ARIA writes it, `keys` as a keyboard does."""

    name: str
    label: str | Promise
    shortcut: str = ""

    @property
    def keys(self) -> str:
        """For the button's title."""
        return self.shortcut.replace("Control", "Ctrl")


TOOLS = (
    Tool("bold", _("Bold"), "Control+B"),
    Tool("italic", _("Italic"), "Control+I"),
    Tool("heading", _("Heading"), "Control+Alt+H"),
    Tool("bullets", _("List"), "Control+Shift+8"),
    Tool("numbers", _("Numbered list"), "Control+Shift+7"),
    Tool("link", _("Link"), "Control+K"),
    Tool("picture", _("Picture")),
    Tool("table", _("Table")),
    Tool("quote", _("Quote"), "Control+Shift+9"),
    Tool("code", _("Code"), "Control+E"),
)


def scripts(article: Article | None) -> dict[str, Any]:
    """What the page hands to its scripts."""
    return {
        "addresses": _addresses(article),
        "site": article.site_id if article else None,
        "every": SAID_EVERY_S,
        "words": _words(),
    }


def _addresses(article: Article | None) -> dict[str, str]:
    name = "admin:knowledge_article_"
    return {
        "draft": reverse(name + "save_draft", args=[article.pk]) if article else reverse(name + "save_new"),
        "here": reverse(name + "here", args=[article.pk]) if article else "",
        "paste": reverse(name + "paste"),
        "picture": reverse(name + "take_picture"),
        "preview": reverse(name + "preview_part"),
    }


def _words() -> dict[str, str]:
    return {
        "saving": gettext("Saving…"),
        "saved": gettext("Draft saved at {time}"),
        "unsaved": gettext("Not saved yet"),
        "refused": gettext("Not saved: {why}"),
        "offline": gettext("Not saved: no connection. Your text stays in this window; we try again."),
        "logged_out": gettext("Not saved: you are logged out. Log in in another window, then go on here."),
        "stale": gettext("Not saved: somebody else saved this draft meanwhile. Both versions are below."),
        "others": gettext("Also here now: {names}"),
        "pasting": gettext("Bringing in what you pasted…"),
        "pasted": gettext("Pasted."),
        "left_out": gettext("Pasted, without its pictures ({count}). Paste or drop each by itself."),
        "uploading": gettext("Bringing in the picture…"),
        "picture": gettext("The picture is in the text."),
        "picture_refused": gettext("The picture was not taken: {why}"),
        "no_connection": gettext("there is no connection"),
        "text": gettext("text"),
        "heading": gettext("Heading"),
        "item": gettext("item"),
        "column": gettext("Column"),
        "no_preview": gettext("The preview cannot be shown now."),
    }
