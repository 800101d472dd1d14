"""Conversations in the admin, to be read and nothing else: the list, and each one's log, turns and escalations."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.models import Article
from supportsite.sites.admin import OfSiteAdmin, PlainChoices, sites_with
from supportsite.sites.rights import Right

from . import action_admin as action_admin  # registers its pages
from . import customer_admin as customer_admin  # registers its pages
from . import emotion_admin as emotion_admin  # registers its pages
from . import frames, golden
from . import intent_admin as intent_admin  # registers its pages
from . import tier_admin as tier_admin  # registers its pages
from .models import Conversation, Escalation, Event, EventRole, Kind, Turn
from .protocol import MOST_SEQ
from .replay_rows import GoldenQuestion

EVENTS_SHOWN = 100
TURNS_SHOWN = 20
ABOUT = 60  # characters of the customer's first words


@dataclass(frozen=True)
class TurnShown:
    """One turn: its row, and its trace as text."""

    row: Turn
    trace: str


@admin.register(Conversation)
class ConversationAdmin(OfSiteAdmin):
    """What the people of a site may read in the console, they may read here."""

    right = Right.READ_CONVERSATIONS
    list_display = ("about", "site", "handler", "assignee", "language", "changed_at")
    list_filter = ("handler", "language")
    list_select_related = ("site", "assignee")
    search_fields = ("public_id__exact", "visitor__public_id__exact")
    search_hint = _("The whole id of a conversation or a visitor.")
    change_list_template = "admin/chat/searched_list.html"
    ordering = ("-changed_at",)
    date_hierarchy = "changed_at"
    show_full_result_count = False
    fields = (
        "public_id", "site", "handler", "assignee", "team", "case", "language", "page", "waiting_since", "made_at",
        "changed_at",
    )  # fmt: skip
    readonly_fields = fields

    class Media:
        css = {"all": ("admin/conversation.css",)}

    @admin.display(description=_("about"))
    def about(self, row: Any) -> str:
        """What the customer wrote first."""
        return Truncator(row.first_words or row.public_id).chars(ABOUT)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """Those that one's memberships show, each with the customer's first words."""
        first = Event.objects.filter(conversation=OuterRef("pk"), kind=Kind.MESSAGE, role=EventRole.VISITOR)
        words = Subquery(first.order_by("seq").values("body__text")[:1])
        rows: QuerySet[Conversation] = super().get_queryset(request).annotate(first_words=words)
        return rows.filter(pk__in=Conversation.objects.visible_to_user(request.user).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The log is written by what people do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The log never changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The log never goes."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page, with the newest events, or those before the one that the address names."""
        row: Conversation = kwargs["obj"]
        before = request.GET.get("before", "")
        seq = int(before) if before.isdecimal() and len(before) < 10 else MOST_SEQ
        page = frames.before(conversation_id=row.pk, seq=seq, team=True, limit=EVENTS_SHOWN)
        turns = Turn.objects.filter(conversation=row).order_by("-pk")[:TURNS_SHOWN]
        context |= {
            "events": [seen.fields | {"author": seen.fields["from"]} for seen in page.events],
            "earlier": page.events[0].seq if page.earlier else None,
            "is_newest": seq == MOST_SEQ,
            "escalations": Escalation.objects.filter(conversation=row),
            "turns": [TurnShown(turn, json.dumps(turn.trace, indent=2, ensure_ascii=False)) for turn in turns],
        }
        return super().render_change_form(request, context, *args, **kwargs)


class GoldenQuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A question with what has to come out."""

    class Meta:
        model = GoldenQuestion
        fields = ("site", "question", "expected", "words", "blocks", "language", "region", "reader")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reader"].required = False

    def clean_reader(self) -> str:
        """A visitor, unless somebody else was chosen."""
        return self.cleaned_data["reader"] or self.instance.reader

    def clean_region(self) -> str:
        """In capitals, as articles have it."""
        return str(self.cleaned_data["region"]).upper()

    def clean(self) -> dict[str, Any]:
        """An article of the same site; words only where there is to be an answer."""
        data = super().clean() or {}
        expected, site = data.get("expected"), data.get("site") or getattr(self.instance, "site", None)
        if expected is not None and site is not None and expected.site_id != site.pk:
            self.add_error("expected", gettext("That article belongs to another site."))
        new = data.get("blocks") and not self.initial.get("blocks")
        if new and site is not None and GoldenQuestion.objects.filter(site=site, blocks=True).count() >= golden.MOST:
            most = gettext("%(most)d of this site block publishing already, and each is asked before it.")
            self.add_error("blocks", most % {"most": golden.MOST})
        if expected is None and data.get("words"):
            self.add_error("words", gettext("Choose the article, or leave the words empty: there is to be no answer."))
        return data


@admin.register(GoldenQuestion)
class GoldenQuestionAdmin(PlainChoices):
    """Questions whose answers must stay right; asked again before something is published."""

    right = Right.EDIT_ARTICLES
    form = GoldenQuestionForm
    list_display = ("question", "expects", "language", "region", "blocks")
    list_filter = ("blocks", "language")
    list_select_related = ("expected",)
    search_fields = ("question",)
    empty_value_display = ""

    class Media:
        css = {"all": ("admin/replay.css",)}

    @admin.display(description=_("expected"), ordering="expected__title")
    def expects(self, row: GoldenQuestion) -> str:
        """The article, or that there is none."""
        return row.expected.title if row.expected else gettext("no answer")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only articles of one's own sites."""
        if db_field.name == "expected":
            kwargs["queryset"] = Article.objects.filter(site__in=sites_with(request, self.right)).order_by("title")
            kwargs["empty_label"] = gettext("no answer")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The site, where there is one to choose; a question that another page brings."""
        sites = list(sites_with(request, self.right)[:2])
        return {"site": sites[0].pk if len(sites) == 1 else None} | super().get_changeform_initial_data(request)
