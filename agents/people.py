"""The pages about logins: inviting people, new links, a forgotten password, and whether e-mail goes out."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agents import delivery, joining, letters, tickets
from agents.delivery import Delivery
from agents.help_desk import help_desk
from agents.joining import Invited
from supportsite.sites.limits import Buckets, counted_as
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import ROLE_NAMES, Right, Role

_A_MINUTE: Final = 1 / 60
_asked = Buckets(capacity=settings.TANDEM.limit_logins, per_second=_A_MINUTE, name="resets")


class InviteForm(forms.Form):
    """Whom, and as what."""

    name = forms.CharField(label=gettext_lazy("Name that customers see"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=list(ROLE_NAMES.items()), initial=Role.AGENT)
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["teams"].queryset = Team.objects.filter(site=by.site)  # type: ignore[attr-defined]
        if not self.fields["teams"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["teams"]

    def invite(self) -> Invited | None:
        """Invite them; None, with the form's errors, where that cannot be."""
        said = self.cleaned_data
        whom = {name: said[name] for name in ("name", "email", "role")}
        try:
            return joining.invite(by=self.by, **whom, teams=list(said.get("teams", ())), now=timezone.now())
        except ValidationError as error:
            self.add_error(None, error)
            return None


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, site: str = "") -> HttpResponse:
    """The people of a site: invite one, send one a new link, try the e-mail."""
    mine = [one for one in Member.objects.of_user(request.user) if one.may(Right.MANAGE_SITE)]
    by = next((one for one in mine if site in ("", one.site.key)), None)
    if by is None:
        return render(request, "console/no_people.html", status=403)
    form = InviteForm(by=by)
    if request.method == "POST":
        done = _do(request, by)
        if not isinstance(done, InviteForm):
            return done
        form = done
    return _page(request, by, mine, form)


def _do(request: HttpRequest, by: Member) -> "HttpResponse | InviteForm":
    here = redirect("console:people", site=by.site.key)
    if request.POST.get("do") == "mail":
        joining.try_mail(by=by, now=timezone.now())
        messages.info(request, _("A test is on its way to %(email)s.") % {"email": by.user.email})
        return here
    if request.POST.get("do") == "desk":
        error = tickets.check(now=timezone.now())
        if not error:
            messages.success(request, _("The help desk takes the login. No ticket was opened."))
        return here
    if request.POST.get("do") == "link":
        member = get_object_or_404(Member, public_id=request.POST.get("member"), site=by.site)
        try:
            return _made(request, by, joining.new_link(by=by, member=member, now=timezone.now()))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return here
    form = InviteForm(request.POST, by=by)
    made = form.invite() if form.is_valid() else None
    return _made(request, by, made) if made else form


def _made(request: HttpRequest, by: Member, made: Invited) -> HttpResponse:
    """By e-mail, or the link itself: in this answer only, since a message would travel in a cookie.

    With e-mail the same is said whether the address had a login before: who works on which other site is told nobody.
    """
    if made.by_mail:
        told = _("An e-mail with the way to log in is on its way to %(email)s.") % {"email": made.member.user.email}
        messages.success(request, told)
        return redirect("console:people", site=by.site.key)
    return render(request, "console/link_made.html", {"made": made, "by": by, "console": joining.console()})


def _page(request: HttpRequest, by: Member, mine: list[Member], form: InviteForm) -> HttpResponse:
    told = {"by": by, "mine": mine, "form": form, "people": _people(by), "mail": letters.health()}
    state, desk = tickets.health(), help_desk()
    told |= {"desk": state, "desk_host": desk.host if desk else "", "desk_error": tickets.told(state.error)}
    return render(request, "console/people.html", told | {"test": delivery.of_test(by)})


@dataclass(frozen=True)
class Person:
    """A member as their site's owner is shown them; `letter`: the last one about their login, while it matters."""

    member: Member
    login: str
    was_there: datetime | None
    letter: Delivery | None


def _people(by: Member) -> list[Person]:
    """Of a login that opens other sites too only its address, and when it was in this site's console."""
    members = Member.objects.filter(site=by.site).select_related("user", "presence").prefetch_related("teams")
    others = Member.objects.filter(user=OuterRef("user")).exclude(pk=OuterRef("pk"))
    found = list(members.annotate(is_elsewhere=Exists(others)).order_by("name"))
    written = delivery.about_logins(found)
    return [_person(member, by, written.get(member.pk)) for member in found]


def _person(member: Any, by: Member, letter: Delivery | None) -> Person:
    user, there = member.user, getattr(member, "presence", None)
    is_shared = member.is_elsewhere and member != by
    login = user.email or user.get_username() if is_shared else user.get_username()
    was_there = (there.seen_at if there else None) if is_shared else user.last_login
    return Person(member, login, was_there, None if letter and letter.is_sent else letter)


class ForgotForm(PasswordResetForm):
    """An address; whoever has it is written to, by a letter of ours."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the letter, if there is anybody."""
        joining.forgot(email=self.cleaned_data["email"], now=timezone.now())


class Forgot(PasswordResetView):
    """Asks for the address, and says the same whether anybody has it."""

    template_name = "console/forgot.html"
    form_class = ForgotForm
    success_url = reverse_lazy("console:forgot_sent")
    extra_context = {"mail": letters.is_set_up}

    def form_valid(self, form: Any) -> HttpResponse:
        """One address may ask a few times, then once a minute: nobody's mailbox is filled from here."""
        if wait := _asked.take(counted_as(self.request.META.get("REMOTE_ADDR", "")), time.monotonic()):
            form.add_error(None, _("Too many tries. Try again in %(seconds)d s.") % {"seconds": int(wait) + 1})
            return self.form_invalid(form)
        return super().form_valid(form)


class SetPassword(PasswordResetConfirmView):
    """Where a link leads: set the password, then log in."""

    template_name = "console/set_password.html"
    success_url = reverse_lazy("console:login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Say so on the page to log in."""
        messages.success(self.request, _("Your password is set. Log in with it."))
        return super().form_valid(form)
