"""How well questions of one meaning become one gap: CLINC150's intents, placed as `knowledge.clusters` places them.

`python -m benchmarks.gap_clusters FOLDER` with the folder of intent-clinc150 (train.jsonl and test.jsonl, fields `text`
and `intent`). The threshold was chosen on 60 intents of train.jsonl; what is printed is of the 90 others in test.jsonl.
"""

import json
import os
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")
django.setup()

from knowledge.clusters import NEAR_ENOUGH  # noqa: E402
from knowledge.embed import E5, MINILM, named  # noqa: E402

SEED, CHOSEN_ON, EACH = 1, 60, 12
TRIED = {MINILM: (0.5, 0.55, 0.6, 0.65, 0.7), E5: (0.9, 0.91, 0.92, 0.93)}


def read(file: Path) -> dict[str, list[str]]:
    """Texts by intent; those out of scope are left out."""
    texts = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["intent"]:
            texts[row["intent"]].append(row["text"])
    return texts


def sample(texts: dict[str, list[str]], intents: list[str]) -> tuple[list[str], list[str]]:
    """Some texts of each intent, shuffled, and their intents."""
    rows = [(text, intent) for intent in intents for text in texts[intent][:EACH]]
    random.Random(SEED).shuffle(rows)
    return [text for text, _ in rows], [intent for _, intent in rows]


def clusters(vectors: Any, enough: float) -> list[int]:
    """The number of the gap of each: the nearest middle, where it is near enough, else a new one."""
    sums: list[Any] = []
    placed = []
    for vector in vectors:
        cosines = np.stack([s / np.linalg.norm(s) for s in sums]) @ vector if sums else np.zeros(1)
        best = int(cosines.argmax())
        if sums and cosines[best] >= enough:
            sums[best] = sums[best] + vector
        else:
            best = len(sums)
            sums.append(vector.copy())
        placed.append(best)
    return placed


def pairs(placed: list[int], intents: list[str]) -> tuple[float, float]:
    """Of pairs in one gap the share of one intent (precision); of pairs of one intent the share in one gap (recall)."""
    together = np.equal.outer(np.array(placed), np.array(placed))
    same = np.equal.outer(np.array(intents), np.array(intents))
    upper = np.triu_indices(len(placed), 1)
    right = (together & same)[upper].sum()
    return right / max(together[upper].sum(), 1), right / same[upper].sum()


def main(folder: Path) -> None:
    """Print the table for the intents that the threshold was chosen on, and for the others."""
    train, test = read(folder / "train.jsonl"), read(folder / "test.jsonl")
    names = sorted(train)
    random.Random(SEED).shuffle(names)
    for what, texts, intents in (("chosen on", train, names[:CHOSEN_ON]), ("reported", test, names[CHOSEN_ON:])):
        questions, labels = sample(texts, intents)
        for model, tried in TRIED.items():
            vectors = named(model).matrix(questions, "query")
            for enough in tried:
                placed = clusters(vectors, enough)
                precision, recall = pairs(placed, labels)
                mark = "*" if enough == NEAR_ENOUGH[model] else " "
                print(f"{what:10} {model:13} {enough:.2f}{mark} precision {precision:.3f} recall {recall:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
