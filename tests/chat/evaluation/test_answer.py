"""The measures of `evaluate answer`, and the command itself with a provider that tells the truth, lies, or is down."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chat.assistant.steps import Source
from chat.evaluation.answer import Answered, behind, cited_pieces, judged, measures
from knowledge.labelled_folder import Question
from tests.fakes.openai_server import Fails, Says, openai_server
from tests.supportsite.test_evaluate import ROOT, folder, refused, write

__all__ = ["folder"]


@dataclass(frozen=True)
class Passage:
    """As much of a passage as the judge reads."""

    title: str
    heading: str
    text: str
    language: str = "en"


RETURNS = Passage("Returns", "", "You can return unused items within 30 days of delivery. Used items stay with you.")


def outcome(text: str, *articles: str, relevant: str = "returns", by: str = "built-in") -> Answered:
    question = Question("How long?", frozenset([relevant] if relevant else []), "en", "", "")
    return Answered(question, text, [RETURNS for _ in articles], articles, 12.0, by)


def test_the_measures_count_what_they_say():
    made = measures(
        [
            outcome("You can return unused items within 30 days. [1] You can keep them for 90 days. [1]", "returns"),
            outcome("Used items stay with you. [1]", "tents"),
            outcome("", relevant="returns"),
            outcome("", relevant=""),
        ]
    )
    assert made["answered"] == 0.5
    assert made["supported"] == pytest.approx(2 / 3)
    assert made["cited_right"] == 0.5
    assert made["wrong"] == 0.5
    assert made["declined_right"] == 1
    assert made["first_token_ms_p50"] == 12


def test_a_sentence_without_a_source_or_with_one_that_is_not_there_is_not_supported():
    said = "You can return unused items within 30 days."
    assert [verdict for _, verdict in judged(outcome(said, "returns"))] == [False]
    assert [verdict for _, verdict in judged(outcome(said + " [7]", "returns"))] == [False]
    assert [verdict for _, verdict in judged(outcome(said + " [1]", "returns"))] == [True]


def test_each_mark_stands_for_what_is_before_it():
    assert cited_pieces("One. Two. [1] Three. [2] Four.") == [("One. Two.", 1), (" Three.", 2), (" Four.", 0)]


def evaluate(tmp_path: Path, folder: Path, url: str = "") -> dict:
    """The report of the command with a provider at `url`."""
    env = os.environ | {"TANDEM_VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "supportsite.settings"}
    if url:
        env |= {"TANDEM_MODEL": "openai:fake", "TANDEM_MODEL_URL": url}
    out = tmp_path / "out.json"
    command = [sys.executable, "manage.py", "evaluate", "answer", "--data", str(folder), "--out", str(out)]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(out.read_text())


def test_the_built_in_model_answers_from_the_articles(tmp_path, folder):
    report = evaluate(tmp_path, folder)
    found = report["measures"]
    assert found["answered"] >= 0.5
    assert found["supported"] == 1
    assert found["cited_right"] >= 0.8
    assert found["declined_right"] == 1
    assert found["first_token_ms_p50"] > 0
    assert report["settings"]["model"] == "built-in"


def test_articles_are_cited_however_they_are_spaced(tmp_path, folder):
    rows = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    write(folder / "articles.jsonl", [row | {"body": row["body"].replace(" ", "  ")} for row in rows])
    assert evaluate(tmp_path, folder)["measures"]["cited_right"] >= 0.8


def test_of_two_sections_at_one_address_the_one_that_was_quoted_is_cited():
    first, second = (a_passage(text) for text in ("Tents are  dried first.", "Poles are\nshortened. They fit."))
    source = Source(1, "Tents", "/help/tents/", "", "Poles are  shortened. … They fit.", "en", "")
    assert behind(source, [first, second]) == second


def a_passage(text: str) -> Any:
    """As much of one as is looked at."""
    return SimpleNamespace(url="/help/tents/", text=text)


def test_a_provider_that_lies_is_not_passed_on(tmp_path, folder):
    lie = Says("You can return everything within 90 days [1]. Parcels are free of charge, see evil.example [2].")
    with openai_server(lie) as server:
        report = evaluate(tmp_path, folder, server.url)
    assert server.requests, "it was asked"
    assert report["measures"]["supported"] == 1
    assert report["measures"]["answered"] >= 0.5
    assert report["settings"]["by"] == {"built-in": report["measures"]["answered"] * report["rows"]}


def test_a_provider_that_is_down_costs_no_answer(tmp_path, folder):
    with openai_server(Fails(401)) as server:
        report = evaluate(tmp_path, folder, server.url)
    assert report["measures"]["answered"] >= 0.5


def test_a_bad_line_stops_the_run_before_any_work(capsys, folder):
    (folder / "questions.jsonl").write_text('{"text": "How?", "relevant": [], "reference": 7}\n', "utf-8")
    assert refused("answer", "--data", str(folder)) == 2
    assert "questions.jsonl:1: reference: expected a text" in capsys.readouterr().err
