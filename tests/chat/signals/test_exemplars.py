"""The lines that what ships is fitted on: readable, of one label each, and read by what ships as they say."""

import pytest

from chat.signals import exemplars, texts
from chat.signals.feeling import SUBJECTS
from knowledge.embed import MINILM, named

LABELS = {
    "mood": {"negative", "neutral", "positive"},
    "posts": {"negative", "neutral", "positive"},
    "emotion": {"anger", "fear", "sadness", "confusion", "joy", "neutral"},
    "injection": {"attack", "harmless"},
    "person": {"wants", "other"},
    "call": {"upset", "calm", *SUBJECTS},
}


@pytest.mark.parametrize("kind", LABELS)
def test_every_file_has_all_the_labels_and_no_line_two_of_them(kind):
    lines = exemplars.lines(kind)
    for language in {line.language for line in lines}:
        assert {line.label for line in lines if line.language == language} == LABELS[kind], language
    labels = {(line.language, line.text): set() for line in lines}
    for line in lines:
        labels[line.language, line.text].add(line.label)
    assert [text for text, found in labels.items() if len(found) > 1] == []


def test_conversations_begin_and_end_with_the_customer():
    talks = exemplars.dialogues("dissatisfaction")
    assert len(talks) > 100
    assert all(talk.lines[0].customer and talk.lines[-1].customer for talk in talks)
    assert {talk.label for talk in talks} == {"dissatisfied", "satisfied"}


@pytest.mark.parametrize("kind", ["emotion", "injection", "person", "call"])
def test_what_ships_was_fitted_on_these_lines(kind):
    lines = [line for line in exemplars.lines(kind) if line.language == "en"][::7]
    said = [line.text for line in lines]
    head = texts.shipped(kind, MINILM)
    found = head.probabilities(said, named(MINILM).matrix(said, "query")).argmax(axis=1)
    right = [head.labels[at] == line.label for at, line in zip(found, lines, strict=True)]
    assert sum(right) > 0.9 * len(right), "run benchmarks/fit_signals.py after a change of chat/exemplars/"


def test_a_line_before_any_label_is_refused(tmp_path, monkeypatch):
    (tmp_path / "mood").mkdir()
    (tmp_path / "mood" / "en.txt").write_text("a line\n")
    monkeypatch.setattr(exemplars, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="expected a label"):
        exemplars.lines("mood")
