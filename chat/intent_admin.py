"""Intents, keyword rules and trainings in the admin: a tester, and the buttons that train, use and undo."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from supportsite.sites.admin import OfSiteAdmin, PlainChoices, sites_with
from supportsite.sites.forms import Lines
from supportsite.sites.models import Site
from supportsite.sites.rights import Right

from . import emotions, intents, training, trial
from .assistant.routing import static
from .intent_rows import Intent, KeywordRule, Training, TrainingState, Trains

LONGEST = 300
# What a figure is called for who reads it; it is stored by the name that the commands print.
_FIGURES = {
    "examples": gettext_lazy("Examples"),
    "rows": gettext_lazy("Examples"),
    "own": gettext_lazy("of them your own"),
    "needed": gettext_lazy("of them needed a person"),
    "accuracy": gettext_lazy("Read rightly"),
    "accuracy_shipped": gettext_lazy("Read rightly by what Tandem comes with"),
    "followed": gettext_lazy("Sure enough to act on"),
    "outside_found": gettext_lazy("Out of scope, found"),
    "outside_auroc": gettext_lazy("Out of scope, told apart (AUROC; 0.5 is chance)"),
    "auroc": gettext_lazy("Told apart (AUROC; 0.5 is chance)"),
    "auroc_shipped": gettext_lazy("Told apart by what Tandem comes with"),
    "precision": gettext_lazy("Rightly called, of those called"),
    "precision_shipped": gettext_lazy("Rightly called by what Tandem comes with"),
    "recall": gettext_lazy("Called, of those that needed it"),
    "recall_shipped": gettext_lazy("Called by what Tandem comes with"),
    "apgr": gettext_lazy("Of the strong model's gain kept, over all shares (APGR; 0.5 is chance)"),
    "saved_at_95": gettext_lazy("Cost saved at 0.95 of the strong model's quality"),
    "trees": gettext_lazy("Trees"),
}


class IntentForm(forms.ModelForm):  # type: ignore[type-arg]
    """An intent; an example a line."""

    examples = Lines(
        label=gettext_lazy("Examples"),
        required=False,
        help_text=gettext_lazy("Questions as customers ask them, one in a line, in any language. Five is a beginning."),
        widget=forms.Textarea(attrs={"rows": 14, "cols": 80}),
    )

    class Meta:
        model = Intent
        fields = ("site", "name", "about", "kind", "tier", "examples")


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule; a word or phrase a line."""

    any_of = Lines(
        label=gettext_lazy("One of"),
        required=False,
        help_text=gettext_lazy("Words or phrases, one in a line; a * at the end stands for any ending: return*"),
    )
    all_of = Lines(label=gettext_lazy("All of"), required=False)
    none_of = Lines(label=gettext_lazy("None of"), required=False)

    class Meta:
        model = KeywordRule
        fields = ("site", "intent", "place", "any_of", "all_of", "none_of")


class WithTraining(OfSiteAdmin):
    """A list with the buttons that test and train, a training for each of one's sites."""

    right = Right.ROUTE
    trains = Trains.INTENT
    change_list_template = "admin/chat/intent/list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the sites that can be trained."""
        return super().changelist_view(
            request,
            {
                **(extra_context or {}),
                "trainable": sites_with(request, self.right).order_by("name"),
                "trains": self.trains,
            },
        )


@admin.register(Intent)
class IntentAdmin(WithTraining, PlainChoices):
    """What customers want, by example."""

    form = IntentForm
    list_display = ("name", "kind", "how_many", "site")
    list_filter = ("kind",)
    list_select_related = ("site",)
    search_fields = ("name",)

    @admin.display(description=gettext_lazy("examples"))
    def how_many(self, row: Intent) -> int:
        """Their number."""
        return len(row.examples)


