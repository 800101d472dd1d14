"""What whoever may mend it is told while no e-mail goes out or no ticket is opened, in the console and the admin."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User

from agents import letters, tickets
from supportsite.sites.models import Member
from supportsite.sites.rights import Right

register = template.Library()


@register.inclusion_tag("console/_mail.html")
def mail_notice(user: User | AnonymousUser) -> dict[str, Any]:
    """Nothing for who manages no site, or where e-mail goes out, no rule's address is refused, and tickets are opened.

    Of tickets only where a site of theirs wants any.
    """
    mine = [member for member in Member.objects.of_user(user) if member.may(Right.MANAGE_SITE)]
    if not mine:
        return {}
    sites = [member.site for member in mine]
    writing = [site for site in sites if site.unclaimed_rule in ("mail", "ticket") and site.unclaimed_email]
    wants_tickets = any(site.unclaimed_rule == "ticket" for site in sites)
    return {
        "mail": letters.health(),
        "refused": [site for site in writing if letters.is_refused(site.unclaimed_email)],
        "desk": tickets.health() if wants_tickets else None,
        "desk_error": tickets.told(tickets.health().error) if wants_tickets else "",
    }
