"""A colleague's reply as an answer: sent as it was written, without anybody's name, with the team as its source."""

import re
from collections.abc import Sequence
from typing import Final

from chat import sentences
from chat.assistant import language
from chat.assistant.steps import Answer, Source
from chat.assistant.trace import Trace
from chat.assistant.transcript import Reply
from chat.sentences import Sentence, say

_SHORTEST: Final = 3  # letters of a part of a name that is looked for by itself
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


def answer(reply: Reply, spoken: str, site: str, trace: Trace) -> Answer:
    """The answer that a reply is. A colleague's word is trusted like an approved answer: no model touches it."""
    written = language.quick(reply.text, spoken)
    text = nameless(reply.text.strip(), reply.name, reply.others, written)
    trace.note("colleague", "as written", language=written, names_taken_out=text != reply.text.strip())
    lead = say(Sentence.COLLEAGUE_SAYS, spoken)
    if written != spoken:
        lead = say(Sentence.COLLEAGUE_SAYS_IN, spoken, language=sentences.language_name(written, spoken))
    source = Source(1, say(Sentence.COLLEAGUE_SOURCE, spoken, site=site), "", "", text, written, reply.date)
    return Answer(f"{lead}\n\n{text} [1]", (source,), "answer", spoken, trace.as_json())


def nameless(text: str, name: str, others: Sequence[str], written: str) -> str:
    """`text` without the name of who wrote it, in whole or in part, and without the whole names of the others."""
    parts = [part for part in name.split() if sum(map(str.isalpha, part)) >= _SHORTEST]
    names = sorted({name, *parts, *others} - {""}, key=len, reverse=True)
    if not names:
        return text
    any_of_them = "|".join(map(re.escape, names))
    found = re.compile(rf"(?<!\w)(?:{any_of_them})(?!\w)")
    unsigned = re.sub(_SIGNED % any_of_them, "", _without_signature(text, found), flags=re.I)
    return found.sub(say(Sentence.COLLEAGUE, written), unsigned)


def _without_signature(text: str, name: re.Pattern[str]) -> str:
    """Without the lines at the end that only sign it; the text itself where nothing else is in it."""
    lines = text.rstrip().splitlines()
    while len(lines) > 1 and name.search(lines[-1]) and _FAREWELL.fullmatch(name.sub("", lines[-1])):
        lines.pop()
        while len(lines) > 1 and _FAREWELL.fullmatch(lines[-1]):
            lines.pop()
    return "\n".join(lines).rstrip()
