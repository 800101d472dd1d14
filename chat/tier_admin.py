"""Tiers in the admin: a light and a strong model with their prices, what the day has cost, and training the router."""

import tempfile
from pathlib import Path
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge import labelled
from knowledge.labelled import BadLine
from supportsite.sites.admin import PlainChoices, sites_with
from supportsite.sites.models import Site
from supportsite.sites.rights import Right

from . import both_tiers, budget, tiering, training
from .assistant import providers
from .evaluation.tier import ROWS
from .intent_rows import Trains
from .learned.tier_fitting import FEWEST
from .tier_rows import Tier

LARGEST: Final = 20 * 1024 * 1024
# Prices as their makers had them in autumn 2026 or before; a machine of one's own has those of its electricity.
_LLAMA: Final[dict[str, str | int]] = {
    "name": "light",
    "price_in": "0",
    "price_out": "0",
    "context": 8192,
    "timeout": 20,
}
OFFERS: Final[tuple[tuple[dict[str, str | int], Any], ...]] = (
    (
        _LLAMA | {"model": "ollama:llama3:8b"},
        gettext_lazy("Llama 3 8B behind Ollama on this machine, as light"),
    ),
    (
        _LLAMA | {"model": "openai:meta-llama/Meta-Llama-3-8B-Instruct"},
        gettext_lazy("Llama 3 8B behind any OpenAI-compatible server, as light"),
    ),
    (
        {
            "name": "strong", "model": "openai:gpt-4o", "price_in": "2.50", "price_out": "10.00",
            "context": 128_000, "timeout": 20,
        },
        gettext_lazy("A GPT-4-class model, as strong"),
    ),
)  # fmt: skip


class TierForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tier that can be asked: what is wrong with it is said here, not to the first customer."""

    class Meta:
        model = Tier
        fields = ("site", "name", "model", "url", "price_in", "price_out", "context", "timeout")

    def clean_model(self) -> str:
        """Of the right form, before it is tried."""
        name = str(self.cleaned_data["model"])
        Tier._meta.get_field("model").run_validators(name)
        return name

    def clean_url(self) -> str:
        """An address that whoever runs the machine has allowed."""
        url = str(self.cleaned_data["url"]).strip()
        allowed = tiering.addresses()
        if url and url not in allowed:
            told = ", ".join(allowed) or _("none")
            raise ValidationError(_("TANDEM_TIER_URLS does not list it. It lists: %(urls)s.") % {"urls": told})
        return url

    def clean(self) -> dict[str, Any]:
        """A model that can be made here, with the key that it needs."""
        data = super().clean() or {}
        if not self.errors:
            try:
                providers.of_tier(tiering.view(Tier(**{name: data[name] for name in self.Meta.fields})))
            except providers.BadModel as error:
                self.add_error("model", _("It cannot be used: %(why)s") % {"why": str(error)[:300]})
        return data


class TrainForm(forms.Form):
    """The site, and what to learn from: a file, or its own customers' questions."""

    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none(), empty_label=None)
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    replay = forms.IntegerField(
        label=gettext_lazy("Or: so many of your customers' last questions"),
        help_text=gettext_lazy("Each is put to both models, which costs two answers; the day's budget holds."),
        required=False,
        min_value=FEWEST,
        max_value=both_tiers.MOST,
    )

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """With one of the two, and what is learned from as `rows`."""
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data["file"]) == bool(data["replay"]):
            raise ValidationError(_("Give a file, or how many questions: one of the two."))
        try:
            data["rows"] = data["file"] or both_tiers.questions(data["site"], data["replay"])
        except training.NothingToTrainOn as error:
            self.add_error("replay", str(error))
        return data

    def clean_file(self) -> list[dict[str, Any]]:
        """Its rows; none where there is none."""
        given: UploadedFile[Any] | None = self.cleaned_data["file"]
        if not given:
            return []
        if (given.size or 0) > LARGEST:
            raise ValidationError(_("It is larger than %(most)s MB.") % {"most": LARGEST >> 20})
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "rows.jsonl"
            kept.write_bytes(given.read())
            try:
                return labelled.read(kept, ROWS)
            except BadLine as error:
                told = {"line": error.line, "name": error.name, "expected": error.expected}
                raise ValidationError(_("Line %(line)s, %(name)s: expected %(expected)s.") % told) from None


@admin.register(Tier)
class TierAdmin(PlainChoices):
    """The models of a site and their prices."""

    form = TierForm
    right = Right.MANAGE_SITE
    change_list_template = "admin/chat/tier/list.html"
    list_display = ("name", "model", "price_in", "price_out", "context", "timeout", "site")
    list_display_links = ("name", "model")
    list_select_related = ("site",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With what to begin with, and what the day has cost."""
        now = timezone.now()
        extra = {
            "offers": [(urlencode(values), words) for values, words in OFFERS],
            "days": [
                (site, budget.standing(site, now)) for site in sites_with(request, self.right).exclude(tiers=None)
            ],
        }
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    def get_urls(self) -> list[URLPattern]:
        """With the router's training."""
        return [path("train/", self.admin_site.admin_view(self.train), name="chat_tier_train"), *super().get_urls()]

    def train(self, request: HttpRequest) -> HttpResponse:
        """Begin to train the router on a file of the owner's."""
        sites = sites_with(request, self.right)
        if not sites.exists():
            raise PermissionDenied
        form = TrainForm(request.POST or None, request.FILES or None, sites=sites)
        if request.method == "POST" and form.is_valid():
            try:
                row = training.begin(
                    site=form.cleaned_data["site"],
                    of=Trains.TIER,
                    rows=form.cleaned_data["rows"],
                    by=request.user if request.user.is_authenticated else None,
                    now=timezone.now(),
                )
            except training.NothingToTrainOn as error:
                form.add_error("file", str(error))
            else:
                words = _("The training has begun. Nothing changes for customers until you use it.")
                messages.success(request, words)
                return HttpResponseRedirect(reverse("admin:chat_training_change", args=[row.pk]))
        context = self.admin_site.each_context(request) | {"title": _("Train the router"), "form": form}
        return TemplateResponse(request, "admin/chat/tier/train.html", context)
