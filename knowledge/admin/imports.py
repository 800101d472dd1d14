"""Imports in the admin: choose what to bring in, watch it, read what became of each document, stop it, run it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import fetch, import_files, imports, publish
from knowledge.documents.document import Unreadable
from knowledge.import_words import say
from knowledge.models import Collection, Import, ImportItem, ImportKind, Outcome
from knowledge.reading import FORMS
from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.models import Site
from supportsite.sites.rights import Right

LINES_SHOWN = 100
EVERY = [(0, _("never")), (24, _("every day")), (168, _("every week"))]
TROUBLE = (Outcome.FAILED, Outcome.VANISHED, Outcome.SKIPPED)


@dataclass(frozen=True)
class Line:
    """One line of a report."""

    row: ImportItem
    words: Sequence[str]


class FilesInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The files that were chosen, as a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file by itself."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in given]


class ImportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What to bring in, and as what."""

    kind = forms.ChoiceField(label=_("From"), choices=ImportKind, initial=ImportKind.FILES, widget=forms.RadioSelect)
    uploads = FilesField(
        label=_("Files"),
        required=False,
        widget=FilesInput(attrs={"accept": ",".join(FORMS)}),
        help_text=_("Markdown, HTML, PDF, Word (.docx), CSV, articles.jsonl, a Zendesk export, or a .zip of these."),
    )
    source = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=1000,
        widget=forms.URLInput(attrs={"class": "vURLField", "placeholder": "https://"}),
        help_text=_(
            "Of a page, of a sitemap.xml, or of a Zendesk help centre such as https://example.zendesk.com/hc/en-us."
        ),
    )
    publish = forms.ChoiceField(
        label=_("They become"),
        choices=[
            ("", _("drafts, which readers do not see")),
            ("on", _("published articles, each as soon as it is read")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    every_hours = forms.TypedChoiceField(label=_("Read it again"), choices=EVERY, coerce=int, required=False, initial=0)

    class Meta:
        model = Import
        fields = ("kind", "uploads", "source", "site", "collection", "language", "publish", "replace", "every_hours")
        labels = {"replace": _("Replace articles that were written or changed here")}
        help_texts = {"replace": _("Their versions are kept, and can be published again.")}

    def clean_publish(self) -> bool:
        """Of the two choices."""
        return self.cleaned_data["publish"] == "on"

    def clean(self) -> dict[str, Any]:
        """What the source needs, and what belongs together."""
        data = super().clean() or {}
        if data.get("kind") == ImportKind.FILES:
            self._check_files(data)
        else:
            self._check_address(data)
        wrong = publish.faults(data.get("language", ""), "", "", "").get("language")
        if wrong:
            self.add_error("language", wrong)
        collection, site = data.get("collection"), data.get("site")
        if collection and site and collection.site != site:
            self.add_error("collection", gettext("That collection belongs to another site."))
        return data

    def _check_files(self, data: dict[str, Any]) -> None:
        files = data.get("uploads") or []
        if not files and "uploads" not in self.errors:
            self.add_error("uploads", gettext("Choose at least one file."))
        data["source"] = ", ".join(str(file.name) for file in files)[:1000]
        data["every_hours"] = 0

    def _check_address(self, data: dict[str, Any]) -> None:
        address = data.get("source", "")
        try:
            data["source"] = str(fetch.parsed(address if "//" in address else f"https://{address}"))
        except Unreadable:
            self.add_error("source", gettext("Write an address such as https://www.example.com/help."))


@admin.register(Import)
class ImportAdmin(OfSiteAdmin):
    """Imports of the sites on which one may edit articles."""

    right = Right.EDIT_ARTICLES
    form = ImportForm
    add_form_template = "admin/knowledge/import/add.html"
    list_display = ("__str__", "kind", "state", "lines", "made_at")
    list_filter = ("state", "kind")
    actions = None
    fieldsets = (
        (_("From where"), {"fields": ("kind", "uploads", "source", "every_hours")}),
        (_("As what"), {"fields": ("site", "collection", "language", "publish", "replace")}),
    )

    class Media:
        css = {"all": ("knowledge/import.css",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the number of lines in the report."""
        return super().get_queryset(request).annotate(line_count=Count("items"))

    @admin.display(description=_("documents"), ordering="line_count")
    def lines(self, imported: Any) -> int:
        """How many documents it came upon."""
        return int(imported.line_count)

    def has_delete_permission(self, request: HttpRequest, obj: Import | None = None) -> bool:
        """Its articles stay; one that is at work is stopped first."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.is_open)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only collections of one's own sites can be chosen."""
        if db_field.name == "collection":
            kwargs["queryset"] = Collection.objects.filter(site__in=sites_with(request, self.right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The site of whoever has only one, and its language."""
        sites = list(sites_with(request, self.right)[:2])
        own = {"site": sites[0].pk, "language": sites[0].locale} if len(sites) == 1 else {}
        return {**own, **super().get_changeform_initial_data(request)}

    def get_form(self, request: HttpRequest, obj: Import | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which refuses to publish where one may not."""
        form = super().get_form(request, obj, change, **kwargs)
        may_publish = set(sites_with(request, Right.PUBLISH).values_list("pk", flat=True))

        class Allowed(form):  # type: ignore[misc, valid-type]
            def clean(self) -> dict[str, Any]:
                data: dict[str, Any] = super().clean()
                site = data.get("site")
                if data.get("publish") and isinstance(site, Site) and site.pk not in may_publish:
                    self.add_error("publish", gettext("You may not publish on this site."))
                return data

        return Allowed

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form; where there is no room for the files it says so."""
        context = {**(extra_context or {}), "title": gettext("Import articles")}
        try:
            return super().add_view(request, form_url, context)
        except import_files.NoRoom:
            messages.error(request, gettext("Other imports hold as much as can be kept. Wait for their end."))
            return HttpResponseRedirect(reverse("admin:knowledge_import_changelist"))

    def save_model(self, request: HttpRequest, obj: Import, form: Any, change: bool) -> None:
        """By the verb, which also begins it."""
        data = form.cleaned_data
        files = data.get("uploads") if data["kind"] == ImportKind.FILES else None
        made = imports.make(
            site=data["site"],
            kind=ImportKind(data["kind"]),
            source=data["source"],
            language=data["language"],
            collection=data["collection"],
            publish=data["publish"],
            replace=data["replace"],
            every_hours=data["every_hours"] or 0,
            by=request.user if request.user.is_authenticated else None,
            files=import_files.Upload(tuple(files)) if files else None,
        )
        obj.pk = made.pk

    def response_add(self, request: HttpRequest, obj: Import, post_url_continue: str | None = None) -> HttpResponse:
        """To its progress and its report."""
        return self._back_to(obj)

    def get_urls(self) -> list[URLPattern]:
        """Progress, and what can be done to an import, beside Django's own."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", view(self.progress), name="knowledge_import_progress"),
            path("<int:pk>/stop/", view(self.stop), name="knowledge_import_stop"),
            path("<int:pk>/again/", view(self.again), name="knowledge_import_again"),
            path("<int:pk>/go-on/", view(self.go_on), name="knowledge_import_go_on"),
            path("<int:pk>/schedule/", view(self.schedule), name="knowledge_import_schedule"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The report, with progress above it."""
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        imported = get_object_or_404(self.get_queryset(request), pk=number)
        chosen = request.GET.get("outcome", "")
        lines = imported.items.select_related("article")
        if chosen in Outcome.values:
            lines = lines.filter(outcome=chosen)
        page = Paginator(lines, LINES_SHOWN).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            **_progress(imported),
            "opts": self.opts,
            "title": imported.source,
            "media": self.media,
            "page": page,
            "lines": [_line(row) for row in page],
            "chosen": chosen,
            "filters": _filters(imported, chosen),
            "every": EVERY,
            "may_delete": self.has_delete_permission(request, imported),
            "original": imported,
        }
        return render(request, "admin/knowledge/import/report.html", context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is, as the part of the page that changes."""
        imported = get_object_or_404(self.get_queryset(request), pk=pk)
        return render(request, "admin/knowledge/import/_progress.html", _progress(imported))

    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it after the document that it is at."""
        return self._do(request, pk, lambda imported: imports.stop(imported=imported))

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read the source once more."""
        return self._do(request, pk, lambda imported: imports.again(imported=imported))

    def go_on(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take up what was stopped."""
        return self._do(request, pk, lambda imported: imports.go_on(imported=imported))

    def schedule(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How often it is read again."""
        chosen = request.POST.get("every_hours", "")
        hours = int(chosen) if chosen in {str(number) for number, _name in EVERY} else 0
        return self._do(request, pk, lambda imported: imports.schedule(imported=imported, every_hours=hours))

    def _do(self, request: HttpRequest, pk: int, verb: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        imported = get_object_or_404(self.get_queryset(request), pk=pk)
        if verb(imported) is False:
            messages.error(request, gettext("It is at work already, or its files are not there any more."))
        return self._back_to(imported)

    def _back_to(self, imported: Import) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:knowledge_import_change", args=[imported.pk]))


def _progress(imported: Import) -> dict[str, Any]:
    counts = _counts(imported)
    done = sum(counts.values())
    return {
        "imported": imported,
        "done": done,
        "expected": max(imported.expected, done),
        "counts": [(Outcome(name).label, count, name in TROUBLE) for name, count in counts.items()],
        "trouble": say(imported.reason, imported.detail) if imported.reason else "",
        "can_go_on": imported.state in ("stopped", "failed") and imports.can_run_again(imported),
        "can_run_again": not imported.is_open and imports.can_run_again(imported),
        "is_web": imported.kind != ImportKind.FILES,
    }


def _counts(imported: Import) -> dict[str, int]:
    rows = imported.items.order_by().values("outcome").annotate(n=Count("pk")).values_list("outcome", "n")
    found = dict(rows)
    return {name: found[name] for name in Outcome.values if name in found}


def _filters(imported: Import, chosen: str) -> list[tuple[str, str, int, bool]]:
    counts = _counts(imported)
    all_of_them = (gettext("all"), "?", sum(counts.values()), chosen not in Outcome.values)
    return [
        all_of_them,
        *((str(Outcome(n).label), "?" + urlencode({"outcome": n}), count, n == chosen) for n, count in counts.items()),
    ]


def _line(row: ImportItem) -> Line:
    words = [say(row.reason, row.detail)] if row.reason else []
    if row.outcome == Outcome.VANISHED:
        words = [gettext("It is not at its source any more. The article is kept as it is.")]
    return Line(row, [*words, *(say(note["reason"], note["detail"]) for note in row.notes)])
