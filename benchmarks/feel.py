"""How long it takes to read what a message tells, beside its vectors: python benchmarks/feel.py.

A new message of a hundred characters each time, at the end of a conversation of five; at most 2 ms at the median.
"""

import statistics
import time

from demo_site import start

start()

import numpy as np  # noqa: E402

from chat.signals import exemplars, feeling  # noqa: E402
from chat.signals.dialogue import Said  # noqa: E402

TIMES = 500
QUESTION = "No, that's not what I asked. I need to know why I was charged twice for order {}, please look again."


def main() -> None:
    talk = exemplars.dialogues("dissatisfaction")[0].lines
    for language in ("en", "de"):
        random = np.random.default_rng(0)
        vectors = {model: random.normal(size=384).astype(np.float32) / 20 for model in feeling.models(language)}
        ms = []
        for number in range(TIMES):
            question = QUESTION.format(number)
            began = time.perf_counter()
            feeling.read(question, [*talk, Said(True, question)], vectors, language)
            ms.append(1000 * (time.perf_counter() - began))
        print(f"{language}: {statistics.median(ms):.2f} ms at the median, {sorted(ms)[-5]:.2f} ms in 99 of 100")


if __name__ == "__main__":
    main()
