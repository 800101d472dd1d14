"""How people get their login: invited by an owner, or with a new link to set a password. No password travels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from agents import letters
from supportsite.sites.login_admin import follow_roles
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import RIGHTS, Right

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Invited:
    """A member who may now set a password at `link`, and whether the link is on its way by e-mail."""

    member: Member
    link: str
    by_mail: bool


def invite(*, by: Member, name: str, email: str, role: str, now: datetime, teams: Sequence[Team] = ()) -> Invited:
    """Make a login that has no password yet, with its role on the site of `by`, and write to it.

    Raises ValidationError: not an owner, no address, an address that has a login, a team of another site.
    """
    if not by.may(Right.MANAGE_SITE):
        raise ValidationError(_("Only owners invite."))
    name, email = " ".join(name.split()), email.strip().lower()
    validate_email(email)
    if not name or role not in RIGHTS or any(team.site_id != by.site_id for team in teams):
        raise ValidationError(_("Give a name, and a role and teams of this site."))
    users = get_user_model()
    with transaction.atomic():
        if users.objects.filter(username__iexact=email).exists() or users.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("%(email)s has a login already.") % {"email": email})
        user = users.objects.create_user(username=email, email=email)
        member = Member.objects.create(site=by.site, user=user, role=role, name=name[:80])
        for team in teams:
            team.members.add(member)
        follow_roles(user)
        return _written(member, now, _invitation(by, member))


def new_link(*, by: Member, member: Member, now: datetime) -> Invited:
    """A new link to set a password, for somebody of one's own site alone. Raises ValidationError."""
    elsewhere = Member.objects.filter(user=member.user_id).exclude(site=by.site_id)
    if not by.may(Right.MANAGE_SITE) or member.site_id != by.site_id or elsewhere.exists() or member.user.is_superuser:
        raise ValidationError(_("This login is not yours to change."))
    with transaction.atomic():
        return _written(member, now, _reset(member.user, member.site))


def forgot(*, email: str, now: datetime) -> None:
    """Write to whoever has this address, if anybody has; the asker is told the same either way.

    Without a mail server nothing is written: a link that leaves days later opens nothing.
    """
    if not letters.is_set_up():
        return
    for user in get_user_model().objects.filter(email__iexact=email.strip(), is_active=True)[:3]:
        member = Member.objects.filter(user=user).select_related("site").first()
        subject, text = _reset(user, member.site if member else None)
        letters.write(to=user.email, subject=subject, text=text, now=now)


def try_mail(*, to: str, now: datetime) -> None:
    """A letter that only says that it arrived."""
    text = _("E-mail from Tandem arrives at this address.") + "\n"
    letters.write(to=to, subject=_("A test of Tandem's e-mail"), text=text, now=now)


def link_for(user: "User") -> str:
    """Where this login may set its password: once, within three days."""
    names = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
    return settings.TANDEM.public_url + reverse("console:set_password", kwargs=names)


def _written(member: Member, now: datetime, letter: tuple[str, str]) -> Invited:
    subject, text = letter
    by_mail = letters.is_set_up() and bool(member.user.email)
    if by_mail:
        letters.write(to=member.user.email, subject=subject, text=text, now=now)
    return Invited(member, link_for(member.user), by_mail)


def _invitation(by: Member, member: Member) -> tuple[str, str]:
    with translation.override(by.site.locale):
        names = {"by": by.name, "site": by.site.name, "link": link_for(member.user), "username": member.user.username}
        text = _("%(by)s invites you to the support team of %(site)s.") % names
        text += "\n\n" + _("Set your password here; the link works once, for three days:") + f"\n{names['link']}\n\n"
        text += _("Your username is %(username)s.") % names + "\n"
        return _("Join the support team of %(site)s") % names, text


def _reset(user: "User", site: Site | None) -> tuple[str, str]:
    with translation.override(site.locale if site else settings.LANGUAGE_CODE):
        text = _("Set a new password here; the link works once, for three days:") + f"\n{link_for(user)}\n\n"
        text += _("Your username is %(username)s.") % {"username": user.get_username()} + "\n"
        text += _("If you did not ask for this, do nothing: your password stays as it is.") + "\n"
        return _("A new password for %(site)s") % {"site": site or "Tandem"}, text
