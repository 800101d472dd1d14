"""What a stranger's server says, made into what a database keeps and a page can show.

JSON of a stranger may hold NaN, numbers of 400 digits, NUL and halves of signs: none of it can be stored or told.
"""

import re
from typing import Any, Final

LARGEST: Final = 10**20  # numbers from here on are no amount, and no number of anything
DEEPEST: Final = 20
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


def text(said: str) -> str:
    """Without NUL and without the halves of signs."""
    return _NO_TEXT.sub("", said)


def value(said: Any, depth: int = 0) -> Any:
    """The same in plain JSON; None in the place of what is no number, is too large or lies too deep."""
    if isinstance(said, str):
        return text(said)
    if isinstance(said, int | float):
        return said if abs(said) < LARGEST else None
    if depth < DEEPEST and isinstance(said, dict):
        return {text(str(name)): value(one, depth + 1) for name, one in said.items()}
    if depth < DEEPEST and isinstance(said, list):
        return [value(one, depth + 1) for one in said]
    return None
