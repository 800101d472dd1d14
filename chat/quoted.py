"""What a message quotes of others: lines after > or |, a mail that is answered, words between quotation marks. Pure."""

import re
from collections.abc import Sequence
from typing import Final

# A mail that is passed on: what follows is somebody else's.
_FORWARDED: Final = re.compile(
    r"-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine"
    r"|message transféré|mensaje (?:original|reenviado)|messaggio (?:originale|inoltrato)|mensagem (?:original|encaminhada)"
    r"|oorspronkelijk bericht)\b",
    re.I,
)
# The line that a mail program puts above a mail that is answered: the year or the time, who wrote, and a colon.
_ANSWERED: Final = re.compile(
    r"(?:on|am|le|el|il|em|op|w dniu)\s(?=.*(?:\b\d{4}\b|\d[:.h]\d\d)).{4,100}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu"
    r"|schreef|pisze|napisał\(?a?\)?)(?!\w).{0,60}:\s*$",
    re.I,
)
# No program says "I", "you" or "mine": that is somebody's own sentence. Names have a capital ("Su", "Mi"), these have
# none, where they are not at a sentence's beginning.
_SPEAKS: Final = re.compile(
    r"(?<![\w@.<+-])(?:[Ii]|me|my|we|us|our|you|your|[Ii]ch|mir|mich|wir|uns|mein\w*|unser\w*|Sie|Ihnen|[Ii]hr(?:e[mnrs]?)?|du|dir|dein\w*"
    r"|je|[jmt]['’]\w+|moi|nous|vous|votre|vos|mon|notre|nos|tu|yo|mi|su|sus|usted\w*|nosotros|io|ci|vi|mio|mia|vostr\w+|eu|meu"
    r"|minha|seu|sua|voc[êe]s?|ik|mij|mijn|wij|ons|jullie|uw|mnie|nam|nasz\w*|wasz?|wam|pan|pani)(?![\w@.])"
)
_MARKS: Final = (">", "|")
# What stands between quotation marks, and from how many words on it is told, not said. After a figure it is inches.
_BETWEEN_MARKS: Final = re.compile(r"(?:(?<!\d)[\"”]|[“„«])[^\"“”„«»]{1,400}[\"“”»]")
_TOLD_WORDS: Final = 4
_WORD: Final = re.compile(r"\w")


def own_words(text: str) -> str:
    """A message without what it quotes.

    Who puts all that they say between quotation marks, or below a mail's head, says it: only marked lines are left out.
    """
    lines = text.split("\n")
    own = _BETWEEN_MARKS.sub(_unless_told, _unmarked(_above_a_mail(lines))).strip()
    return own if _WORD.search(own) else _unmarked(lines)


def _unmarked(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if not line.lstrip().startswith(_MARKS)).strip()


def _above_a_mail(lines: Sequence[str]) -> Sequence[str]:
    """What stands above a mail that is answered or passed on. Where its lines are marked, those tell it apart."""
    for at, line in enumerate(lines):
        if _FORWARDED.match(line) or (_heads_a_mail(line) and not _is_marked(lines[at + 1 :])):
            return lines[:at]
    return lines


def _heads_a_mail(line: str) -> bool:
    return bool(_ANSWERED.match(line)) and not _SPEAKS.search(line)


def _is_marked(lines: Sequence[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return first.lstrip().startswith(_MARKS)


def _unless_told(quoted: re.Match[str]) -> str:
    return " " if len(quoted.group().split()) >= _TOLD_WORDS else quoted.group()
