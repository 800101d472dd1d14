"""A site keeps an owner who may log in: nobody else could give anybody a role on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import Member
from .rights import Role

NEEDS_OWNER = _("A site needs an owner. Make somebody else one first.")


def is_last_owner(member: Member) -> bool:
    """Whether nobody else who owns the site may log in."""
    if member.pk is None or not Member.objects.filter(pk=member.pk, role=Role.OWNER).exists():
        return False
    owners = Member.objects.filter(site=member.site_id, role=Role.OWNER, user__is_active=True)
    return not owners.exclude(user=member.user_id).exists()


def is_needed(user: models.Model) -> bool:
    """Whether this login is the last owner's on any site."""
    return any(map(is_last_owner, Member.objects.filter(user=user.pk)))
