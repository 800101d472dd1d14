"""What whoever may mend it is told while no e-mail goes out, in the console and the admin."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User

from agents import letters
from supportsite.sites.models import Member
from supportsite.sites.rights import Right

register = template.Library()


@register.inclusion_tag("console/_mail.html")
def mail_notice(user: User | AnonymousUser) -> dict[str, Any]:
    """Nothing for who manages no site, or where e-mail goes out and no rule's address is refused."""
    mine = [member for member in Member.objects.of_user(user) if member.may(Right.MANAGE_SITE)]
    if not mine:
        return {}
    rules = [member.site for member in mine if member.site.unclaimed_rule == "mail" and member.site.unclaimed_email]
    return {"mail": letters.health(), "refused": [site for site in rules if letters.is_refused(site.unclaimed_email)]}
