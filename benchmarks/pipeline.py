"""A whole turn without model and embedding: from the question to the last step, on the demo shop's real rows.

Each question is asked once before it is timed, so that its vectors are known; the built-in model writes, which is no
model but some looking for sentences. Floor, in turn with each: the search alone, which reads the same rows.
"""

import time
from typing import Any

from . import demo_questions
from .demo_site import start
from .report import Result, Spread, Target, quantile

QUESTIONS = 120
WARM_UP = 20


def run() -> Result:
    """Ask one question at a time, in process."""
    start()
    from asgiref.sync import async_to_sync  # noqa: PLC0415

    from chat import trial  # noqa: PLC0415
    from chat.assistant import providers  # noqa: PLC0415
    from knowledge import demo, index, indexing, search  # noqa: PLC0415

    index.own()  # as the web process does
    site = demo.load()
    indexing.ensure(site)
    providers.warm()
    turns: list[float] = []
    floors: list[float] = []
    ends: dict[str, int] = {}
    for number, text in enumerate(demo_questions.texts("en", QUESTIONS + WARM_UP)):
        asked: dict[str, Any] = {"question": text, "language": "en", "region": "", "before": ""}
        transcript = trial.transcript(text, site, spoken="en", region="")
        async_to_sync(trial.steps)(transcript, site, built_in=True)
        began = time.perf_counter()
        search.find(site=site, **asked)
        floor = time.perf_counter()
        steps = async_to_sync(trial.steps)(transcript, site, built_in=True)
        ended = time.perf_counter()
        if number >= WARM_UP:
            floors.append(floor - began)
            turns.append(ended - floor)
            end = type(steps[-1]).__name__.lower()
            ends[end] = ends.get(end, 0) + 1
    figures = {
        "question to last step": Spread.of(turns),
        "floor: the search alone": Spread.of(floors),
        "how they ended": ", ".join(f"{end} {count}" for end, count in sorted(ends.items())),
    }
    p50 = quantile(turns, 0.5)
    targets = [Target("p50 ms", 1000 * p50, 15), Target("p50 × floor", p50 / quantile(floors, 0.5), 4)]
    return Result("pipeline", figures, targets)
