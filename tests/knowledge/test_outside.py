"""Pages of other sites that articles link to: which are dead, when, and that nobody is asked too often."""

import socket
from datetime import timedelta

import pytest

from knowledge import fetch, link_check, publish, tasks
from knowledge.fetch import is_public
from knowledge.models import Finding, Import, ImportKind, ImportState, OutsidePage
from tests.conftest import NOW
from tests.fakes.help_centre import serving
from tests.knowledge.test_findings import change, found, look

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def web():
    """Another site, on this machine."""
    with serving() as web:
        web.html("/here", "<p>Here.")
        yield web


@pytest.fixture
def other_web():
    """A third site, at another address of this machine."""
    with serving("127.0.0.2") as other:
        other.html("/", "<p>Here.")
        yield other


@pytest.fixture
def nobody() -> str:
    """A page where nobody listens."""
    with socket.create_server(("127.0.0.3", 0)) as server:
        return f"http://127.0.0.3:{server.getsockname()[1]}/x"


@pytest.fixture(autouse=True)
def _public(settings, monkeypatch) -> None:
    """All may be asked, though they are on this machine."""
    settings.TANDEM = settings.TANDEM.model_copy(update={"check_links": True})
    monkeypatch.setattr(fetch, "is_public", lambda address: True)


def ask_all(now) -> list[str]:
    """Ask for all that is due, a minute between two; the paths."""
    asked = []
    for minutes in range(60):
        page = link_check.ask_next(now=now + timedelta(minutes=minutes))
        if page:
            asked.append(page.address)
    look(now + timedelta(hours=1))
    return asked


def test_a_page_that_is_gone_is_told_at_once_and_no_more_once_it_is_back(write, web):
    write("start", f"See [this]({web.address}/here#part) and\n\n## Links\n\nsee [that]({web.address}/gone?a=1).")
    look()
    assert found("outside") == []
    assert len(ask_all(NOW)) == 2
    assert found("outside") == [f"Links to {web.address}/gone?a=1, and that site says that there is no such page."]
    assert Finding.objects.get().anchor == "links"
    web.html("/gone?a=1", "<p>Back.")
    ask_all(NOW + DAY)
    assert found("outside") == []


def test_a_site_that_is_silent_is_told_after_a_day_if_another_answered_meanwhile(write, other_web, nobody):
    write("start", f"[b]({other_web.address}/)")
    look()
    ask_all(NOW)  # before the other fails: whether anybody answers then has to be asked again
    write("second", f"[a]({nobody})")
    look(NOW + timedelta(hours=2))
    assert ask_all(NOW + timedelta(hours=2)) == [nobody, f"{other_web.address}/"]
    assert OutsidePage.objects.get(address=nobody).failure == "silent"
    assert found("outside") == []
    assert ask_all(NOW + timedelta(hours=20)) == []
    ask_all(NOW + DAY + timedelta(hours=3))
    assert found("outside") == [f"Links to {nobody}, which has not answered since Nov. 25, 2026."]


def test_a_second_silence_within_the_day_is_not_told_though_another_answered(write, other_web, nobody):
    write("start", f"See [this]({nobody}) and [that]({other_web.address}/).")
    look()
    ask_all(NOW)
    OutsidePage.objects.update(due_at=NOW)
    ask_all(NOW + timedelta(hours=2))
    page = OutsidePage.objects.get(address=nobody)
    assert (page.failure, page.is_dead, page.failing_since < NOW + timedelta(hours=1)) == ("silent", False, True)
    assert found("outside") == []


