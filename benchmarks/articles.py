"""Articles made of random words, as many as are wanted: only their number and their size matter."""

import json
import random
from pathlib import Path

_WORDS = (
    "tent", "stove", "jacket", "parcel", "refund", "label", "zip", "seam", "courier", "voucher", "size", "repair",
    "lamp", "rope", "boot", "sock", "pole", "mat",
)  # fmt: skip


def write(folder: Path, name: str, *, count: int, dice: random.Random) -> Path:
    """A file for `manage.py import_articles`: `count` articles of four sections, no two texts the same."""
    path = folder / f"{name}.jsonl"
    rows = [
        {"id": f"{name}-{number}", "title": _words(dice, 4), "body": "\n\n".join(_section(dice) for _ in range(4))}
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _section(dice: random.Random) -> str:
    return f"## {_words(dice, 3)}\n\n" + " ".join(_words(dice, 9) + "." for _ in range(6))


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(_WORDS, k=count)).capitalize()
