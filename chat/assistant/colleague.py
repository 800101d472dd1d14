"""A colleague's reply as an answer: sent as it was written, without anybody's name, with the team as its source."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chat import sentences
from chat.assistant import language
from chat.assistant.steps import Answer, Source
from chat.assistant.trace import Trace
from chat.assistant.transcript import Reply
from chat.folding import UNSPACED
from chat.sentences import Sentence, say

_SHORTEST: Final = 2  # letters of a part of a name that is looked for by itself
# Parts of names that are words too: in small letters they are words, else nobody can tell, and the colleague is asked.
_ALSO_WORDS: Final = """
    will may mark rose grace art bill frank hope joy faith dawn june april august summer autumn winter rich sunny star
    brown white green black gray grey king young long short wood hill stone baker cook day price page park bell cross
    klein gross groß lang lange kurz weiß schwarz braun grün koch stein
"""
_WORDS: Final = frozenset(_ALSO_WORDS.split())
# Parts that name nobody by themselves.
_NOBODY: Final = """
    von van de der del des du la le di da do dos das el al bin ten ter so an in no am ja si my of and und et y
    team support service sales shop customer
"""
_NO_NAMES: Final = frozenset(_NOBODY.split())
_BEFORE: Final = rf"(?<![^\W{UNSPACED}])"
_BEHIND: Final = rf"(?![^\W{UNSPACED}])"
_MAIL: Final = rf"{_BEFORE}(?P<mail>(?:[^\W{UNSPACED}]|[.+-])+@[\w-]+(?:\.[\w-]+)+)"
_LINK: Final = (
    r"(?:https?://|www\.)[^\s<>\"]+|(?<![\w-])(?:[\w-]+\.)+[a-z]{2,}/\S*"
    r"|(?<![\w-])(?:[\w-]+\.)+(?-i:com|org|net|info|shop|store|app|example|de|fr|es|eu|uk|at|ch)\b|(?<![\w/])/[\w-][^\s]*"
)
# A line at the end with a farewell or a dash, and nothing else: where a name stands behind it, it goes as a whole.
_WISHES: Final = (
    r"(?:all the |with )?(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks|greetings)|best|cheers|yours"
    r"|(?:viele|liebe|beste|schöne|mit freundlichen|freundliche)\s*grü(?:ß|ss)en?|grü(?:ß|ss)e|lg|vg|mfg"
    r"|(?:un |muchos )?saludos?(?: cordiales)?|atentamente|(?:bien )?cordialement|bien à vous"
)
_EDGE: Final = r"[\s,.!–—-]*"
# A farewell or a dash and nothing else, as a line at the end or behind the last sentence.
_FAREWELL: Final = re.compile(rf"{_EDGE}(?:{_WISHES})?{_EDGE}", re.I)
_SIGNED: Final = rf"(?:(?<=[.!?…])\s+(?:{_WISHES})[\s,]*|\s+[–—-]\s*)(?:%s)[.!]*\Z"


@dataclass(frozen=True)
class _Names:
    """The names of members, in small letters: `whole` those of several parts, `parts` what each is made of."""

    whole: frozenset[str]
    parts: frozenset[str]


def answer(reply: Reply, spoken: str, site: str, trace: Trace) -> Answer:
    """The answer that a reply is. A colleague's word is trusted like an approved answer: no model touches it."""
    written = language.quick(reply.text, spoken)
    text = nameless(reply.text, reply.name, reply.others, written)
    trace.note("colleague", "as written", language=written, names_taken_out=text != _plain(reply.text))
    lead = say(Sentence.COLLEAGUE_SAYS, spoken)
    if written != spoken:
        lead = say(Sentence.COLLEAGUE_SAYS_IN, spoken, language=sentences.language_name(written, spoken))
    source = Source(1, say(Sentence.COLLEAGUE_SOURCE, spoken, site=site), "", "", text, written, reply.date)
    return Answer(f"{lead}\n\n{text} [1]", (source,), "answer", spoken, trace.as_json())


