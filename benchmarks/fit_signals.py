"""Makes chat/signals/shipped/: python benchmarks/fit_signals.py.

Everything is fitted on the lines of chat/exemplars/ alone, which are ours.
"""

from demo_site import start

start()

from chat.signals import exemplars, fit, texts  # noqa: E402
from chat.signals.exemplars import Line  # noqa: E402
from knowledge.embed import E5, MINILM, named  # noqa: E402

KINDS = ("mood", "emotion", "injection", "person")
# How freely the weights of e5's vectors may move. Mood: the best in a language left out (English tweets). The others
# are read as probabilities against a threshold, which a tight fit on so few lines never reaches.
VECTORS_C = {"mood": 1.0, "emotion": 30.0, "injection": 30.0, "person": 30.0}
# Freer than a fit on thousands of an owner's conversations: ours are few and of many kinds, and a probability has to
# reach the threshold.
TALKS_C = 0.01


def main() -> None:
    for kind in KINDS:
        for model in (MINILM, E5):
            lines = lines_for(kind, model)
            said = [one.text for one in lines]
            vectors = named(model).matrix(said, "query")
            labels = [one.label for one in lines]
            by_words = {"words": True} if model == MINILM else {"words": False, "c": VECTORS_C[kind]}
            made = fit.head(said, labels, vectors, **by_words)
            _write(f"{kind}-{model}", made.as_bytes())
    talks = exemplars.dialogues("dissatisfaction")
    reader = fit.reader([one.lines for one in talks], [one.label == "dissatisfied" for one in talks], c=TALKS_C)
    _write("dissatisfaction", reader.as_bytes())


def lines_for(kind: str, model: str) -> list[Line]:
    """MiniLM reads English; e5 whatever else is written, and learns from English as well."""
    return [one for one in exemplars.lines(kind) if model == E5 or one.language == "en"]


def _write(name: str, content: bytes) -> None:
    file = texts.SHIPPED / f"{name}.npz"
    file.write_bytes(content)
    print(f"{file.name}: {len(content):,} bytes", flush=True)


if __name__ == "__main__":
    main()
