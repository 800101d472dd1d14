"""`manage.py evaluate redaction` and `manage.py redact` on an owner's rows."""

import json

import pytest
from django.core.management import call_command

from chat.evaluation import redaction
from knowledge.evaluation import Run
from knowledge.labelled import BadLine
from supportsite.progress import Bar


def span(text: str, part: str, kind: str) -> dict[str, object]:
    start = text.index(part)
    return {"start": start, "end": start + len(part), "type": kind}


MAIL = "Write to jo@mail.example on 4111 1111 1111 1111"
ROWS = [
    {
        "text": MAIL,
        "spans": [span(MAIL, "jo@mail.example", "EMAIL_ADDRESS"), span(MAIL, "4111 1111 1111 1111", "CREDIT_CARD")],
    },
    {"text": "it is code zanzibar", "spans": [span("it is code zanzibar", "zanzibar", "SECRET")]},
    {"text": "from 192.168.1.20", "spans": [], "optional": [span("from 192.168.1.20", "192.168.1.20", "IP")]},
    {"text": "from 192.168.1.21", "spans": []},
]


def evaluate(tmp_path, rows) -> dict[str, float]:
    """The measures."""
    return dict(redaction.run(Run(written(tmp_path, rows), None, None, 0, bar=Bar)).measures)


def written(tmp_path, rows):
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return data


def test_it_counts_what_is_found_what_leaks_and_what_else_is_covered(tmp_path):
    measures = evaluate(tmp_path, ROWS)
    assert measures["recall"] == pytest.approx(2 / 3)
    assert measures["precision"] == pytest.approx(
        2 / 3
    )  # the address that nobody marked is wrong, the optional one not
    assert measures["f2"] == pytest.approx(2 / 3)
    assert measures["type_accuracy"] == 1
    assert measures["leaked"] == pytest.approx(8 / (15 + 19 + 8))
    assert measures["recall_SECRET"] == 0
    assert measures["recall_CREDIT_CARD"] == 1
    assert measures["ms_p50"] > 0


def test_half_of_a_span_is_not_found(tmp_path):
    text = "my mail: jo@mail.example okay"
    measures = evaluate(tmp_path, [{"text": text, "spans": [span(text, "jo@mail.example okay", "EMAIL")]}])
    assert measures["recall"] == 0
    assert measures["leaked"] == pytest.approx(5 / 20)


def test_a_type_that_we_call_otherwise_is_right_and_another_is_wrong(tmp_path):
    text = "jo@mail.example"
    assert evaluate(tmp_path, [{"text": text, "spans": [span(text, text, "EMAIL_ADDRESS")]}])["type_accuracy"] == 1
    assert evaluate(tmp_path, [{"text": text, "spans": [span(text, text, "PHONE_NUMBER")]}])["type_accuracy"] == 0


@pytest.mark.parametrize("spans", [None, [{"start": 3, "end": 2, "type": "X"}], [{"start": 0, "end": 2}]])
def test_a_bad_span_is_named(tmp_path, spans):
    with pytest.raises(BadLine, match=r"rows.jsonl:1: spans: expected a list of spans"):
        evaluate(tmp_path, [{"text": "Hello", "spans": spans}])


def test_redact_writes_what_a_third_party_would_see(tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    data = written(tmp_path, [{"id": 7, "text": f"{MAIL}, order NP-123456"}])
    call_command("redact", data=data, out=out, orders=["NP-######"])
    row = json.loads(out.read_text("utf-8"))
    assert row["id"] == 7
    assert row["redacted"] == "Write to [EMAIL_1] on [CARD_1], order [ORDER_1]"
    assert row["placeholders"] == {
        "[EMAIL_1]": "jo@mail.example",
        "[CARD_1]": "4111 1111 1111 1111",
        "[ORDER_1]": "NP-123456",
    }


def test_redact_refuses_a_form_that_could_be_slow(tmp_path):
    data = written(tmp_path, [{"text": "hello"}])
    with pytest.raises(SystemExit, match="2"):
        call_command("redact", data=data, out=tmp_path / "out.jsonl", orders=["a{40}"])
