"""Collections in the admin: the shelves of the help centre, with a title in each language."""

from types import new_class
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge import publish
from knowledge.models import Collection
from supportsite.sites.admin import OfSiteAdmin
from supportsite.sites.rights import Right


def _title_field(code: str, language: Any) -> forms.CharField:
    return forms.CharField(
        label=language, max_length=120, required=code == "en", widget=forms.TextInput(attrs={"class": "vTextField"})
    )


# A form with a field for each language of the interface; written out it would repeat LANGUAGES.
TitlesForm: Any = new_class(
    "TitlesForm",
    (forms.ModelForm,),
    exec_body=lambda fields: fields.update(
        {f"title_{code}": _title_field(code, name) for code, name in settings.LANGUAGES}
    ),
)


class CollectionForm(TitlesForm):
    """A collection with its title in each language of the interface."""

    class Meta:
        model = Collection
        fields = ("site", "slug", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"title_{code}"].initial = (self.instance.titles or {}).get(code, "")

    def save(self, commit: bool = True) -> Any:
        """The titles that were given; those of other languages stay."""
        given = {code: self.cleaned_data[f"title_{code}"] for code, _name in settings.LANGUAGES}
        kept = {code: title for code, title in (self.instance.titles or {}).items() if code not in given}
        self.instance.titles = kept | {code: title for code, title in given.items() if title}
        return super().save(commit)


@admin.register(Collection)
class CollectionAdmin(OfSiteAdmin):
    """The shelves of the help centre."""

    right = Right.EDIT_ARTICLES
    form = CollectionForm
    list_display = ("__str__", "slug", "position")
    list_editable = ("position",)
    fieldsets = (
        (None, {"fields": ("site", "slug", "position")}),
        (_("Title"), {"fields": [f"title_{code}" for code, _name in settings.LANGUAGES]}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Collection | None = None) -> tuple[str, ...]:
        """The site is chosen once."""
        return () if obj is None else ("site",)

    def save_model(self, request: HttpRequest, obj: Collection, form: Any, change: bool) -> None:
        """Sections are found by their collection's slug."""
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            publish.file_again(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        """Only an empty one."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is not None and not obj.articles.exists()
