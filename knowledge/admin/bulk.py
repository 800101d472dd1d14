"""What is done to many articles at once: publish, withdraw, file elsewhere, take out as a file."""

import tempfile
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from knowledge import export, publish
from knowledge.models import Article, Collection, Tag
from knowledge.reviews import owners
from supportsite.sites.admin import OfSiteAdmin, sites_with
from supportsite.sites.models import Member
from supportsite.sites.rights import Right

from .forms import TagNames

FAULTS_SHOWN = 5


class ChangeForm(forms.Form):
    """What to change in every chosen article; what is left empty stays."""

    collection = forms.ModelChoiceField(Collection.objects.none(), label=_("Move to collection"), required=False)
    owner = forms.ModelChoiceField(Member.objects.none(), label=_("Owner"), required=False)
    review_on = forms.DateField(
        label=_("Review on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    add_tags = TagNames(label=_("Add tags"), required=False, help_text=_("With commas between them."))
    remove_tags = TagNames(label=_("Take tags away"), required=False, help_text=_("With commas between them."))

    def __init__(self, *args: Any, site_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = Collection.objects.filter(site=site_id)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = owners().filter(site=site_id)  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Why."""

    because = forms.CharField(label=_("Reason, for your colleagues"), max_length=300, required=False)


class BulkAdmin(OfSiteAdmin):
    """The list's actions."""

    actions = ("publish_chosen", "withdraw_chosen", "change_chosen", "export_chosen")

    def get_actions(self, request: HttpRequest) -> Any:
        """Ours only: nothing that was published is ever deleted, and Django's would try."""
        chosen = super().get_actions(request)
        chosen.pop("delete_selected", None)
        return chosen

    @admin.action(description=_("Publish"))
    def publish_chosen(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        """Publish each draft; one without text is named, the others are published."""
        self._must_publish(request, queryset)
        faults, before = [], timezone.now()
        for article in queryset:
            try:
                publish.publish(
                    article=article,
                    by=request.user,  # type: ignore[arg-type]
                    now=before,
                    revision=article.revision,
                    wake=False,
                )
                self.log_change(request, article, "published")
            except (publish.NothingToPublish, publish.StaleDraft) as error:
                faults.append(f"{article.title}: {error}")
        publish.wake_sweep()
        done = len(queryset) - len(faults)
        text = ngettext("%(count)d article is published.", "%(count)d articles are published.", done)
        messages.success(request, text % {"count": done})
        _tell(request, faults)

    @admin.action(description=_("Withdraw…"))
    def withdraw_chosen(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        """Ask for the reason, then withdraw each."""
        self._must_publish(request, queryset)
        shown = queryset.filter(published__isnull=False)
        form = WithdrawForm(request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, shown, form, gettext("Withdraw these articles"), gettext("Withdraw"))
        count, now = len(shown), timezone.now()
        for article in list(shown):
            why = form.cleaned_data["because"]
            publish.withdraw(article=article, by=request.user, now=now, because=why)  # type: ignore[arg-type]
            self.log_change(request, article, f"withdrawn: {why}" if why else "withdrawn")
        text = ngettext("%(count)d article is withdrawn.", "%(count)d articles are withdrawn.", count)
        messages.success(request, text % {"count": count})
        return None

    @admin.action(description=_("Change collection, owner, review date or tags…"))
    def change_chosen(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        """Ask for what to change, then change it in each."""
        site_ids = set(queryset.order_by().values_list("site_id", flat=True))
        if len(site_ids) != 1:
            messages.error(request, gettext("Choose articles of one site."))
            return None
        form = ChangeForm(request.POST if "apply" in request.POST else None, site_id=site_ids.pop())
        if not form.is_valid():
            return self._ask(request, queryset, form, gettext("Change these articles"), gettext("Change"))
        articles = list(queryset)
        for article in articles:
            _change(article, form.cleaned_data)
            self.log_change(request, article, "filed anew")
        text = ngettext("%(count)d article is changed.", "%(count)d articles are changed.", len(articles))
        messages.success(request, text % {"count": len(articles)})
        return None

    @admin.action(description=_("Export as a file"))
    def export_chosen(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponseBase | None:
        """The chosen articles and their pictures as a .zip."""
        if queryset.order_by().values("site_id").distinct().count() > 1:
            messages.error(request, gettext("Choose articles of one site."))
            return None
        return as_file(queryset)

    def _must_publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        theirs = set(sites_with(request, Right.PUBLISH).values_list("pk", flat=True))
        if not set(queryset.order_by().values_list("site_id", flat=True)) <= theirs:
            raise PermissionDenied

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[Article], form: forms.Form, title: str, verb: str
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "verb": verb,
            "form": form,
            "articles": queryset,
            "action": request.POST.get("action", ""),
            "checkbox": ACTION_CHECKBOX_NAME,
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/knowledge/article/bulk.html", context)


@transaction.atomic
def _change(article: Article, wanted: dict[str, Any]) -> None:
    """File one article anew; its text and its revision stay."""
    fields = {name: wanted[name] for name in ("collection", "owner", "review_on") if wanted[name]}
    moved = "collection" in fields and fields["collection"].pk != article.collection_id
    if fields:
        Article.objects.filter(pk=article.pk).update(**fields)
    for name in wanted["add_tags"]:
        article.tags.add(Tag.objects.get_or_create(site_id=article.site_id, name=name)[0])
    article.tags.remove(*article.tags.filter(name__in=wanted["remove_tags"]))
    if moved and article.published_id:
        publish.index_again(article.published_id)


def as_file(articles: QuerySet[Article]) -> FileResponse:
    """Articles and their pictures as a download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    export.write(articles, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="articles.zip")


def _tell(request: HttpRequest, faults: list[str]) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        messages.error(request, fault)
    if len(faults) > FAULTS_SHOWN:
        messages.error(request, gettext("and %(count)d more") % {"count": len(faults) - FAULTS_SHOWN})
