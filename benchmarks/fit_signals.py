"""Makes chat/signals/shipped/: python benchmarks/fit_signals.py.

Everything is fitted on the lines of chat/exemplars/ alone, which are ours. With `--choose` nothing is written: each
setting is tried on a fifth of the lines at a time, fitted on the others.
"""

import argparse
from collections.abc import Sequence

from demo_site import start

start()

import numpy as np  # noqa: E402

from chat.evaluation import measures  # noqa: E402
from chat.learned.linear import Matrix  # noqa: E402
from chat.signals import exemplars, fit, texts  # noqa: E402
from chat.signals.exemplars import Line  # noqa: E402
from knowledge.embed import E5, MINILM, named  # noqa: E402

KINDS = ("mood", "emotion", "injection")
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true", help="try the settings on held-out lines and write nothing")
    if parser.parse_args().choose:
        choose()
        return
    for kind in KINDS:
        for model in (MINILM, E5):
            lines = lines_for(kind, model)
            made = fit.head(*_columns(lines), named(model).matrix([one.text for one in lines], "query"))
            _write(f"{kind}-{model}", made.as_bytes())
    talks = exemplars.dialogues("dissatisfaction")
    reader = fit.reader([one.lines for one in talks], [one.label == "dissatisfied" for one in talks])
    _write("dissatisfaction", reader.as_bytes())


def lines_for(kind: str, model: str) -> list[Line]:
    """MiniLM reads English; e5 whatever else is written, and learns from English as well."""
    return [one for one in exemplars.lines(kind) if model == E5 or one.language == "en"]


def choose() -> None:
    """Every setting on held-out lines."""
    for kind in KINDS:
        for model in (MINILM, E5):
            lines = lines_for(kind, model)
            vectors = named(model).matrix([one.text for one in lines], "query")
            for c in (0.3, 1.0, 3.0, 10.0):
                for vader, words in ((0, 0), (1, 0), (2, 0), (2, 0.5), (2, 1), (2, 2)):
                    fit.TEXTS_C, texts.VADER_WEIGHS, texts.WORDS_WEIGH = c, vader, words  # type: ignore[misc]
                    print(f"{kind} {model} c={c} vader={vader} words={words}: {held_out(lines, vectors):.3f}")


def held_out(lines: Sequence[Line], vectors: Matrix) -> float:
    """Macro F1 of lines that a fit on the others has not seen."""
    said, labels = _columns(lines)
    fold = np.random.default_rng(0).permutation(len(lines)) % FOLDS
    found = [""] * len(lines)
    for held in range(FOLDS):
        rest, ours = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        made = fit.head([said[at] for at in rest], [labels[at] for at in rest], vectors[rest])
        read = made.probabilities([said[at] for at in ours], vectors[ours])
        for at, best in zip(ours, read.argmax(axis=1), strict=True):
            found[at] = made.labels[best]
    return measures.macro_f1(labels, found, sorted(set(labels)))


def _columns(lines: Sequence[Line]) -> tuple[list[str], list[str]]:
    return [one.text for one in lines], [one.label for one in lines]


def _write(name: str, content: bytes) -> None:
    file = texts.SHIPPED / f"{name}.npz"
    file.write_bytes(content)
    print(f"{file.name}: {len(content):,} bytes", flush=True)


if __name__ == "__main__":
    main()