@admin.register(KeywordRule)
class KeywordRuleAdmin(WithTraining, PlainChoices):
    """Words that mean an intent, tried in their order."""

    form = RuleForm
    list_display = ("place", "intent", "words", "site")
    list_display_links = ("place", "intent")
    list_select_related = ("site", "intent")

    @admin.display(description=gettext_lazy("words"))
    def words(self, row: KeywordRule) -> str:
        """What it looks for."""
        return ", ".join([*row.any_of, *(f"+{word}" for word in row.all_of), *(f"-{word}" for word in row.none_of)])

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only intents of one's own sites."""
        if db_field.name == "intent":
            kwargs["queryset"] = Intent.objects.filter(site__in=sites_with(request, self.right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Training)
class TrainingAdmin(WithTraining):
    """What was trained, how good it is on examples that it had not seen, and which one answers."""

    list_display = ("pk", "of", "site", "state", "percent", "accuracy", "made_at", "used_at")
    list_select_related = ("site",)
    fields = ("of", "site", "state", "percent", "trouble", "made_by", "made_at", "ended_at", "used_at", "used_by")
    readonly_fields = fields
    change_form_template = "admin/chat/training/change.html"

    @admin.display(description=gettext_lazy("held out"))
    def accuracy(self, row: Training) -> str:
        """The figure that counts."""
        value = row.figures.get("accuracy", row.figures.get("apgr"))
        return f"{value:.3f}" if isinstance(value, float) else ""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what was learnt from and the model, which may be megabytes each."""
        return super().get_queryset(request).defer("rows", "model")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are begun by a button or a command."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A training never changes; it is used or not."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It says who trained what."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """With the buttons' addresses."""
        view = self.admin_site.admin_view
        own = [
            path("test/", view(self.test), name="chat_routing_test"),
            path("begin/", view(require_POST(self.begin)), name="chat_training_begin"),
            path("<int:pk>/use/", view(require_POST(self.use)), name="chat_training_use"),
            path("<int:pk>/undo/", view(require_POST(self.undo)), name="chat_training_undo"),
        ]
        return own + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page with its figures and buttons."""
        row: Training = kwargs["obj"]
        live = training.live(row.site, Trains(row.of))
        context |= {
            "figures": [
                (_FIGURES.get(name, name), value) for name, value in row.figures.items() if not isinstance(value, list)
            ],
            "points": row.figures.get("points", []),
            "chosen": training.point(row) if row.of == Trains.TIER else None,
            "is_live": live == row.pk,
            "may_use": row.state == TrainingState.DONE and live != row.pk,
            "is_open": row.state in (TrainingState.WAITING, TrainingState.RUNNING),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def begin(self, request: HttpRequest) -> HttpResponse:
        """Train on the site's intents, or its sentences for emotions, as they are now."""
        site = _site(request, request.POST.get("site"))
        of = Trains.EMOTION if request.POST.get("of") == Trains.EMOTION else Trains.INTENT
        rows = emotions.sentences(site) if of is Trains.EMOTION else training.examples(site)
        try:
            row = training.begin(site=site, of=of, rows=rows, by=_person(request), now=timezone.now())
        except training.NothingToTrainOn:
            messages.error(request, _("There are too few examples: write two intents or more first."))
            return HttpResponseRedirect(reverse("admin:chat_intent_changelist"))
        messages.success(request, _("The training has begun. Nothing changes for customers until you use it."))
        return HttpResponseRedirect(reverse("admin:chat_training_change", args=[row.pk]))

    def use(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it answer."""
        row = self._row(request, pk)
        if training.use(training=row, by=_person(request), now=timezone.now()):
            messages.success(request, _("It reads what customers write from now on."))
        else:
            messages.error(request, _("It is not done."))
        return HttpResponseRedirect(reverse("admin:chat_training_change", args=[pk]))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to the one before."""
        row = self._row(request, pk)
        before = training.undo(site=row.site, of=Trains(row.of))
        words = _("The one before is in use again.") if before else _("None is in use any more.")
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:chat_training_change", args=[before.pk if before else pk]))

    def test(self, request: HttpRequest) -> HttpResponse:
        """Type a question: which rule fits, which intent was learned for it, and by a button what a model says."""
        told = request.POST if request.method == "POST" else request.GET
        site = _site(request, told.get("site"))
        question = " ".join(told.get("q", "").replace("\0", "").split())[:LONGEST]
        named = trial.named(question, site) if request.method == "POST" and question else None
        context = self.admin_site.each_context(request) | {
            "title": _("Test the routing"),
            "sites": sites_with(request, self.right),
            "site": site,
            "question": question,
            "longest": LONGEST,
            "tested": _tested(site, question) if question else None,
            "felt": trial.felt(site, question) if question else None,
            "named": named,
            "percent": round(100 * (1 - named.evidence.get("outside", 0))) if named and named.intent else 0,
            "instead_of": named.evidence.get("instead_of", {}).get("outcome", "") if named else "",
        }
        return TemplateResponse(request, "admin/chat/intent/test.html", context)

    def _row(self, request: HttpRequest, pk: int) -> Training:
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise PermissionDenied
        return row


@dataclass(frozen=True)
class Tested:
    """What each strategy says of a question."""

    hit: static.Hit | None
    intent: str
    percent: int
    outside_percent: int
    is_outside: bool
    is_sure: bool


def _tested(site: Site, question: str) -> Tested:
    hit = static.first(intents.rules(site), question)
    judged = intents.judged(site, question)
    if judged is None:
        return Tested(hit, "", 0, 0, False, False)
    best = int(judged.probabilities[0].argmax())
    return Tested(
        hit,
        judged.labels[best],
        round(100 * float(judged.probabilities[0][best])),
        round(100 * float(judged.outside[0])),
        bool(judged.is_outside[0]),
        bool(judged.is_sure[0]),
    )


def _site(request: HttpRequest, number: str | None) -> Site:
    sites = sites_with(request, Right.ROUTE)
    chosen = sites.filter(pk=int(number)).first() if number and number.isdecimal() and len(number) < 10 else None
    site = chosen or sites.order_by("-is_demo", "pk").first()
    if site is None:
        raise PermissionDenied
    return site


def _person(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None