def test_a_name_that_is_not_known_is_silent(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert link_check.ask("http://gone.example/") == (None, "silent")


def test_a_name_that_is_none_breaks_nothing(write):
    write("start", "[x](http://xn--a/)")
    look()
    ask_all(NOW)
    assert OutsidePage.objects.get().due_at > NOW + DAY


def test_where_nobody_answers_the_fault_is_ours(write, nobody):
    write("start", f"[a]({nobody})")
    look()
    for days in range(4):
        ask_all(NOW + days * DAY + timedelta(hours=days))
    assert OutsidePage.objects.exclude(failure="silent").count() == 0
    assert found("outside") == []


@pytest.mark.parametrize(
    ("status", "failure"),
    [(200, ""), (401, ""), (403, ""), (429, ""), (503, ""), (500, "silent"), (404, "gone"), (410, "gone")],
)  # fmt: skip
def test_what_a_status_says_of_the_page(write, web, status, failure):
    web.pages["/x"] = (status, {}, b"")
    write("start", f"[x]({web.address}/x)")
    look()
    ask_all(NOW)
    assert OutsidePage.objects.get().failure == failure


def test_a_page_that_leads_in_circles_is_told_the_second_time(write, web, other_web):
    web.pages["/x"] = (302, {"Location": "/x"}, b"")
    write("start", f"[x]({web.address}/x), [y]({other_web.address}/)")
    look()
    ask_all(NOW)
    assert found("outside") == []
    ask_all(NOW + DAY + timedelta(hours=1))
    assert ["without an end" in told for told in found("outside")] == [True]


def test_nothing_inside_our_network_is_asked_for_and_nothing_is_told_of_it(write, web, settings, monkeypatch):
    settings.TANDEM = settings.TANDEM.model_copy(update={"import_hosts": (web.host,)})
    monkeypatch.setattr(fetch, "is_public", is_public)
    write("start", f"[x]({web.address}/gone) [y](http://localhost:1/)")
    look()
    for days in range(3):
        ask_all(NOW + 8 * days * DAY)
    assert web.asked == []
    assert found("outside") == []


def test_our_own_pages_and_what_is_no_web_page_are_not_asked_for(site, write, settings):
    own = settings.TANDEM.public_url
    write("start", f"[a]({own}/help/x/), [b](mailto:a@b.example), [c](article:start), [d](http://me:secret@x.example/)")
    look()
    assert not OutsidePage.objects.exists()


def test_a_host_is_asked_once_a_minute_and_each_page_once_a_week(write, web):
    web.html("/here?2", "<p>Here.")
    write("start", f"[x]({web.address}/here) [y]({web.address}/here?2)")
    write("second", f"[x]({web.address}/here#part)")
    look()
    assert link_check.ask_next(now=NOW)
    assert link_check.ask_next(now=NOW + timedelta(seconds=30)) is None
    assert link_check.ask_next(now=NOW + timedelta(seconds=61))
    assert sorted(web.asked) == ["/here", "/here?2"]
    assert ask_all(NOW + timedelta(days=6)) == []
    assert len(ask_all(NOW + timedelta(days=8))) == 2


def test_it_gives_way_to_imports(site, write, web):
    write("start", f"[x]({web.address}/here)")
    look()
    Import.objects.create(site=site, kind=ImportKind.choices[0][0], source="x", state=ImportState.RUNNING)
    assert link_check.ask_next(now=NOW) is None


def test_two_processes_do_not_ask_for_the_same_page(write, web):
    write("start", f"[x]({web.address}/here)")
    look()
    (page,) = link_check.due(NOW)
    assert link_check.ask_next(now=NOW)
    assert not link_check._taken(page, NOW)


def test_pages_that_no_published_article_links_to_are_forgotten(write, web):
    start = write("start", f"[x]({web.address}/here)")
    look()
    change(start, f"[y]({web.address}/other)")
    look()
    assert [page.address for page in OutsidePage.objects.all()] == [f"{web.address}/other"]
    publish.withdraw(article=start, by=None, now=NOW)
    look()
    assert not OutsidePage.objects.exists()


def test_an_owner_may_switch_it_off(write, web, settings):
    write("start", f"[x]({web.address}/gone)")
    look()
    ask_all(NOW)
    assert len(found("outside")) == 1
    settings.TANDEM = settings.TANDEM.model_copy(update={"check_links": False})
    web.asked.clear()
    OutsidePage.objects.update(due_at=NOW - DAY, asked_at=None)
    tasks.ask_outside_page()
    assert web.asked == []
    look(NOW + 2 * DAY)
    assert found("outside") == []


def test_the_task_asks(write, web):
    write("start", f"[x]({web.address}/here)")
    look()
    tasks.ask_outside_page()
    assert web.asked == ["/here"]
    assert web.headers[0]["user-agent"].startswith("TandemLinks (+http")
