"""The console's pages: the login, the shell that the scripts fill, and the side pane, which the server renders."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents import desk, side
from agents.models import State
from agents.words import words
from supportsite.sites.login import LimitedLogin


class Login(LoginView):
    """Takes `username` and `password`; who is logged in goes on to the console."""

    template_name = "console/login.html"
    authentication_form = LimitedLogin
    redirect_authenticated_user = True


@never_cache
@login_required
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """The shell. Who may read no conversation is told where their pages are."""
    mine = desk.desk_of(request.user.pk)
    if mine is None:
        return render(request, "console/no_desk.html", status=403)
    context = {"desk": mine, "me": mine.members[0], "states": State.choices, "words": words()}
    return render(request, "console/console.html", context)


@never_cache
@login_required
@require_safe
def side_pane(request: HttpRequest, conversation: str) -> HttpResponse:
    """Everything about a conversation that is not its live log. Not theirs: as if it were not there."""
    mine = desk.desk_of(request.user.pk)
    found = mine.conversation(conversation) if mine else None
    if found is None:
        raise Http404
    return render(request, "console/_side.html", {"side": side.of(found, now=timezone.now())})
