"""Verified customers in the admin: who they are, their logs as a file, and the button that forgets them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from supportsite.sites.admin import OfSiteAdmin
from supportsite.sites.rights import Right

from . import customer_file, lifecycle
from .customer_rows import Customer
from .models import Conversation


class Forgetting(forms.Form):
    """Whoever forgets somebody writes down whom: a button is pressed too easily."""

    confirmed = forms.CharField(label=gettext_lazy("The customer's id, to be sure"), strip=False)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._customer = customer

    def clean_confirmed(self) -> str:
        """The very id."""
        confirmed: str = self.cleaned_data["confirmed"]
        if confirmed != self._customer.external_id:
            raise forms.ValidationError(_("That is another id."))
        return confirmed


@admin.register(Customer)
class CustomerAdmin(OfSiteAdmin):
    """For whoever answers for what is kept of people: it is made by the owner's server, and goes by the button only."""

    right = Right.FORGET_CUSTOMERS
    list_display = ("__str__", "external_id", "email", "site", "conversations", "told_at")
    list_select_related = ("site",)
    search_fields = ("external_id__exact", "name", "email__iexact")
    search_hint = gettext_lazy("The whole id or address, or a part of the name.")
    ordering = ("-told_at",)
    show_full_result_count = False
    fields = ("external_id", "site", "name", "email", "worth", "made_at", "told_at", "logs")
    readonly_fields = fields
    change_list_template = "admin/chat/searched_list.html"
    change_form_template = "admin/chat/customer/change_form.html"

    @admin.display(description=gettext_lazy("conversations"), ordering="counted")
    def conversations(self, row: Any) -> int:
        """How many logs they have."""
        return int(row.counted)

    @admin.display(description=gettext_lazy("conversations"))
    def logs(self, row: Customer) -> str:
        """Each, in the admin."""
        found = Conversation.objects.filter(visitor__customer=row).order_by("-changed_at")
        links = ((reverse("admin:chat_conversation_change", args=[one.pk]), one.public_id) for one in found)
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', links)

    @admin.display(description=gettext_lazy("value"), empty_value="–")
    def worth(self, row: Customer) -> str:
        """As a person reads it."""
        return row.shown_value

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """With how many logs each has."""
        rows: QuerySet[Customer] = super().get_queryset(request)
        return rows.annotate(counted=Count("visitors__conversation"))

    def get_urls(self) -> list[URLPattern]:
        """With the file and the page of the button."""
        own = [
            path("<int:pk>/file/", self.admin_site.admin_view(require_POST(self.file)), name="chat_customer_file"),
            path("<int:pk>/forget/", self.admin_site.admin_view(self.forget), name="chat_customer_forget"),
        ]
        return own + super().get_urls()

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who they are and their logs, as JSON Lines. That it was fetched stands in the site's history."""
        row = self._theirs(request, pk)
        self.log_change(request, row.site, f"file of customer row {row.pk} fetched")
        answer = HttpResponse("".join(customer_file.lines(row)), content_type="application/x-ndjson; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="customer-{row.pk}.jsonl"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def forget(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What will go and what stays; then it goes. The history says that somebody was forgotten, and not who."""
        row = self._theirs(request, pk)
        form = Forgetting(row, request.POST if request.method == "POST" else None)
        if form.is_valid():
            done = lifecycle.forget_customer(site=row.site, external_id=row.external_id, now=timezone.now())
            self.log_change(request, row.site, f"customer row {row.pk} forgotten")
            count = done.conversations if done else 0
            told = ngettext(
                "Forgotten. One conversation was erased.", "Forgotten. %(count)d conversations were erased.", count
            )
            messages.success(request, told % {"count": count})
            return HttpResponseRedirect(reverse("admin:chat_customer_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": _("Forget %(name)s") % {"name": row}, "row": row, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/chat/customer/forget.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The owner's server makes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deleting the row alone would leave what they wrote."""
        return False

    def _theirs(self, request: HttpRequest, pk: int) -> Customer:
        row = self.get_queryset(request).select_related("site").filter(pk=pk).first()
        if row is None:
            raise PermissionDenied
        return row
