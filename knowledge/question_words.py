"""The words that say what is asked for: when, where, why, how much; in English, German, Spanish and French."""

import re
import unicodedata
from typing import Final

_WORDS: Final = re.compile(
    r"\b(?:how(?: (?:long|much|many|often|far|soon))?|when|where|why|who|which|until|till|since"
    r"|wie(?: (?:lange|viel\w*|oft|weit))?|wann|wo|woher|wohin|warum|wieso|wer|welche\w*|bis|seit"
    r"|como|cuant\w+|cuando|a?donde|por que|quien|cual\w*|hasta|desde"
    r"|comment|combien|quand|ou|pourquoi|qui|quel\w*|jusqu\w*|depuis)\b",
    re.I,
)


def asked_for(text: str) -> frozenset[str]:
    """Those of `text`, in lower case and without accents, which who is in a hurry leaves out."""
    return frozenset(found.lower() for found in _WORDS.findall(bare(text)))


def bare(text: str) -> str:
    """`text` without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
