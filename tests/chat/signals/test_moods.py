"""How a text reads in five languages, on posts by somebody who had not seen what the reader learnt from."""

import json
from pathlib import Path

import pytest

from chat.signals import texts
from knowledge import measures
from knowledge.embed import E5, named

DATA = Path(__file__).parent.parent / "data"
MOODS = {-1: "negative", 0: "neutral", 1: "positive"}
READ = 60  # of 240 in each language: all of them take a minute


@pytest.mark.parametrize("language", ["de", "es", "it", "pt", "ar"])
def test_moods_are_told_apart(language):
    rows = [json.loads(line) for line in (DATA / f"moods-{language}.jsonl").read_text("utf-8").splitlines()[:READ]]
    said = [row["text"] for row in rows]
    read = texts.shipped("mood", E5).probabilities(said, named(E5).matrix(said, "query"))
    found = [texts.shipped("mood", E5).labels[at] for at in read.argmax(axis=1)]
    truth = [MOODS[row["mood"]] for row in rows]
    assert measures.macro_f1(truth, found, sorted(MOODS.values())) >= 0.55
