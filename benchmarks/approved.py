"""How often an approved answer would be given to another question: `python -m benchmarks.approved CLINC [VECTORS.npy]`.

CLINC is a file of CLINC150 (CC BY 3.0). Each of its intents gets four of its questions as phrasings; twenty others of
it are asked, and of those out of scope. Wrong is a match with a phrasing of another intent.
"""

# ruff: noqa: PLC0415 (Django has to be set up before anything of ours is imported)

import json
import random
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks import demo_site

PHRASINGS, ASKED = 4, 20


def main(arguments: list[str]) -> None:
    """Print the share that is matched, and the share of those that is wrong."""
    demo_site.start()
    from knowledge.approved import NEAR, _Question
    from knowledge.embed import E5, named

    rows = [json.loads(line) for line in Path(arguments[0]).read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows]
    made = np.load(arguments[1]) if len(arguments) > 1 else named(E5).matrix(texts, "query")
    places: dict[str | None, list[int]] = defaultdict(list)
    for at in random.Random(2).sample(range(len(rows)), len(rows)):
        places[rows[at]["intent"]].append(at)
    phrasings = [at for intent, found in places.items() if intent for at in found[:PHRASINGS]]
    matched = wrong = asked = 0
    for intent, found in places.items():
        for at in found[PHRASINGS : PHRASINGS + ASKED]:
            asked += 1
            near = made[phrasings] @ made[at]
            question = _Question(texts[at], "en")
            fitting = [n for n in np.flatnonzero(near >= NEAR) if question._may_be(texts[phrasings[n]])]
            if fitting:
                best = max(fitting, key=lambda n: float(near[n]))
                matched += 1
                if rows[phrasings[best]]["intent"] != intent:
                    wrong += 1
                    print(f"    {texts[phrasings[best]]} | {texts[at]}")
    print(
        f"{asked} questions, {matched} matched ({matched / asked:.1%}), {wrong} wrong ({wrong / max(1, matched):.1%})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
