"""How the list of articles is narrowed."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge import reviews
from knowledge.models import Article, Collection


class StateFilter(admin.SimpleListFilter):
    """Published, changed since, planned, withdrawn, or never published."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [
            ("published", _("published")),
            ("changed", _("published, draft differs")),
            ("draft", _("draft only")),
            ("planned", _("planned")),
            ("withdrawn", _("withdrawn")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles in the chosen state."""
        equal = Q(title=F("published__title"), body=F("published__body"), questions=F("published__questions"))
        equal &= Q(audience=F("published__audience"))
        if self.value() == "published":
            return queryset.filter(equal, published__isnull=False)
        if self.value() == "changed":
            return queryset.filter(published__isnull=False).exclude(equal)
        if self.value() == "draft":
            return queryset.filter(published__isnull=True, withdrawn_at__isnull=True)
        if self.value() == "planned":
            return queryset.filter(publish_at__isnull=False)
        if self.value() == "withdrawn":
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset


class CollectionFilter(admin.SimpleListFilter):
    """By collection, of one's own sites only."""

    title = _("collection")
    parameter_name = "collection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The collections that have articles."""
        theirs = model_admin.get_queryset(request).order_by().values("collection")
        return [(str(shelf.pk), str(shelf)) for shelf in Collection.objects.filter(pk__in=theirs)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles of the chosen collection."""
        value = self.value() or ""
        return queryset.filter(collection=int(value)) if value.isdecimal() and len(value) < 10 else queryset


class RegionFilter(admin.SimpleListFilter):
    """By region; articles without one are for everywhere."""

    title = _("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The regions that there are."""
        regions = model_admin.get_queryset(request).exclude(region="").order_by("region")
        return [("-", _("everywhere")), *((r, r) for r in regions.values_list("region", flat=True).distinct())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles of the chosen region."""
        value = self.value()
        return queryset if value is None else queryset.filter(region="" if value == "-" else value)


class ReviewFilter(admin.SimpleListFilter):
    """Whether the day to look at it again has come."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Due, later, or never."""
        return [("due", _("due")), ("later", _("later")), ("never", _("no date"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles that are due, and so on."""
        today = timezone.localdate()
        if self.value() == "due":
            return reviews.due(queryset, today=today)
        if self.value() == "later":
            return queryset.filter(review_on__gt=today)
        return queryset.filter(review_on__isnull=True) if self.value() == "never" else queryset


class OwnerFilter(admin.SimpleListFilter):
    """By who looks after it."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those who own something here, and nobody."""
        owned = model_admin.get_queryset(request).filter(owner__isnull=False).order_by("owner__name")
        return [*owned.values_list("owner_id", "owner__name").distinct(), ("-", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles of the chosen person."""
        return _of(queryset, "owner", self.value())


class TagFilter(admin.SimpleListFilter):
    """By tag."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The tags that something here has."""
        tagged = model_admin.get_queryset(request).filter(tags__isnull=False).order_by("tags__name")
        return list(tagged.values_list("tags__id", "tags__name").distinct())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The articles with the chosen tag."""
        return _of(queryset, "tags", self.value())


def _of(queryset: QuerySet[Article], field: str, value: str | None) -> QuerySet[Article]:
    if value == "-":
        return queryset.filter(**{f"{field}__isnull": True})
    if value is None:
        return queryset
    return queryset.filter(**{field: int(value)}) if value.isdecimal() and len(value) < 10 else queryset.none()
