"""API keys in the admin: made here, shown once, revoked, never read again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents import api_keys
from agents.models import ApiKey, Scope
from supportsite.sites.admin import OfSiteAdmin


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A key's name and what it may do."""

    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.ARTICLES_READ]
    )

    class Meta:
        model = ApiKey
        fields = ("site", "name", "scopes")


@admin.register(ApiKey)
class ApiKeyAdmin(OfSiteAdmin):
    """Keys of one's own sites."""

    form = ApiKeyForm
    list_display = ("name", "site", "prefix", "made_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """A key that exists shows when it was made, used and revoked."""
        return ("site", "prefix", "made_at", "last_used_at", "revoked_at") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key is revoked; that it was there stays known."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """A new key is made with its secret, which `response_add` shows."""
        if change:
            super().save_model(request, obj, form, change)
            return
        row, secret = api_keys.make(site=obj.site, name=obj.name, scopes=obj.scopes, now=timezone.now())
        obj.__dict__.update(row.__dict__)
        vars(obj)["secret"] = secret  # of this request's object only: there is no such column

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The secret, now and never again: in this answer itself, since a message would travel in a cookie."""
        about = {"title": gettext("API key"), "key": obj, "secret": obj.secret}
        return TemplateResponse(request, "admin/key_made.html", {**self.admin_site.each_context(request), **about})

    @admin.action(description=_("Revoke the chosen keys"))
    def revoke(self, request: HttpRequest, keys: Any) -> None:
        """End these keys."""
        for key in keys:
            api_keys.revoke(key=key, now=timezone.now())
        messages.success(request, gettext("Revoked. Programs that use them get 401 from now on."))
