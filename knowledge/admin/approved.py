"""Approved answers in the admin: fixed wording for chosen questions, for whoever may publish."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import approved
from knowledge.models import ApprovedAnswer
from supportsite.sites.admin import OfSiteAdmin
from supportsite.sites.forms import Lines
from supportsite.sites.rights import Right

VERSIONS_SHOWN = 10


class ApprovedForm(forms.ModelForm):  # type: ignore[type-arg]
    """The questions a line each. What is wrong is told by the field."""

    questions = Lines(label=_("Questions"), help_text=ApprovedAnswer.questions.field.help_text)

    class Meta:
        model = ApprovedAnswer
        fields = ("site", "language", "region", "questions", "text", "audience", "is_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].required = False

    def clean_audience(self) -> str:
        """Everyone, unless something else was chosen."""
        return self.cleaned_data["audience"] or self.instance.audience

    def clean_region(self) -> str:
        """In capitals, as articles have it."""
        return str(self.cleaned_data["region"]).upper()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                approved.check(self.instance)
            except ValidationError as error:
                self.add_error(None, error)


@admin.register(ApprovedAnswer)
class ApprovedAnswerAdmin(OfSiteAdmin):
    """What is said word for word. Saving puts it to use at once, so it takes the right to publish."""

    right = Right.PUBLISH
    form = ApprovedForm
    list_display = ("question", "language", "region", "audience", "is_on", "updated_at")
    list_filter = ("language", "is_on")
    search_fields = ("questions", "text")
    actions = ("undo",)
    readonly_fields = ("history",)

    @admin.display(description=_("question"))
    def question(self, answer: ApprovedAnswer) -> str:
        """The first phrasing, in a line."""
        return Truncator(str(answer)).chars(120)

    @admin.display(description=_("What it was"))
    def history(self, answer: ApprovedAnswer) -> str:
        """The newest versions."""
        rows = answer.versions.all()[:VERSIONS_SHOWN] if answer.pk else []
        return format_html_join(
            "", "<p>{}: {}</p>", ((f"{row.number} · {row.made_at:%Y-%m-%d %H:%M}", row.text) for row in rows)
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the verb, which keeps the version."""
        approved.save(answer=obj, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    @admin.action(description=_("Undo the last change"), permissions=["change"])
    def undo(self, request: HttpRequest, queryset: QuerySet[ApprovedAnswer]) -> None:
        """Each chosen answer as it was before."""
        for answer in queryset:
            try:
                approved.undo(answer=answer, by=request.user, now=timezone.now())  # type: ignore[arg-type]
            except approved.NothingToUndo:
                messages.warning(request, gettext("“%(question)s” was never anything else.") % {"question": answer})
            else:
                messages.success(request, gettext("“%(question)s” is as it was before.") % {"question": answer})

    def get_readonly_fields(self, request: HttpRequest, obj: ApprovedAnswer | None = None) -> tuple[str, ...]:
        """The site is chosen once."""
        return ("history",) if obj is None else ("site", "history")
