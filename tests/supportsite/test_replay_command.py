"""`manage.py replay`, as an owner runs it on past conversations of their own."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db
GOOD = {"id": "a", "messages": [{"from": "customer", "text": "human please", "at": "2026-11-01T10:00:00Z"}]}


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def talks(n: int) -> list[dict]:
    asked = [{**GOOD, "id": f"asked-{at}", "outcome": "escalated"} for at in range(n // 5)]
    fine = {"messages": [{"from": "customer", "text": "How long is the warranty?"}], "outcome": "resolved"}
    return asked + [{**fine, "id": f"fine-{at}"} for at in range(n - n // 5)]


def test_it_tells_each_thresholds_rate_and_what_it_would_have_found(tmp_path, capsys):
    out = tmp_path / "out.json"
    call_command("replay", data=write(tmp_path / "d.jsonl", talks(50)), out=out)
    told = capsys.readouterr().out
    assert "50 conversations" in told
    assert "in use" in told
    found = json.loads(out.read_text())
    assert found["capability"] == "replay"
    assert found["rows"] == 50
    assert found["measures"]["rate"] == 0.2
    assert found["measures"]["precision"] == 1.0
    assert found["measures"]["recall"] == 1.0
    assert found["measures"]["rate_low"] < 0.2 < found["measures"]["rate_high"]
    assert found["settings"]["table"][0]["threshold"] == 0.3


@pytest.mark.parametrize(
    ("n", "says", "proposed"),
    [(50, "A threshold is proposed from 100 conversations", None), (100, "Proposed for 18% to 22%: 0.850", 0.85)],
)
def test_a_proposal_takes_a_hundred_and_is_the_least_change(tmp_path, capsys, n, says, proposed):
    out = tmp_path / "out.json"
    call_command("replay", data=write(tmp_path / "d.jsonl", talks(n)), out=out)
    assert says in capsys.readouterr().out
    assert json.loads(out.read_text())["measures"]["proposed"] == proposed


def test_a_sites_threshold_and_weights_count(tmp_path, capsys, site):
    site.escalation_threshold, site.alarm_words = 0.9, ["warranty"]
    site.save()
    out = tmp_path / "out.json"
    call_command("replay", data=write(tmp_path / "d.jsonl", talks(10)), out=out, site=site.key)
    measures = json.loads(out.read_text())["measures"]
    assert measures["threshold"] == 0.9
    assert measures["rate"] == 1.0


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"messages": GOOD["messages"]}, "id"),
        ({**GOOD, "id": " "}, "id"),
        ({**GOOD, "messages": []}, "messages"),
        ({**GOOD, "messages": [{"from": "bot", "text": "x"}]}, "messages"),
        ({**GOOD, "messages": [{"from": "customer", "text": "x", "at": "yesterday"}]}, "messages"),
        ({**GOOD, "outcome": "lost"}, "outcome"),
    ],
)
def test_a_bad_line_is_named_before_any_work(tmp_path, capsys, bad, field):
    file = write(tmp_path / "d.jsonl", [GOOD, bad])
    with pytest.raises(SystemExit) as ended:
        call_command("replay", data=file)
    assert ended.value.code == 2
    assert f"{file}:2: {field}: expected" in capsys.readouterr().err
