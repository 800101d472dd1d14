"""`manage.py doctor`: says what is wrong in a line each, mends what it can, and ends with 1 where something differs."""

import shutil
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from chat import ledger
from chat.models import Conversation, Escalation
from supportsite import doctor, owner, running
from supportsite.environment import Environment
from supportsite.sites.models import Site
from tests.lives import live

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """A folder of its own, with settings as a real site has them."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    settings.VAR = folder
    settings.SECURE = True
    settings.TANDEM = Environment(
        demo=False, url="https://support.example.com", trusted_proxies=("127.0.0.1",), var=folder
    )
    return folder


@pytest.fixture
def made(db) -> owner.Made:
    return owner.create_site(name="Shop", url="https://www.example.com", username="owner")


def run(capsys, *options: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("doctor", *options)
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


def test_a_healthy_installation_has_no_note_and_no_fault(made, capsys):
    live(made.site, made.owner)
    code, told = run(capsys)
    assert code == 0
    assert {line.split()[0] for line in told.splitlines()} == {"ok"}
    assert "conversations: 1" in told


def test_a_row_that_differs_is_a_fault_until_it_is_mended(made, capsys):
    row = live(made.site, made.owner)
    Conversation.objects.filter(pk=row.pk).update(floor=99)
    code, told = run(capsys)
    assert code == 1
    assert f"FAULT  conversation {row.public_id}: floor is 99" in told
    assert run(capsys, "--mend")[0] == 0
    assert run(capsys)[0] == 0


def test_an_escalation_without_its_reasons_is_a_fault(made, capsys):
    row = live(made.site, made.owner)
    Escalation.objects.filter(conversation=row).order_by("seq").first().delete()
    assert "has no reasons" in run(capsys)[1]


def test_the_index_is_left_to_a_running_server(made, capsys):
    assert running.join()
    try:
        assert "the running server has the index" in run(capsys)[1]
    finally:
        running._held.close()
        running._held = None


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"url": ""}, "TANDEM_URL is not set"),
        ({"trusted_proxies": ()}, "TANDEM_TRUSTED_PROXIES is empty"),
        (
            {"trusted_proxies": (), "url": "http://support.example.com"},
            "limits for new visitors, searches and ratings are off",
        ),
        ({"demo": True}, "TANDEM_DEMO is on"),
    ],
)
def test_settings_that_a_real_site_regrets_get_a_note(made, settings, changed, word, capsys):
    settings.TANDEM = settings.TANDEM.model_copy(update=changed)
    code, told = run(capsys)
    assert word in told
    assert code == 0


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_on_this_machine_no_proxy_is_missed(made, settings, url, capsys):
    settings.SECURE = False
    settings.TANDEM = settings.TANDEM.model_copy(update={"url": url, "trusted_proxies": ()})
    assert "TANDEM_TRUSTED_PROXIES" not in run(capsys)[1]


def test_an_open_folder_gets_a_note(made, home, capsys):
    home.chmod(0o755)
    assert f"chmod go= {home}" in run(capsys)[1]


def test_no_room_is_a_fault(made, monkeypatch, capsys):
    real = shutil.disk_usage("/")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: real._replace(free=doctor.LEAST_FREE - 1))
    assert run(capsys)[0] == 1


def test_a_site_whose_widget_nobody_may_show_gets_a_note(made, capsys):
    Site.objects.update(origins=[])
    assert "no page may show its widget" in run(capsys)[1]


def test_without_a_site_it_says_how_to_make_one(db, capsys):
    assert "create_site" in run(capsys)[1]


def test_a_folder_that_is_not_there_is_a_fault_in_one_line(capsys, home):
    home.rmdir()
    code, said = run(capsys)
    assert code == 1
    assert f"FAULT  There is no folder {home}" in said


def called(outcomes: str, model: str = "gpt-4o-mini", ago: int = 5) -> None:
    """A call in the ledger for each word, so many minutes ago."""
    now = timezone.now() - timedelta(minutes=ago)
    for outcome in outcomes.split():
        call = {"provider": "openai", "model": model, "redactions": {}, "digest": "0" * 64}
        call |= {"saw": {"question": "", "earlier": []}, "tier": "", "reserve": 0}
        row = ledger.open_row(site_id=Site.objects.get().pk, conversation_id=None, seq=1, **call, now=now)
        ledger.close_row(row=row, tokens_in=9, tokens_out=9, outcome=outcome, now=now)


def test_it_says_how_each_providers_calls_of_the_last_hour_ended(made, capsys):
    called("timeout timeout", ago=90)
    assert "openai" not in run(capsys)[1], "what is long ago says nothing of now"
    called("answered abstained ungrounded")
    assert "ok     openai:gpt-4o-mini: 3 calls in the last hour\n" in run(capsys)[1]
    called("timeout status_429 timeout")
    code, told = run(capsys)
    assert code == 0
    assert "note   openai:gpt-4o-mini: 6 calls in the last hour, 3 failed (timeout 2, status_429 1)" in told
    called("status_401 status_401", model="gpt-4.1")
    code, told = run(capsys)
    assert code == 1
    assert "FAULT  openai:gpt-4.1: 2 calls in the last hour, 2 failed (status_401 2)" in told


def test_requests_of_actions_are_told_apart_from_models(made, capsys):
    called("answered")
    for outcome in ("answered", "status"):
        request = {"host": "api.example.com", "method": "GET", "url": "https://api.example.com/x", "inputs": {}}
        row = ledger.open_action(conversation_id=None, seq=0, **request, now=timezone.now())
        ledger.close_row(row=row, tokens_in=0, tokens_out=0, outcome=outcome, now=timezone.now())
    assert [one.provider for one in ledger.health(since=timezone.now() - timedelta(hours=1))] == ["openai"]
    told = run(capsys)[1]
    assert "note   actions at api.example.com: 2 calls in the last hour, 1 failed (status 1)" in told
