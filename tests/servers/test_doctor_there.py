"""`manage.py doctor`, `backup` and `restore` where the rows are in PostgreSQL."""

import pytest
from django.core.management import CommandError, call_command

from chat import frames
from chat.models import Turn, TurnState
from supportsite import doctor
from supportsite.sites.models import Site
from tests.conftest import NOW
from tests.lives import live

pytestmark = pytest.mark.django_db


def test_it_says_what_would_lose_messages_and_that_redis_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("doctor")
    told = capsys.readouterr().out
    assert "a crash loses messages" in told  # these servers wait for no disk
    assert "ok     Redis" in told
    assert "PostgreSQL 1" in told


def test_clocks_that_differ_are_a_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor.timezone, "now", lambda: NOW)
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "set both by NTP" in capsys.readouterr().out


def test_a_backup_is_left_to_pg_dump(tmp_path) -> None:
    with pytest.raises(CommandError, match="pg_dump"):
        call_command("backup", tmp_path)


def test_after_pg_restore_nothing_late_is_answered_and_the_past_is_another(
    site: Site, agent, capsys: pytest.CaptureFixture[str]
) -> None:
    row = live(site, agent)
    Turn.objects.create(conversation=row, state=TurnState.QUEUED, floor=row.floor, from_seq=1, upto_seq=1, made_at=NOW)
    before = frames.current_epoch()
    call_command("restore")
    assert frames.current_epoch() != before
    assert frames.current_epoch() in capsys.readouterr().out
    assert not Turn.objects.filter(state=TurnState.QUEUED).exists()
