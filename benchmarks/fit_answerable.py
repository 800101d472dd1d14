"""Fits knowledge/answerable.json: python benchmarks/fit_answerable.py FAQ_FOLDER … [--write].

On the demo's tuning questions and on folders of FAQ entries in the form of docs/evaluation.md; docs/retrieval.md names
those that what is shipped was fitted on. Each set weighs the same. Beside each route's curve the script prints how well
the curve that was fitted on all other sets tells right from wrong on one set: that chose the ridge.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo_site import questions, start

start()

from django.utils import timezone  # noqa: E402

from knowledge import candidates, demo, editions, embed, evaluation, index, indexing, labelled_folder, measures, search  # noqa: E402
from knowledge.answerable import SHIPPED, Route  # noqa: E402
from knowledge.calibrating import FEWEST, FOR_ALL, Example, calibrate, fit  # noqa: E402
from supportsite.sites.models import Site  # noqa: E402

OTHERS = ("de", "es", "fr", "en")


def looks_of(asked: candidates.Asked, language: str) -> tuple[list[search.Look], list[search.Look]]:
    """The looks that `find` would take; and others to fit on: by one model alone, by a reader of another language."""
    real = list(search.looks(asked, language))
    if language == "en":
        return real, [search._look(asked, asked.texts, ["en"], (model,)) for model in (embed.MINILM, embed.E5)]
    others = [code for code in OTHERS if code != language]
    return real, [search._look(asked, asked.texts, others, (embed.E5,), across_from=language)]


def examples(
    site: Site, asked: Iterable[labelled_folder.Question], ids: Mapping[str, str]
) -> tuple[list[Example], list[Example]]:
    """As `looks_of`, with what came of each."""
    real, fitted = [], []
    shelves = evaluation.shelves(site)
    for number, question in enumerate(asked):
        what = candidates.Asked(
            site, editions.live(site.pk), [question.text], {}, "", shelves.get(question.collection, "")
        )
        for looks, made in zip(looks_of(what, question.language), (real, fitted), strict=True):
            for look in looks:
                if look.ranked:
                    slug = look.ranked[0].slug
                    right = ids.get(slug, slug) in question.relevant
                    made.append(Example(number, look.route, look.evidence, right))
        if number % 100 == 99:
            print(f"  {number + 1} questions", file=sys.stderr)
    return real, fitted


def of_demo() -> tuple[list[Example], list[Example]]:
    site = demo.load()
    while indexing.sweep(now=timezone.now(), seconds=60):
        pass
    asked = [labelled_folder.Question(q.text, q.relevant, q.language, "", "") for q in questions("tune")]
    return examples(site, asked, {})


def of_folder(path: Path) -> tuple[list[Example], list[Example]]:
    folder = labelled_folder.read(path)
    site, ids, _seconds = labelled_folder.build(folder, now=timezone.now(), progress=lambda done, total: None)
    return examples(site, folder.questions, ids)


def weighed(sets: Sequence[list[Example]]) -> list[Example]:
    """All in one list: each set weighs the same, and no two have a question's number in common."""
    return [
        replace(one, question=one.question + 10_000 * number, weight=500 / len(made))
        for number, made in enumerate(sets)
        for one in made
    ]


def transfer(sets: Mapping[str, list[Example]], route: Route) -> None:
    """How well a curve from the other sets tells right from wrong on each, by how strong the ridge is."""
    for ridge in (1, 30, 300, 1000, 3000):
        cells = []
        for name, made in sets.items():
            mine = [one for one in made if one.route is route]
            others = [one for other, rest in sets.items() if other != name for one in rest if one.route is route]
            if len(mine) >= FEWEST and len(others) >= FEWEST:
                curve = fit(others, ridge)
                said = [curve.probability(one.evidence) for one in mine]
                cells.append(f"{name} {measures.auroc([one.right for one in mine], said):.3f}")
        if cells:
            print(f"{route}: fitted on the others with ridge {ridge}: {', '.join(cells)}")


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:] if name != "--write"]
    index.own()
    sets = {"demo": of_demo()} | {path.name: of_folder(path) for path in paths}
    real, fitted = {}, {}
    for name, (asked, alone) in sets.items():
        real[name], fitted[name] = asked, asked + alone
        print(name, {route.value: sum(one.route is route for one in fitted[name]) for route in Route})
    for route in Route:
        transfer(fitted, route)
    source = f"benchmarks/fit_answerable.py on {', '.join(sets)}"
    made = calibrate(weighed(list(fitted.values())), source, ridge=FOR_ALL, asked=weighed(list(real.values())))
    for route, curve in made.curves.items():
        print(route, f"{curve.bias:.2f}", {name: round(weight, 2) for name, weight in curve.weights.items()})
    for accepted in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
        print(f"accepted {accepted:.0%}: threshold {made.threshold(accepted)}")
    if "--write" in sys.argv:
        SHIPPED.write_text(json.dumps(rounded(made.as_json()), indent=2) + "\n", "utf-8")


def rounded(value: Any) -> Any:
    """Four figures are enough, and a change of the file can be read."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
