"""How fast articles become findable beside the bare models, and how fast an import that changes nothing is.

In process, without a server. Articles of made-up English, read by both models. Indexing and floor are taken in turn:
published versions until they are findable, and as many other sections given to the two models in one call each.
"""

import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import articles
from .demo_site import start
from .report import Result, Target

ARTICLES = int(os.environ.get("TANDEM_BENCH_ARTICLES", "96"))
_AT_ONCE = 8


def run() -> Result:
    """Index in turn with the bare models, then import the same again."""
    start()
    from knowledge import index  # noqa: PLC0415
    from supportsite.sites.models import Site  # noqa: PLC0415

    index.own()
    site, dice = Site.objects.create(name="Large"), random.Random(7)
    with tempfile.TemporaryDirectory(prefix="tandem-benchmark-") as place:
        ours = floor = sections = bare = 0.0
        for number in range(ARTICLES // _AT_ONCE):
            _import(site, articles.write(Path(place), f"slice-{number}", count=_AT_ONCE, dice=dice))
            texts = _texts(articles.write(Path(place), f"other-{number}", count=_AT_ONCE, dice=dice))
            before = _findable(site)
            ours += _timed(_index)
            sections += _findable(site) - before
            floor += _timed(_embed, texts)
            bare += len(texts)
        whole = articles.write(Path(place), "whole", count=ARTICLES, dice=dice)
        first, vectors = _timed(_import_and_index, site, whole), _vectors()
        again = min(_timed(_import_and_index, site, whole) for _ in range(3))
        embedded = _vectors() - vectors
    index.disown()
    rate, bare_rate = sections / ours, bare / floor
    figures: dict[str, Any] = {
        "articles of each kind": ARTICLES,
        "indexing, sections a second": round(rate, 1),
        "floor: the two models alone": round(bare_rate, 1),
        "an import, first, s": round(first, 2),
        "the same again, s": round(again, 2),
    }
    return Result(
        "indexing",
        figures,
        [
            Target("the floor's rate ÷ indexing's (1 ÷ .85)", bare_rate / rate, 1 / 0.85),
            Target("the same import again, share of the first (1 ÷ 50)", again / first, 1 / 50),
            Target("texts embedded by it", embedded, 0),
        ],
    )


def _timed(work: Any, *given: Any) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def _import(site: Any, path: Path) -> None:
    from knowledge import import_run, imports  # noqa: PLC0415
    from knowledge.models import ImportKind  # noqa: PLC0415

    made = imports.make(
        site=site,
        kind=ImportKind.FILES,
        source=path.name,
        path=str(path),
        language="en",
        publish=True,
        replace=True,
        runner="benchmark",
    )
    import_run.go(made)


def _index() -> None:
    from django.utils import timezone  # noqa: PLC0415

    from knowledge import indexing  # noqa: PLC0415

    while indexing.sweep(now=timezone.now(), seconds=60):
        pass


def _import_and_index(site: Any, path: Path) -> None:
    _import(site, path)
    _index()


def _texts(path: Path) -> list[str]:
    """What the models would read of a file's articles."""
    from knowledge.split import embedded_text, sections  # noqa: PLC0415

    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        embedded_text(row["title"], piece.heading, piece.text)
        for row in rows
        for piece in sections(row["title"], row["body"])
    ]


def _embed(texts: Sequence[str]) -> None:
    from knowledge import embed  # noqa: PLC0415

    for model in (embed.MINILM, embed.E5):
        embed.named(model).matrix(texts, "passage")


def _findable(site: Any) -> int:
    from knowledge.models import Section  # noqa: PLC0415

    return Section.objects.filter(version__article__site=site, version__indexed_at__isnull=False).count()


def _vectors() -> int:
    from knowledge.models import Vector  # noqa: PLC0415

    return Vector.objects.count()
