"""What reaches the customer, by who writes it: `python -m benchmarks.supported FOLDER MODE [--keep FILE] [--limit N]`.

FOLDER as for `manage.py evaluate answer`. MODE is built-in, honest or lying (the provider of tests/fakes that tells the
truth in its own words, or lies in thirteen ways) or small (SmolLM2). With --keep every answer is written down.
"""

# ruff: noqa: PLC0415 (Django has to be set up before anything of ours is imported)

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks import demo_site

MODES = ("built-in", "honest", "lying", "small")


def main(arguments: list[str]) -> None:
    """Evaluate, and print the measures and what the judge called unsupported."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--limit", type=int)
    chosen = parser.parse_args(arguments)
    sys.path.insert(0, str(demo_site.ROOT))
    with _model(chosen.mode):
        demo_site.start()
        _evaluate(chosen)


def _evaluate(chosen: Namespace) -> None:
    from chat.evaluation import answer
    from knowledge.evaluation import Run
    from supportsite.progress import Bar

    found: list[Any] = []
    measured = answer.measures

    def listening(outcomes: Any) -> dict[str, float]:
        found.extend(outcomes)
        return measured(outcomes)

    answer.measures = listening
    result = answer.run(Run(chosen.folder, None, chosen.limit, 0, bar=Bar))
    judged = [(one, answer.judged(one)) for one in found if one.text]
    for one, verdicts in judged:
        for sentence, supported in verdicts:
            if not supported:
                print(f"unsupported ({one.by}): {one.question.text} => {sentence}")
    print(json.dumps({"mode": chosen.mode, "rows": result.rows, **result.measures, "by": result.settings["by"]}))
    if chosen.keep:
        rows = [
            {"question": one.question.text, "by": one.by, "text": one.text, "articles": list(one.articles),
             "relevant": sorted(one.question.relevant), "verdicts": verdicts,
             "sources": [[p.title, p.heading, p.text] for p in one.sources]}
            for one, verdicts in judged
        ]  # fmt: skip
        chosen.keep.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@contextmanager
def _model(mode: str) -> Iterator[None]:
    """Serve it and name it in the settings, before these are read."""
    from tests.fakes import small_model
    from tests.fakes.openai_server import Speaks, openai_server
    from tests.fakes.speakers import honest, lying

    if mode == "built-in":
        serving: Any = nullcontext()
    elif mode == "small":
        serving = small_model.small_model()
    else:
        serving = openai_server(Speaks(honest if mode == "honest" else lying))
    with serving as server:
        if server is not None:
            url = server if isinstance(server, str) else server.url
            os.environ |= {"TANDEM_MODEL": "openai:smollm2", "TANDEM_MODEL_URL": url, "TANDEM_MODEL_TIMEOUT": "300"}
        yield


if __name__ == "__main__":
    main(sys.argv[1:])
