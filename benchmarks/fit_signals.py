"""Makes chat/signals/shipped/: python benchmarks/fit_signals.py.

Everything is fitted on the lines of chat/exemplars/ alone, which are ours.
"""

from demo_site import start

start()

from dataclasses import replace  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from chat.signals import exemplars, fit, texts  # noqa: E402
from chat.signals.exemplars import Line  # noqa: E402
from knowledge.embed import E5, MINILM, Matrix, named  # noqa: E402

KINDS = ("mood", "emotion", "injection", "person", "call")
# How freely the weights of e5's vectors may move. Mood: the best in a language left out (English tweets).
VECTORS_C = {"mood": 1.0, "emotion": fit.FEW_C, "injection": fit.FEW_C}
# As rare as the exemplars have them: weighed alike, a death or a stolen card was found in every tenth question, at any
# threshold (docs/escalation.md).
AS_THEY_ARE: dict[str, Any] = {"balanced": False, "centred": True, "c": 1.0}
BORROWED = {
    "mood": {("posts", label): label for label in ("negative", "neutral", "positive")},
    "call": {
        ("person", "other"): "calm",
        ("mood", "positive"): "calm",
        ("mood", "neutral"): "calm",
        ("emotion", "neutral"): "calm",
        ("emotion", "joy"): "calm",
    },
    "person": {("call", "calm"): "other", ("mood", "positive"): "other", ("mood", "neutral"): "other"},
}
# Freer than a fit on thousands of an owner's conversations: ours are few and of many kinds, and a probability has to
# reach the threshold.
TALKS_C = 0.01
READ: dict[str, dict[str, Matrix]] = {}  # the vectors by model and text


def main() -> None:
    for kind in KINDS:
        for model in (MINILM, E5):
            lines = lines_for(kind, model)
            said = [one.text for one in lines]
            vectors = read(model, said)
            labels = [one.label for one in lines]
            by_words: dict[str, Any] = {"words": model == MINILM or kind in texts.BOTH}
            if kind in texts.BOTH:
                by_words |= AS_THEY_ARE
            elif model == E5:
                by_words["c"] = VECTORS_C[kind]
            made = fit.head(said, labels, vectors, **by_words)
            _write(f"{kind}-{model}", made.as_bytes())
    talks = exemplars.dialogues("dissatisfaction")
    reader = fit.reader([one.lines for one in talks], [one.label == "dissatisfied" for one in talks], c=TALKS_C)
    _write("dissatisfaction", reader.as_bytes())


def read(model: str, said: list[str]) -> Matrix:
    """The vectors of texts, each read once though several kinds learn from it: e5 takes most of the time."""
    known = READ.setdefault(model, {})
    fresh = [text for text in dict.fromkeys(said) if text not in known]
    known.update(zip(fresh, named(model).matrix(fresh, "query"), strict=True))
    return np.stack([known[text] for text in said])


def lines_for(kind: str, model: str) -> list[Line]:
    """MiniLM reads English; e5 whatever else is written, and learns from English as well.

    A line of another kind that says nothing of this one is an example of nobody who calls: each text once.
    """
    borrowed = [
        replace(one, label=label)
        for (other, theirs), label in BORROWED.get(kind, {}).items()
        for one in exemplars.lines(other)
        if one.label == theirs
    ]
    found = {one.text.casefold(): one for one in (*borrowed, *exemplars.lines(kind))}
    return [one for one in found.values() if model == E5 or one.language == "en"]


def _write(name: str, content: bytes) -> None:
    file = texts.SHIPPED / f"{name}.npz"
    file.write_bytes(content)
    print(f"{file.name}: {len(content):,} bytes", flush=True)


if __name__ == "__main__":
    main()
