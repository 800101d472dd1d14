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
from agents.models import Letter
from supportsite.sites.login_admin import follow_roles
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import RIGHTS, Right

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Invited:
    """A member who may log in, and whether a letter about it is on its way.

    `link`: where they set their password, to be passed on where no letter goes; empty where that is not the owner's
    to do, since the login opens other sites too.
    """

    member: Member
    link: str
    by_mail: bool


def invite(*, by: Member, name: str, email: str, role: str, now: datetime, teams: Sequence[Team] = ()) -> Invited:
    """Make somebody a member of the site of `by`, and write to them.

    Who has no login gets one, without a password yet; who has one by that address keeps it as it is. Raises
    ValidationError: not an owner, no address, somebody of this site, a login that is not to be used, a team of another
    site.
    """
    if not by.may(Right.MANAGE_SITE):
        raise ValidationError(_("Only owners invite."))
    name, email = " ".join(name.split()), email.strip().lower()
    validate_email(email)
    if not name or role not in RIGHTS or any(team.site_id != by.site_id for team in teams):
        raise ValidationError(_("Give a name, and a role and teams of this site."))
    with transaction.atomic():
        user, is_new = _login(by.site, email)
        member = Member.objects.create(site=by.site, user=user, role=role, name=name[:80])
        for team in teams:
            team.members.add(member)
        follow_roles(user)
        if is_new:
            return _written(member, now, _invitation(by, member), link=link_for(user))
        return _written(member, now, _welcome(by, member), link="")


def _login(site: Site, email: str) -> tuple["User", bool]:
    """Whoever has this address, else a new login; whether it is new. Raises ValidationError.

    Nobody by a username alone: their mailbox is another. Nor one of several, nor one that is switched off.
    """
    users = get_user_model()
    having = list(users.objects.filter(email__iexact=email)[:2])
    if not having and not users.objects.filter(username__iexact=email).exists():
        return users.objects.create_user(username=email, email=email), True
    if len(having) != 1 or not having[0].is_active or Member.objects.filter(site=site, user=having[0]).exists():
        raise ValidationError(_("%(email)s has a login already.") % {"email": email})
    return having[0], False


def new_link(*, by: Member, member: Member, now: datetime) -> Invited:
    """A new link to set a password, for somebody of one's own site; it goes to their own address.

    Where no e-mail goes out it is made for those of one's own site alone. Raises ValidationError.
    """
    is_own = by.may(Right.MANAGE_SITE) and member.site_id == by.site_id and not member.user.is_superuser
    is_shared = Member.objects.filter(user=member.user_id).exclude(site=by.site_id).exists()
    if not is_own or (is_shared and not _is_mailed(member)):
        raise ValidationError(_("This login is not yours to change."))
    link = "" if is_shared else link_for(member.user)
    with transaction.atomic():
        return _written(member, now, _reset(member.user, member.site), link=link)


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


def try_mail(*, by: Member, now: datetime) -> None:
    """A letter to oneself that only says that it arrived."""
    text, subject = _("E-mail from Tandem arrives at this address.") + "\n", _("A test of Tandem's e-mail")
    letters.write(to=by.user.email, subject=subject, text=text, now=now, member=by, purpose=Letter.Purpose.TEST)


def link_for(user: "User") -> str:
    """Where this login may set its password: once, within three days."""
    names = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
    return settings.TANDEM.public_url + reverse("console:set_password", kwargs=names)


def _is_mailed(member: Member) -> bool:
    return letters.is_set_up() and bool(member.user.email)


def _written(member: Member, now: datetime, letter: tuple[str, str], *, link: str) -> Invited:
    subject, text = letter
    by_mail = _is_mailed(member)
    if by_mail:
        what = Letter.Purpose.LOGIN
        letters.write(to=member.user.email, subject=subject, text=text, now=now, member=member, purpose=what)
    return Invited(member, link, by_mail)


def _invitation(by: Member, member: Member) -> tuple[str, str]:
    with translation.override(by.site.locale):
        names = {"by": by.name, "site": by.site.name, "link": link_for(member.user), "username": member.user.username}
        text = _("%(by)s invites you to the support team of %(site)s.") % names
        text += "\n\n" + _("Set your password here; the link works once, for three days:") + f"\n{names['link']}\n\n"
        text += _("Your username is %(username)s.") % names + "\n"
        return _("Join the support team of %(site)s") % names, text


def _welcome(by: Member, member: Member) -> tuple[str, str]:
    """To somebody who has a login: no link that sets a password."""
    with translation.override(by.site.locale):
        names = {"by": by.name, "site": by.site.name}
        text = _("%(by)s has added you to the support team of %(site)s.") % names + "\n\n"
        text += _("Log in as you are used to:") + f"\n{console()}\n"
        return _("You were added to the support team of %(site)s") % names, text


def console() -> str:
    """Where people log in."""
    return settings.TANDEM.public_url + reverse("console:console")


def _reset(user: "User", site: Site | None) -> tuple[str, str]:
    with translation.override(site.locale if site else settings.LANGUAGE_CODE):
        text = _("Set a new password here; the link works once, for three days:") + f"\n{link_for(user)}\n\n"
        text += _("Your username is %(username)s.") % {"username": user.get_username()} + "\n"
        text += _("If you did not ask for this, do nothing: your password stays as it is.") + "\n"
        return _("A new password for %(site)s") % {"site": site or "Tandem"}, text
