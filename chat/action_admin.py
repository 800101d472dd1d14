"""Actions, procedures and deeds in the admin: the forms, an action's dry run, and a procedure's preview."""

from dataclasses import replace
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from knowledge.render import message_html
from supportsite.sites.admin import OfSiteAdmin, PlainChoices, sites_with
from supportsite.sites.rights import Right

from . import action_forms, budget, deeds, doings, dry, outside, preview
from .action_forms import ActionForm, DryRun, InputFormSet, ProcedureForm, StepForm, StepFormSet
from .action_rows import Action, ActionInput, Deed, Method, Procedure, ProcedureStep
from .assistant.doing.tools import Tool
from .intent_rows import Intent
from .models import Conversation

LONGEST: Final = 1000
_SALT: Final = "tandem.preview"


class OfParent(admin.options.InlineModelAdmin):  # type: ignore[type-arg]
    """Rows of a row: who may change that may change these."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the parent."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the parent."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the parent."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the parent."""
        return True


class InputInline(OfParent, admin.StackedInline):  # type: ignore[type-arg]
    """What an action needs."""

    model = ActionInput
    formset = InputFormSet
    extra = 1
    fields = (("name", "kind", "argument"),)


class StepInline(OfParent, admin.StackedInline):  # type: ignore[type-arg]
    """The steps, one below the other."""

    model = ProcedureStep
    form = StepForm
    formset = StepFormSet
    extra = 1
    fields = (("place", "does"), "text", ("slot", "kind"), ("action", "tells"), ("operator", "value", "goto"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only actions of one's own sites."""
        if db_field.name == "action":
            kwargs["queryset"] = Action.objects.filter(site__in=sites_with(request, Right.ROUTE))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The choice alone, as in PlainChoices."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "action" and field is not None:
            field.widget = getattr(field.widget, "widget", field.widget)
        return field


class OfIntents(PlainChoices):
    """Begun by an intent of one's own sites."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only those."""
        if db_field.name == "intent":
            kwargs["queryset"] = Intent.objects.filter(site__in=sites_with(request, self.right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Action)
class ActionAdmin(OfIntents):
    """What may be asked of other servers. Only owners: it sends what customers write to the host that they name."""

    right = Right.MANAGE_SITE
    form = ActionForm
    inlines = (InputInline,)
    list_display = ("name", "method", "changes", "is_on", "site")
    list_select_related = ("site",)
    readonly_fields = ("tool",)
    change_form_template = "admin/chat/action/change_form.html"
    fieldsets = (
        (None, {"fields": ("site", "name", "does", "intent", "is_on")}),
        (
            gettext_lazy("Request"),
            {
                "fields": ("method", "url", "tool", "headers", "timeout"),
                "description": gettext_lazy(
                    "For a tool of an MCP server write the server's address, save, and pick the tool."
                ),
            },
        ),
        (gettext_lazy("Who may"), {"fields": ("identity", "email_path", "model_may")}),
        (gettext_lazy("What the customer reads"), {"fields": ("changes", "asks", "reply", "sample")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the addresses of the dry run and of the server's tools."""
        own = [
            path("<int:pk>/try/", self.admin_site.admin_view(self.try_it), name="chat_action_try"),
            path("<int:pk>/tools/", self.admin_site.admin_view(self.tools), name="chat_action_tools"),
        ]
        return own + super().get_urls()

    def tools(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The tools of an MCP server, asked for by a button, and one of them picked."""
        row = self.get_queryset(request).select_related("site").filter(pk=pk, method=Method.MCP).first()
        if row is None:
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Tools of %(name)s") % {"name": row.name}, "row": row, "address": row.url,
        }  # fmt: skip
        if request.method == "POST":
            try:
                found = dry.tools(action_forms.of_row(row))
            except outside.NoTools as error:
                context["fault"] = error.fault
            else:
                picked = next((one for one in found if one.name == request.POST.get("tool") and one.is_usable), None)
                if picked:
                    return self._picked(request, row, picked)
                context["tools"] = found
        return TemplateResponse(request, "admin/chat/action/tools.html", context)

    def _picked(self, request: HttpRequest, row: Action, tool: Tool) -> HttpResponse:
        """What changes something, by all that the server says, has to be asked first: the owner may say otherwise."""
        action_forms.pick(row, tool)
        if row.changes:
            messages.warning(
                request,
                _(
                    "The server does not say that this tool only reads, so the customer is asked before it is called: "
                    "write what they are asked, or take the tick away where you know that it changes nothing."
                ),
            )
        messages.success(request, _("Picked. Look at the inputs, write the reply, and switch it on."))
        return HttpResponseRedirect(reverse("admin:chat_action_change", args=[row.pk]))

    def try_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A dry run: the request without its secrets, the answer, and what a customer would read."""
        row = self.get_queryset(request).select_related("site").filter(pk=pk).first()
        if row is None:
            raise PermissionDenied
        action = action_forms.of_row(row)
        form = DryRun(action, request.POST if request.method == "POST" else None)
        context = self.admin_site.each_context(request) | {
            "title": _("Dry run of %(name)s") % {"name": row.name}, "row": row, "form": form, "action": action,
            "schema": action.schema,
        }  # fmt: skip
        if form.is_bound and form.is_valid():
            acted = dry.run(action, form.inputs())
            how: dict[str, Any] = {"language": row.site.locale, "today": budget.day_of(row.site, timezone.now())}
            context |= {
                "acted": acted,
                "answer": action_forms.as_json(acted),
                "reply": action_forms.reply_of(action, form.inputs(), acted, **how),
            }
        return TemplateResponse(request, "admin/chat/action/try.html", context)


@admin.register(Procedure)
class ProcedureAdmin(OfIntents):
    """A few steps in plain order."""

    right = Right.ROUTE
    form = ProcedureForm
    inlines = (StepInline,)
    list_display = ("name", "intent", "is_on", "site")
    list_select_related = ("site", "intent")
    change_form_template = "admin/chat/procedure/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """With the preview's address."""
        own = path("<int:pk>/preview/", self.admin_site.admin_view(self.preview), name="chat_procedure_preview")
        return [own, *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A conversation with this procedure, which changes nothing and stores nothing."""
        row = self.get_queryset(request).select_related("site").filter(pk=pk).first()
        if row is None:
            raise PermissionDenied
        talk = _talk(request)
        said = " ".join(request.POST.get("said", "").replace("\0", "").split())[:LONGEST]
        if request.method == "POST" and said:
            actions = {
                one.pk: doings.action(one) for one in Action.objects.filter(site=row.site).select_related("site")
            }
            talk = async_to_sync(preview.go_on)(doings.procedure(row, actions), row.site, talk, said)
        lines = [replace(line, html=message_html(line.text)) for line in talk.lines]
        context = self.admin_site.each_context(request) | {
            "title": _("Preview of %(name)s") % {"name": row.name}, "row": row, "lines": lines, "longest": LONGEST,
            "talk": signing.dumps(talk.as_json(), salt=_SALT, compress=True), "trace": talk.trace, "ended": talk.ended,
        }  # fmt: skip
        return TemplateResponse(request, "admin/chat/procedure/preview.html", context)


@admin.register(Deed)
class DeedAdmin(OfSiteAdmin):
    """What was changed outside, by whose yes, and what became of it: for whoever may see the conversation."""

    right = Right.READ_CONVERSATIONS
    site_field = "conversation__site"
    list_display = ("name", "state", "conversation", "begun_at", "ended_at", "fault")
    list_filter = ("state",)
    fields = ("name", "state", "conversation", "seq", "asked", "key", "begun_at", "ended_at", "fault")
    readonly_fields = fields
    actions = ("it_happened", "it_did_not_happen")

    @admin.action(description=gettext_lazy("It happened (where nobody knew)"), permissions=["view"])
    def it_happened(self, request: HttpRequest, rows: Any) -> None:
        """Somebody looked: it was done."""
        self._settle(request, rows, happened=True)

    @admin.action(description=gettext_lazy("It did not happen (where nobody knew)"), permissions=["view"])
    def it_did_not_happen(self, request: HttpRequest, rows: Any) -> None:
        """Somebody looked: it was not, and may be asked for again."""
        self._settle(request, rows, happened=False)

    def _settle(self, request: HttpRequest, rows: Any, *, happened: bool) -> None:
        settled = sum(deeds.settle(deed_id=row.pk, happened=happened, now=timezone.now()) for row in rows)
        messages.success(
            request, ngettext("%(count)s deed settled.", "%(count)s deeds settled.", settled) % {"count": settled}
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those of the conversations that one's memberships show."""
        seen = Conversation.objects.visible_to_user(request.user)
        return super().get_queryset(request).filter(conversation__in=seen).select_related("conversation")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Customers make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They keep it from happening twice."""
        return False

    def _is_theirs(self, request: HttpRequest, obj: Any) -> bool:
        return Conversation.objects.visible_to_user(request.user).filter(pk=obj.conversation_id).exists()


def _talk(request: HttpRequest) -> preview.Talk:
    """The conversation so far, as the page had it; an empty one where it was begun anew or is not ours."""
    if "again" in request.POST:
        return preview.Talk()
    try:
        return preview.Talk.of(signing.loads(request.POST.get("talk", ""), salt=_SALT, max_age=86_400))
    except signing.BadSignature:
        if request.POST.get("talk"):
            messages.warning(request, _("This preview is too old. It begins anew."))
        return preview.Talk()
