"""How long it takes from publishing an article to the first search that finds it, among 10,000 others.

In process, with Celery's worker and clock as the server runs them. The others are made up, with vectors; what is
published is read by both models. Beside it what the models alone need for such an article and its question.
"""

import os
import random
import time
from typing import Any

import numpy as np

from . import retrieval_speed
from .demo_site import start
from .report import Result, Spread, Target, quantile

ARTICLES = int(os.environ.get("TANDEM_BENCH_ARTICLES", "10000"))
TIMES = int(os.environ.get("TANDEM_BENCH_TIMES", "60"))
_WITHIN_S = 60.0


def run() -> Result:
    """Publish one after the other; each is asked for until it is found."""
    start()
    from knowledge import editions, index, lexicon, tasks  # noqa: PLC0415
    from supportsite.background import Background  # noqa: PLC0415

    index.own()
    site, _matrix, _texts = retrieval_speed.large_site(
        np.random.default_rng(5), random.Random(5), count=ARTICLES * retrieval_speed.EACH
    )
    lexicon.current().warm(site.pk, editions.live(site.pk).pk)
    tasks.sweep_index()  # as at a server's start: what the index lacks is put there
    background = Background()
    background.start()
    try:
        _publish_and_find(site, -1)
        spent = [_publish_and_find(site, number) for number in range(TIMES)]
    finally:
        background.stop()
        index.disown()
    figures: dict[str, Any] = {
        "articles": ARTICLES,
        "from publishing to use": Spread.of(spent),
        "the models alone": Spread.of([_models(number) for number in range(10)]),
    }
    return Result("publish_to_use", figures, [Target("p99, s", quantile(spent, 0.99), 2)])


def _publish_and_find(site: Any, number: int) -> float:
    """Seconds from the commit to the first search that finds it first."""
    from django.utils import timezone  # noqa: PLC0415

    from knowledge import publish, search  # noqa: PLC0415

    article = publish.create_article(
        site=site,
        collection=site.collections.first(),
        slug=f"new-{number}",
        language="en",
        title=f"Canoe {number}",
        body=_body(number),
    )
    publish.publish(article=article, by=None, now=timezone.now())
    began = time.perf_counter()
    while time.perf_counter() - began < _WITHIN_S:
        found = search.find(site=site, question=_question(number), language="en")
        if found.passages and found.passages[0].slug == article.slug:
            return time.perf_counter() - began
        time.sleep(0.01)
    raise RuntimeError(f"new-{number} is not found")


def _body(number: int) -> str:
    return f"The rent of canoe {number} is {number} euros a day.\n\n## Paddles\n\nPaddles of canoe {number} are free."


def _question(number: int) -> str:
    return f"What is the rent of canoe {number}?"


def _models(number: int) -> float:
    from knowledge import embed  # noqa: PLC0415

    began = time.perf_counter()
    for model in (embed.MINILM, embed.E5):
        embed.named(model).matrix(_body(number + TIMES).split("\n\n"), "passage")
        embed.named(model).matrix([_question(number + TIMES)], "query")
    return time.perf_counter() - began
