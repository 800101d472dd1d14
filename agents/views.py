"""The console's pages: the login, the shell that the scripts fill, and the side pane, which the server renders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agents import desk, passing, side, traces
from agents.models import State
from agents.words import words
from chat import budget, pause
from chat.models import Conversation
from supportsite.sites.login import LimitedLogin
from supportsite.sites.models import Member
from supportsite.sites.rights import Right


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
    context = {
        "desk": mine,
        "me": mine.members[0],
        "states": State.choices,
        "words": words(),
        "stopped": budget.stopped([member.site for member in mine.owned], timezone.now()),
    }
    return render(request, "console/console.html", context)


@never_cache
@login_required
@require_safe
def side_pane(request: HttpRequest, conversation: str) -> HttpResponse:
    """Everything about a conversation that is not its live log. Not theirs: as if it were not there."""
    mine = desk.desk_of(request.user.pk)
    found = mine.conversation(conversation) if mine else None
    if mine is None or found is None:
        raise Http404
    shown = side.of(found, mine.conversations(), now=timezone.now(), outbound=_may_read_outbound(mine, found))
    return render(request, "console/_side.html", {"side": shown})


@never_cache
@login_required
@require_safe
def trace(request: HttpRequest, conversation: str) -> HttpResponse:
    """A conversation's trace as a file; with `?turn=` that turn's alone. Not theirs: as if it were not there.

    Without personal data, unless who may read what left the machine asks for `?words=as-written`.
    """
    mine = desk.desk_of(request.user.pk)
    found = mine.conversation(conversation) if mine else None
    if mine is None or found is None:
        raise Http404
    turns, left_out = traces.turns_of(found, request.GET.get("turn", ""))
    outbound, as_written = _may_read_outbound(mine, found), request.GET.get("words") == "as-written"
    if not turns or (as_written and not outbound):
        raise Http404
    told = traces.export(found, turns, left_out=left_out, outbound=outbound, as_written=as_written)
    name = f"trace-{turns[0].public_id if request.GET.get('turn') else found.public_id}.json"
    answer = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _may_read_outbound(mine: desk.Desk, found: Conversation) -> bool:
    member = mine.member_at(found.site_id)
    return member is not None and member.may(Right.READ_OUTBOUND)


@never_cache
@login_required
@require_safe
def transfer(request: HttpRequest, conversation: str) -> HttpResponse:
    """To whom a conversation can be passed on. Not theirs to see: as if it were not there."""
    mine = desk.desk_of(request.user.pk)
    found = mine.conversation(conversation) if mine else None
    if mine is None or found is None:
        raise Http404
    now = timezone.now()
    told = {"people": passing.people(found, mine, now), "teams": passing.teams(found, now)}
    return render(request, "console/_transfer.html", told)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assistant(request: HttpRequest) -> HttpResponse:
    """The brake: pause the assistant of one's sites, and let it answer again."""
    mine = desk.desk_of(request.user.pk)
    if mine is None or not mine.brakes:
        return render(request, "console/no_brake.html", status=403)
    if request.method != "POST":
        return render(request, "console/assistant.html", {"brakes": mine.brakes})
    member = next((one for one in mine.brakes if one.site.key == request.POST.get("site")), None)
    if member is None:
        raise Http404
    _brake(request, member)
    return redirect("console:assistant")


def _brake(request: HttpRequest, member: Member) -> None:
    if request.POST.get("do") == "resume":
        pause.resume(member=member)
        messages.success(request, _("The assistant of %(site)s answers again.") % {"site": member.site.name})
        return
    dropped = pause.pause(member=member, now=timezone.now())
    told = _("The assistant of %(site)s is paused. New questions go to people.") % {"site": member.site.name}
    if dropped:
        told += " " + ngettext(
            "One answer that had begun was dropped, and a person called for it.",
            "%(n)s answers that had begun were dropped, and a person called for each.",
            dropped,
        ) % {"n": dropped}
    messages.success(request, told)
