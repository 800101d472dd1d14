"""Letters as people type them who leave the accents out."""

import unicodedata
from typing import Final

_LETTERS: Final = {
    "ß": "s", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "a", "œ": "o", "ё": "е",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي",
}  # fmt: skip


def _table() -> dict[int, str]:
    accented = [chr(number) for number in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
    plain = {letter: unicodedata.normalize("NFD", letter)[0] for letter in accented if letter.isalpha()} | _LETTERS
    capitals = {letter.upper(): to.upper() for letter, to in _LETTERS.items() if len(letter.upper()) == 1}
    return str.maketrans(capitals | plain)


_TABLE: Final = _table()


def fold(text: str) -> str:
    """`text`, or an expression that looks for one, with plain letters: é as e, ş as s, أ as ا."""
    return text if text.isascii() else text.translate(_TABLE)
