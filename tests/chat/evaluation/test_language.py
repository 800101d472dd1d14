"""`manage.py evaluate language` on an owner's rows."""

import json

import pytest

from chat.evaluation import language
from knowledge.evaluation import Run
from knowledge.labelled import BadLine
from supportsite.progress import Bar

ROWS = [
    ("Where is my order and when does it come?", "en"),
    ("Wo ist meine Bestellung und wann kommt sie?", "de"),
    ("Où est ma commande et quand arrive-t-elle ?", "fr"),
    ("¿Dónde está mi pedido y cuándo llega?", "es"),
    ("注文した商品はいつ届きますか", "ja"),
    ("12345", "en"),
]


def evaluate(tmp_path, rows) -> dict[str, float]:
    """The measures."""
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps({"text": t, "language": code}) + "\n" for t, code in rows), "utf-8")
    return dict(language.run(Run(data, None, None, 0, bar=Bar)).measures)


def test_it_counts_what_is_right_and_what_has_no_language(tmp_path):
    measures = evaluate(tmp_path, ROWS)
    assert measures["accuracy"] == pytest.approx(5 / 6)
    assert measures["unknown"] == pytest.approx(1 / 6)
    assert measures["ms_p50"] > 0


def test_a_wrong_label_is_counted_as_wrong(tmp_path):
    assert evaluate(tmp_path, [(ROWS[0][0], "de")])["accuracy"] == 0


def test_a_bad_line_is_named(tmp_path):
    with pytest.raises(BadLine, match=r"rows.jsonl:1: language: expected a language as two letters"):
        evaluate(tmp_path, [("Hello", "English")])
