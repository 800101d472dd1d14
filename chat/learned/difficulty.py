"""The outward signs of how hard a question is: length, structure, numbers, signs, conditions; no topics."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from chat.learned.linear import Matrix

_READ: Final = 8000
_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE: Final = re.compile(r"[.!?。！？](?:\s|$)")
_LONG: Final = 9  # letters
# In the languages that Tandem speaks itself; elsewhere the other signs have to do.
_LISTS: Final = {
    "negations": "not no never except least neither nor without false incorrect cannot nicht kein keine nie ohne außer "
    "nunca ningún ninguna sin excepto jamais aucun aucune sans sauf pas",
    "conditions": "if then suppose let given assume when because therefore unless wenn falls dann weil angenommen "
    "daher si entonces porque supongamos cuando alors parce donc supposons quand",
    "amounts": "many much calculate compute number value total probability sum percent wieviel viele berechne summe "
    "cuánto cuántos calcula suma combien calcule somme nombre",
    "totals": "all both none every each only alle beide keines jede nur todos ambos cada tous deux chaque seulement",
    "tasks": "write explain compare describe summarize translate prove list schreibe erkläre vergleiche beschreibe "
    "escribe explica compara describe rédige explique compare décris",
}
_WORDS: Final = {name: frozenset(words.split()) for name, words in _LISTS.items()}
_ASKED: Final = (
    "what was qué quoi que", "which welche welcher welches cuál quel quelle", "who wer quién qui",
    "when wann cuándo quand", "where wo dónde où", "why warum por pourquoi", "how wie cómo comment",
)  # fmt: skip
_ASKING: Final = tuple(frozenset(words.split()) for words in _ASKED)
_SIGNS: Final = frozenset("+-*/=^<>%$\\{}|~≤≥≠√∑∫π°")
_CODE: Final = re.compile(r"```|\bdef |\bclass |\breturn\b|\bSELECT\b|[;{}]\s*$|==|->|\w\(\w*\)", re.M)


def signs(texts: Sequence[str]) -> Matrix:
    """(rows, signs) of `texts`."""
    return np.array([_signs(text[:_READ]) for text in texts], np.float32)


def _signs(text: str) -> list[float]:
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    rest = [len(line) for line in lines[1:]] or [0]
    words = [word.casefold() for word in _WORD.findall(text)]
    several, letters = max(1, len(words)), max(1, len(text))
    kinds = set(words)
    return [
        np.log1p(len(text)),
        np.log1p(len(words)),
        np.log1p(len(lines[0])),
        len(lines),
        float(np.mean(rest)),
        float(np.std(rest)),
        sum(map(len, words)) / several,
        len(kinds) / several,
        sum(len(word) >= _LONG for word in words) / several,
        sum(map(str.isdigit, text)) / letters,
        np.log1p(len(_NUMBER.findall(text))),
        sum(sign in _SIGNS for sign in text) / letters,
        sum(map(str.isupper, text)) / letters,
        sum(not sign.isalnum() and not sign.isspace() for sign in text) / letters,
        len(_SENTENCE.findall(lines[0])),
        text.count("?"),
        text.count(","),
        text.count("_"),
        float(len(_CODE.findall(text))),
        *(sum(word in known for word in words) for known in _WORDS.values()),
        *(float(bool(kinds & asking)) for asking in _ASKING),
    ]
