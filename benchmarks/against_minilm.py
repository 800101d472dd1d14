"""Is what ships behind MiniLM's full text? A paired bootstrap: python benchmarks/against_minilm.py FOLDER.

FOLDER has the form of docs/evaluation.md. The other side is the plain thing for English: each article's title and body
read by MiniLM, and the one nearest to the question, in its collection. Both are asked the same questions, of which as
many are drawn with replacement, again and again, for both alike (Koehn, Statistical Significance Tests for Machine
Translation Evaluation, 2004): what few questions can tell of a difference is how far it moves.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from demo_site import start

start()

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
from django.utils import timezone  # noqa: E402

from knowledge import evaluation, labelled_folder  # noqa: E402
from knowledge.embed import MINILM, named  # noqa: E402
from knowledge.labelled_folder import Folder  # noqa: E402
from knowledge.split import embedded_text  # noqa: E402
from knowledge.workspace import workspace  # noqa: E402

DRAWS, SEED = 10_000, 1


def by_what_ships(folder: Folder) -> list[evaluation.Outcome]:
    """As `manage.py evaluate retrieval` asks."""
    with workspace():
        site, ids, _seconds = labelled_folder.build(folder, now=timezone.now(), progress=told)
        return evaluation.ask(site, folder.questions, ids, told)


def by_minilm(folder: Folder) -> list[bool]:
    """For each question whether the article that is nearest by MiniLM is relevant."""
    model = named(MINILM)
    articles = model.matrix([embedded_text(row["title"], "", row["body"]) for row in folder.articles], "passage")
    asked = model.matrix([question.text for question in folder.questions], "query")
    shelves = np.array([row.get("collection") or "" for row in folder.articles])
    right = []
    for question, vector in zip(folder.questions, asked, strict=True):
        near = articles @ vector
        if question.collection:
            near[shelves != question.collection] = -1
        right.append(folder.articles[near.argmax()]["id"] in question.relevant)
    return right


def differences(ours: Sequence[bool], theirs: Sequence[bool]) -> npt.NDArray[np.float64]:
    """How far recall@1 is above the other side's, in each draw."""
    better = np.array(ours, float) - np.array(theirs, float)
    drawn = np.random.default_rng(SEED).integers(0, len(better), (DRAWS, len(better)))
    means: npt.NDArray[np.float64] = better[drawn].mean(axis=1)
    return means


def told(done: int, total: int) -> None:
    """Say now and then how far it is."""
    if done % 50 == 0 or done == total:
        print(f"  {done} of {total}", file=sys.stderr, flush=True)


def main(folder: Folder) -> None:
    """Print either side's recall@1, and what is between them."""
    outcomes = [one for one in by_what_ships(folder) if one.question.relevant]
    theirs = [right for right, asked in zip(by_minilm(folder), folder.questions, strict=True) if asked.relevant]
    ours = [one.right for one in outcomes]
    drawn = differences(ours, theirs)
    low, high = np.quantile(drawn, (0.025, 0.975))
    print({name: round(value, 4) for name, value in evaluation.retrieval(outcomes).items()})
    print(f"{len(ours)} questions: what ships {np.mean(ours):.3f}, MiniLM's full text {np.mean(theirs):.3f}")
    print(f"right by one alone: {sum(a > b for a, b in zip(ours, theirs, strict=True))} by what ships, "
          f"{sum(a < b for a, b in zip(ours, theirs, strict=True))} by MiniLM")  # fmt: skip
    print(f"difference {np.mean(drawn):+.3f}, 95 % between {low:+.3f} and {high:+.3f}; "
          f"behind in {np.mean(drawn < 0):.0%} of {DRAWS} draws")  # fmt: skip


if __name__ == "__main__":
    main(labelled_folder.read(Path(sys.argv[1])))