def nameless(text: str, name: str, others: Sequence[str], written: str) -> str:
    """`text` without the names of its writer and of the others, in whole and in part; links stay as they are."""
    text, names = _plain(text), _names([name, *others])
    if not names.parts:
        return text
    own = _names([name])
    any_of_them = _any_of(own.parts | own.whole | names.whole)
    unsigned = text
    if any_of_them:
        found = re.compile(f"(?:{any_of_them})", re.I)
        unsigned = re.sub(_SIGNED % any_of_them, "", _without_signature(text, found), flags=re.I)
    somebody = say(Sentence.COLLEAGUE, written)

    def told(match: re.Match[str]) -> str:
        if match["mail"]:
            return somebody if _is_theirs(match["mail"], names) else match.group()
        if not match["name"] or _is_word(match["name"]):
            return match.group()
        return somebody + ("" if match["end"] in (None, "s", "S") else match["end"])

    return _pattern(names).sub(told, unsigned)


def doubtful(text: str, name: str, others: Sequence[str]) -> list[str]:
    """The words of a reply of which nobody can tell whether they name a member or are words."""
    names = _names([name, *others])
    if not names.parts:
        return []
    bare = _without_signature(_plain(text), re.compile(f"(?:{_any_of(_names([name]).parts) or '(?!)'})", re.I))
    named = [match["name"] for match in _pattern(names).finditer(bare) if match["name"]]
    return list(dict.fromkeys(one for one in named if _is_in_doubt(one, names)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _names(members: Sequence[str]) -> _Names:
    whole, parts = set[str](), set[str]()
    for member in members:
        name = " ".join(_plain(member).lower().split())
        pieces = {name, *name.split(), *re.split(r"[\W_]+", name)}
        mine = {piece for piece in pieces - _NO_NAMES if " " not in piece and sum(map(str.isalpha, piece)) >= _SHORTEST}
        parts |= mine
        whole |= {name} if mine and " " in name else set()
    return _Names(frozenset(whole), frozenset(parts))


def _any_of(names: frozenset[str]) -> str:
    """A pattern of these, the longest first."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(_BEFORE + re.escape(name).replace(r"\ ", r"\s+") + r"(?:['’]?s)?" + _BEHIND for name in longest)


def _pattern(names: _Names) -> re.Pattern[str]:
    longest = sorted(names.whole | names.parts, key=lambda name: (-len(name), name))
    any_of_them = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest)
    return re.compile(rf"{_MAIL}|{_LINK}|{_BEFORE}(?P<name>{any_of_them})(?P<end>['’]?s)?{_BEHIND}", re.I)


def _is_word(name: str) -> bool:
    """Whether a name that was found stays: it is made of words, and written as one or by itself."""
    small = name.lower().split()
    return set(small) <= _WORDS and (len(small) == 1 or name.islower())


def _is_in_doubt(name: str, names: _Names) -> bool:
    if name.lower() in _WORDS:
        return not name.islower()
    return name.islower() and " ".join(name.split()) not in names.whole


def _is_theirs(mail: str, names: _Names) -> bool:
    """Whether an address has a member's name before the @: a part, one with an initial, or the whole name."""
    local = mail.split("@")[0].lower()
    pieces = {piece for one in re.split(r"[\W\d_]+", local) for piece in (one, one[1:], one[:-1])}
    joined = re.sub(r"\W", "", local)
    return bool(pieces & {part for part in names.parts if len(part) > _SHORTEST}) or any(
        name.replace(" ", "") in joined for name in names.whole
    )


def _without_signature(text: str, name: re.Pattern[str]) -> str:
    """Without the lines at the end that only sign it; the text itself where nothing else is in it."""
    lines = text.rstrip().splitlines()
    while len(lines) > 1 and name.search(lines[-1]) and _FAREWELL.fullmatch(name.sub("", lines[-1])):
        lines.pop()
        while len(lines) > 1 and _FAREWELL.fullmatch(lines[-1]):
            lines.pop()
    return "\n".join(lines).rstrip()
