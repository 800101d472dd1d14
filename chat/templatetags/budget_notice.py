"""What the admin's pages tell an owner whose budget of the day has reached a stop."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from chat import budget
from supportsite.sites.admin import sites_with
from supportsite.sites.rights import Right

register = template.Library()


@register.inclusion_tag("admin/chat/tier/_stopped.html")
def budget_notice(request: HttpRequest) -> dict[str, Any]:
    """The sites of theirs whose day has reached a stop."""
    return {"stopped": budget.stopped(sites_with(request, Right.MANAGE_SITE), timezone.now())}
