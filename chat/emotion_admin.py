"""Emotions in the admin: whoever wants other sentences for one begins with Tandem's, changes them, and trains."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from supportsite.sites.admin import PlainChoices, sites_with
from supportsite.sites.forms import Lines

from . import emotions
from .emotion_rows import Emotion, EmotionName
from .intent_admin import WithTraining
from .intent_rows import Trains

_ONE_AT_A_TIME = {"show_save_and_add_another": False}


@dataclass(frozen=True)
class Unwritten:
    """An emotion of which one of a person's sites has no sentences of its own; `many`: how many Tandem has."""

    name: str
    label: str
    many: int


class EmotionForm(forms.ModelForm):  # type: ignore[type-arg]
    """An emotion; a sentence a line."""

    examples = Lines(
        label=gettext_lazy("Sentences"),
        required=False,
        help_text=gettext_lazy(
            "What a customer writes who feels like this, one in a line, in any language. They stand in the place of "
            "Tandem's, which you see here at first: keep those that fit."
        ),
        widget=forms.Textarea(attrs={"rows": 24, "cols": 80, "dir": "auto"}),
    )

    class Meta:
        model = Emotion
        fields = ("site", "name", "examples")


@admin.register(Emotion)
class EmotionAdmin(WithTraining, PlainChoices):
    """What customers' feelings sound like, by example."""

    form = EmotionForm
    trains = Trains.EMOTION
    change_list_template = "admin/chat/emotion/list.html"
    list_display = ("name", "how_many", "site")
    list_select_related = ("site",)

    @admin.display(description=gettext_lazy("sentences"))
    def how_many(self, row: Emotion) -> int:
        """Their number."""
        return len(row.examples)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the emotions that nobody has written for yet."""
        return super().changelist_view(
            request, {**(extra_context or {}), "title": _("Emotions by example"), "unwritten": self._unwritten(request)}
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Begins with Tandem's sentences for the emotion that the list named; without one, back to the list."""
        name = request.GET.get("name", "")
        if request.method == "GET" and name not in EmotionName.values:
            return HttpResponseRedirect(reverse("admin:chat_emotion_changelist"))
        label = EmotionName(name).label if name in EmotionName.values else ""
        context = {"title": _("Sentences for %(emotion)s") % {"emotion": label}} if label else {}
        return super().add_view(request, form_url, {**(extra_context or {}), **context, **_ONE_AT_A_TIME})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Another emotion begins on the list, with its own sentences."""
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **_ONE_AT_A_TIME})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The emotion, its sentences, and the site where there is only one."""
        name = request.GET.get("name", "")
        sites = sites_with(request, self.right)
        only = {"site": sites.first()} if sites.count() == 1 else {}
        return {"name": name, "examples": emotions.shipped(name, get_language() or "en"), **only}

    def get_readonly_fields(self, request: HttpRequest, obj: Emotion | None = None) -> tuple[str, ...]:
        """Whose sentences they are, and for what, stays."""
        return ("site", "name") if obj else ()

    def save_model(self, request: HttpRequest, obj: Emotion, form: Any, change: bool) -> None:
        """And say what is still to do."""
        super().save_model(request, obj, form, change)
        messages.info(
            request, _("Nothing changes for customers until you train on the sentences and use what came of it.")
        )

    def _unwritten(self, request: HttpRequest) -> list[Unwritten]:
        sites = sites_with(request, self.right)
        written = list(Emotion.objects.filter(site__in=sites).values_list("name", flat=True))
        left = [name for name in EmotionName if written.count(name) < sites.count()]
        return [Unwritten(name, str(name.label), len(emotions.shipped(name))) for name in left]
