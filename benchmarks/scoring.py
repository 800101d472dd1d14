"""How long it takes to score a message, beside the vectors that the search needs anyway.

Both beats: words, capitals, mood and sensitive subjects; then mood, emotion, wishes, attacks, dissatisfaction, and the
weighing. A new message of a hundred characters each time, after an answer that is new too; the three lines before were
read in the turn before, as they are in a server. The floor, taken in turn with each: VADER alone on the whole talk.
"""

import time
from typing import Any

import numpy as np

from .demo_site import start
from .report import Result, Spread, Target, quantile

TIMES = 600
WARM = 50
LANGUAGES = ("en", "de")
QUESTION = "No, that's not what I asked. I need to know why I was charged twice for order {}, please look again."
TALK = (
    ("visitor", "Why was I charged twice for order {}?"),
    ("assistant", "Payments are collected when the order ships, and a receipt follows by e-mail ({})."),
    ("visitor", "That is not what I asked. I see two charges of {} euros."),
    ("assistant", "I'm sorry, I found nothing about that. Payments are collected when the order ships ({})."),
)


def run() -> Result:
    """Score in English, read by two models, and in German, read by one."""
    start()
    figures: dict[str, Any] = {}
    spent: list[float] = []
    floors: list[float] = []
    for language in LANGUAGES:
        mine, theirs = _series(language)
        spent += mine
        floors += theirs
        figures[f"scored, {language}"] = Spread.of(mine)
    figures["floor: VADER on the talk"] = Spread.of(floors)
    targets = [
        Target("p50, ms", 1000 * quantile(spent, 0.5), 2),
        Target("p50 × floor", quantile(spent, 0.5) / quantile(floors, 0.5), 8),
    ]
    return Result("scoring", figures, targets)


def _series(language: str) -> tuple[list[float], list[float]]:
    from chat import mood, triggers  # noqa: PLC0415
    from chat.assistant import feeling as judged  # noqa: PLC0415
    from chat.assistant.transcript import Line, Transcript  # noqa: PLC0415
    from chat.signals import dialogue, feeling  # noqa: PLC0415
    from chat.weighing import Policy  # noqa: PLC0415

    random = np.random.default_rng(0)
    vectors = {model: random.normal(size=384).astype(np.float32) / 20 for model in feeling.models(language)}
    policy, spent, floors = Policy(), [], []
    for number in range(TIMES + WARM):
        lines = [Line(at, role, text.format(number)) for at, (role, text) in enumerate(TALK, start=1)]
        question = QUESTION.format(number)
        transcript = Transcript("c", language, "", (*lines, Line(5, "visitor", question)), 5, 5, (0.0, 0.0))
        dialogue.measure(judged.said(transcript)[:3])
        began = time.perf_counter()
        triggers.judge(text=question, moods=(0.0, 0.0, mood.score(question)), policy=policy)
        felt = feeling.read(question, judged.said(transcript), vectors, language)
        judged.judge(felt, transcript, policy)
        took = time.perf_counter() - began
        began = time.perf_counter()
        for line in lines:
            mood.score(line.text + " .")
        mood.score(question + " .")
        floor = time.perf_counter() - began
        if number >= WARM:
            spent.append(took)
            floors.append(floor)
    return spent, floors
