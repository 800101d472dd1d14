"""`manage.py evaluate` and `manage.py train`, as an owner runs them: on their own files, beside their installation."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import ManagementUtility

from knowledge import labelled_folder
from knowledge.labelled import BadLine
from tests import tables

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = [
    ("returns", "Returns", "You can return unused items within 30 days of delivery."),
    ("shipping", "Shipping costs", "A parcel costs 4.90 euros. Above 75 euros it is free."),
    ("tents", "Tent care", "Dry the tent before you store it, or the coating will peel."),
    ("boots", "Boot care", "Brush the boots and wax the leather twice a year."),
    ("gift", "Gift cards", "A gift card is valid for three years after you bought it."),
    ("password", "Forgotten password", "Choose Forgot password on the sign-in page to get a link."),
]
QUESTIONS = [
    ("How long can I return items?", ["returns"]),
    ("What does a parcel cost?", ["shipping"]),
    ("How do I store a tent?", ["tents"]),
    ("How do I wax my boots?", ["boots"]),
    ("How long is a gift card valid?", ["gift"]),
    ("I forgot my password", ["password"]),
    ("What is the capital of France?", []),
    ("Who won the football match?", []),
]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of labelled data, written anew for each test."""
    made = tmp_path / "data"
    made.mkdir()
    write(made / "articles.jsonl", [{"id": i, "title": t, "body": b, "language": "en"} for i, t, b in ARTICLES])
    write(made / "questions.jsonl", [{"text": t, "relevant": r, "language": "en"} for t, r in QUESTIONS])
    return made


def write(file: Path, rows: list[dict]) -> None:
    """JSON Lines."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def manage(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the installation in tmp_path/var, on SQLite wherever the tests run."""
    own = {"TANDEM_VAR": str(tmp_path / "var"), "DATABASE_URL": "", "REDIS_URL": ""}
    env = os.environ | own | {"DJANGO_SETTINGS_MODULE": "supportsite.settings"}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)


def refused(*words: str) -> int:
    """The exit code of `manage.py evaluate` that ends before any work, which needs no process of its own."""
    with pytest.raises(SystemExit) as ended:
        ManagementUtility().fetch_command("evaluate").run_from_argv(["manage.py", "evaluate", *words])
    return int(str(ended.value.code))


def test_retrieval_is_measured_and_the_installation_stays_as_it_was(tmp_path, folder):
    out = tmp_path / "out.json"
    run = manage(tmp_path, "evaluate", "retrieval", "--data", str(folder), "--out", str(out))
    assert run.returncode == 0, run.stderr
    assert run.stderr == "", "no bar where there is no terminal"
    report = json.loads(out.read_text())
    assert set(report) == {"capability", "rows", "data_sha256", "measures", "settings", "seconds", "version"}
    data = (folder / "articles.jsonl").read_bytes() + (folder / "questions.jsonl").read_bytes()
    assert report["data_sha256"] == hashlib.sha256(data).hexdigest()
    assert (report["capability"], report["rows"]) == ("retrieval", 8)
    measures = report["measures"]
    assert set(measures) == {
        "recall_1", "recall_1_dense", "recall_1_lexical", "recall_5", "mrr_10", "ms_p50", "ms_p99", "index_seconds",
    }  # fmt: skip
    assert measures["recall_1"] == measures["recall_5"] == measures["mrr_10"] == 1
    assert 0 < measures["ms_p50"] <= measures["ms_p99"]
    assert "recall_1 " in run.stdout
    kept = {path.name for path in (tmp_path / "var").iterdir()}
    assert kept <= {"secret-key"}, "no rows, no index"


def test_answerable_is_measured_with_what_is_shipped(tmp_path, folder):
    out = tmp_path / "out.json"
    run = manage(tmp_path, "evaluate", "answerable", "--data", str(folder), "--out", str(out))
    assert run.returncode == 0, run.stderr
    measures = json.loads(out.read_text())["measures"]
    assert set(measures) == {"auroc", "answered", "wrong", "answered_at_5_wrong", "threshold"}
    assert measures["auroc"] == 1
    assert measures["answered_at_5_wrong"] == 0.75


