"""Lines that must call a person, and lines that must not: tests/chat/data/ (its README says who wrote them)."""

import json
from pathlib import Path

import pytest

from chat import mood, triggers
from chat.asking import plain
from chat.assistant import feeling as judged
from chat.assistant import language
from chat.assistant.transcript import Line, Transcript
from chat.signals import feeling
from chat.signals.dialogue import Said
from chat.weighing import Policy
from knowledge.embed import named

DATA = Path(__file__).parent / "data"
ENOUGH = 0.95
POLICY = Policy()


def called(name: str) -> list[tuple[str, bool]]:
    """Each line as a conversation's first message, and whether a person is called in either beat."""
    said = [json.loads(line)["text"] for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]
    spoken = [language.detect(text) or "en" for text in said]
    models = {model for one in spoken for model in feeling.models(one)}
    vectors = {model: named(model).matrix(said, "query") for model in models}
    return [
        (text, _is_called(text, one, {model: rows[at] for model, rows in vectors.items()}))
        for at, (text, one) in enumerate(zip(said, spoken, strict=True))
    ]


def _is_called(text: str, spoken: str, vectors: dict) -> bool:
    moods = (mood.score(plain(text), spoken),)
    if triggers.judge(text=text, moods=moods, policy=POLICY):
        return True
    read = feeling.read(text, [Said(True, text)], vectors, spoken)
    transcript = Transcript("c", spoken, "", (Line(1, "visitor", text),), 1, 1, moods)
    return bool(judged.judge(read, transcript, POLICY))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [(f"{name}{of}", name == "calls") for name in ("calls", "harmless") for of in ("", "-unseen", "-blind")],
)
def test_who_calls_for_a_person_gets_one_and_nobody_else(name, wanted):
    found = called(name)
    wrong = [text for text, was_called in found if was_called != wanted]
    assert len(wrong) <= (1 - ENOUGH) * len(found), "\n".join(wrong)
