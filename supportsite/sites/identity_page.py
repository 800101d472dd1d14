"""The page of a site's identity key: shown once asked for, and made anew. Both are kept in the history of the site."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .identity_examples import EXAMPLES
from .identity_key import identity_key
from .models import Site

TEMPLATE: Final = "admin/sites/site/identity.html"


class NewKey(forms.Form):
    """The owner means it."""

    sure = forms.BooleanField(label=gettext_lazy("What is signed with the key so far opens nothing any more."))


def page(model_admin: "admin.ModelAdmin[Site]", request: HttpRequest, pk: int) -> HttpResponse:
    """Who may manage the site sees the key by a button, or makes another one of it."""
    site = model_admin.get_queryset(request).filter(pk=pk).first()
    if site is None:
        raise PermissionDenied
    does = request.POST.get("do") if request.method == "POST" else ""
    form = NewKey(request.POST if does == "new" else None)
    if form.is_valid():
        Site.objects.filter(pk=site.pk).update(identity_key=F("identity_key") + 1)
        model_admin.log_change(request, site, "new identity key")
        messages.success(request, _("The key is another one now. Put it on your server: until then nobody is known."))
        return HttpResponseRedirect(reverse("admin:sites_site_identity", args=[site.pk]))
    context: dict[str, Any] = model_admin.admin_site.each_context(request) | {
        "title": _("Verified customers of %(name)s") % {"name": site.name}, "site_row": site, "form": form,
    }  # fmt: skip
    if does == "show":
        model_admin.log_change(request, site, f"identity key {site.identity_key} shown")
        context |= {"secret": identity_key(site), "examples": EXAMPLES}
    return TemplateResponse(request, TEMPLATE, context)