def test_each_language_is_counted_and_a_collection_is_kept_to(tmp_path, folder):
    rows = [{"id": i, "title": t, "body": b, "language": "en", "collection": "A"} for i, t, b in ARTICLES]
    rows.append({"id": "returns/b", "title": "Returns", "body": ARTICLES[0][2], "language": "en", "collection": "B"})
    write(folder / "articles.jsonl", rows)
    write(
        folder / "questions.jsonl",
        [
            {"text": QUESTIONS[0][0], "relevant": ["returns/b"], "language": "en", "collection": "B"},
            {"text": "Was kostet der Versand von einem Paket?", "relevant": ["shipping"], "language": "de"},
        ],
    )
    out = tmp_path / "out.json"
    assert manage(tmp_path, "evaluate", "retrieval", "--data", str(folder), "--out", str(out)).returncode == 0
    measures = json.loads(out.read_text())["measures"]
    assert (measures["recall_1_en"], measures["recall_1_de"]) == (1, 1)


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        (
            "questions.jsonl",
            '{"text": "x", "relevant": "returns"}',
            "questions.jsonl:9: relevant: expected a list of texts",
        ),
        ("questions.jsonl", '{"text": "x", "relevant": ["nowhere"]}', "questions.jsonl:9: relevant: expected ids of"),
        ("questions.jsonl", '{"relevant": []}', "questions.jsonl:9: text: expected a text that is not empty"),
        ("questions.jsonl", '{"text": "x", ', "questions.jsonl:9: line: expected a JSON object"),
        (
            "articles.jsonl",
            '{"id": "returns", "title": "x", "body": "y"}',
            "articles.jsonl:7: id: expected an id of its own",
        ),
        ("articles.jsonl", '{"id": "a", "title": "x", "body": 3}', "articles.jsonl:7: body: expected a text"),
        (
            "articles.jsonl",
            '{"id": "a", "title": "\\ud800", "body": "y"}',
            "articles.jsonl:7: title: expected text without",
        ),
        ("articles.jsonl", "[]", "articles.jsonl:7: line: expected a JSON object"),
    ],
)
def test_a_bad_line_is_named(folder, file, line, says):
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
    with pytest.raises(BadLine) as caught:
        labelled_folder.read(folder)
    assert says in str(caught.value)


def test_a_bad_line_stops_the_run_before_any_work(capsys, folder):
    (folder / "questions.jsonl").write_text('{"text": "x"}\n')
    assert refused("retrieval", "--data", str(folder)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "questions.jsonl:1: relevant: expected a list of texts" in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("weather", "--data", "x.jsonl"), "weather cannot be evaluated yet. There is: retrieval, answerable, "),
        (("retrieval", "--data", "nowhere"), "articles.jsonl:0: file: expected a file that can be read"),
        (("retrieval",), "--data"),
    ],
)
def test_a_wrong_call_says_what_there_is(capsys, words, says):
    assert refused(*words) == 2
    assert says in capsys.readouterr().err


def test_training_is_kept_and_too_few_questions_are_refused(tmp_path, folder):
    tables.copy_to(tmp_path / "var" / "tandem.sqlite3")
    few = manage(tmp_path, "train", "answerable", "--data", str(folder))
    assert few.returncode == 2
    assert "at least 30 questions" in few.stderr
    rows = [
        {"text": f"{text} {extra}", "relevant": r}
        for text, r in QUESTIONS
        for extra in ("", "please", "now", "then", "so")
    ]
    write(folder / "questions.jsonl", rows)
    run = manage(tmp_path, "train", "answerable", "--data", str(folder))
    assert run.returncode == 0, run.stderr
    assert "Stored for every site" in run.stdout
    import sqlite3

    with sqlite3.connect(tmp_path / "var" / "tandem.sqlite3") as database:
        (stored,) = database.execute("SELECT parameters FROM knowledge_recalibration").fetchone()
        assert database.execute("SELECT count(*) FROM knowledge_article").fetchone() == (0,)
    assert json.loads(stored)["source"].startswith("data (")
