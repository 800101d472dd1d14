"""E-mail addresses: as they are, and as people write them where a form would refuse them ("jo (at) mail.example")."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction import recogniser
from supportsite.redaction.span import Kind, Span

_EMAIL: Final = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,80}@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}"
)
# "jo at mail dot example".
_SPOKEN: Final = re.compile(
    r"\b[\w.+-]{1,64}\s?[(\[]?(?:\b(?:at|ät)\b|@|\(a\)|\barroba\b|\barobase\b)[)\]]?\s?(?!(?:this|that|some|what|which|any|one)\b)[\w-]{1,63}"
    r"(?:\s?[(\[]?\b(?:dot|punkt|punto|point)\b[)\]]?\s?\w{2,24})+\b",
    re.I,
)
# The same with a name of two words: "jo dot doe at mail dot example".
_SPELT: Final = re.compile(
    r"\b[\w+-]{1,64}(?:\s(?:dot|punkt|punto|point)\s[\w+-]{1,64}){1,3}\s(?:at|ät|arroba|arobase)\s[\w-]{1,63}"
    r"(?:\s(?:dot|punkt|punto|point)\s\w{2,24}){1,3}\b",
    re.I,
)
_SPACED: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:\s@\s?|@\s)[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[^\W\d_]{2,24}\b"
)
_SPOKEN_SIGNS: Final = ("dot", "punkt", "punto", "point")

# With a dot that is one, or nearly. What stands between name and host: in brackets or a word for it alone, an at-sign with
# or without spaces, and "at", which is the least certain.
_AT: Final = re.compile(
    r"(?P<marked>\s?[(\[{<]\s?(?:at|ät|@|arroba|arobase)\s?[)\]}>]\s?|(?<=\w)\(a\)(?=\w)|\s(?:ät|arroba|arobase)\s)"
    r"|(?P<sign>\s@\s|@)|(?P<bare>\sat\s)",
    re.I,
)
_DOT: Final = r"(?:\.|\s?[(\[{]\s?(?:\.|dot|punkt|punto|point)\s?[)\]}]\s?)"
_HOST: Final = re.compile(
    rf"(?P<host>[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}){_DOT}(?P<top>[^\W\d_]{{2,24}})(?![\w-])", re.I
)
# Ends of a host's name; the second are words as well, and end a host only where no sentence may have ended.
_TOP: Final = (
    "com|net|org|info|biz|edu|gov|pro|cloud|dev|site|store|tech|xyz|example|test|eu|uk|de|fr|nl|pl|pt|ch|se|dk|fi|cz|sk|ie|"
    "ru|ua|br|mx|ar|cl|pe|ca|au|nz|jp|cn|kr|tw|hk|sg|tr|gr|hu|ro|bg|hr|rs|si|lt|lv|ee|lu|li|il|ae|sa|za|ng|ke|ph|vn|th"
)
_WORDS: Final = "at|be|in|it|is|no|me|us|so|to|my|do|am|as|la|es|io|co|name|app|email|mail|shop|online"
# "mail . com", "mail. com" (in small letters), "mail,com".
_APART: Final = re.compile(
    rf"[\w-]{{1,63}}"
    rf"(?:\s\.\s?(?:{_TOP}|co)(?:\s\.\s?(?:{_TOP}))?|(?P<loose>\.\s(?-i:{_TOP}))|,(?:{_TOP}))(?!\w)",
    re.I,
)
_KNOWN_TOP: Final = re.compile(rf"{_TOP}|{_WORDS}|[a-z]{{2}}", re.I)
_BEFORE: Final = re.compile(r"(?:[\w+-]{1,40}\s(?:dot|punkt|punto|point)\s){0,3}[\w.+-]{0,63}\w$", re.I)
_LONGEST: Final = 130  # characters before an at-sign that are looked at
# A name with a dot in it, "jane.doe", "jane dot doe", no "e.g", no "12.03"; and no other address of a page.
_DOTTED: Final = re.compile(r"(?=.*[^\W\d_]{2})(?!.*\.(?:com|net|org)$).*[^\W\d_](?:[._]|\s\w{3,5}\s)[^\W_]", re.I)
_RUN_ON: Final = re.compile(r"\.([A-Z]\w+)$")
# What an address stands behind.
_TOLD: Final = re.compile(
    r"(?:(?:\be-?mail\w*|\bmail\w*|correo|courriel|address|adresse|direcci[oó]n|indirizzo|endereço)"
    r"(?:\s?[:=(]\s?|(?:\W{1,3}(?:is|ist|lautet|es|est|è|é|me|mir|us|to|an|unter|at|address|adresse|mail|now|jetzt))+\s?[:=]?\s)|"
    r"\b(?:write|wrote|schreib\w*|escr[ií]b\w*|écri\w*|reach|contact|reply|repl(?:y|ied)|send|sent|antwort\w*)"
    r"(?:\s(?:me|us|it|back|mir|to|an|at|a|à|unter))+\s)$",
    re.I,
)
_NEAR: Final = 50
_NOBODY: Final = frozenset(
    """me us you it him her them mail email e-mail address adresse account order ordering look looking meet buy book pay
    shop shopping check see stay is are was register sign log""".split()
)
# Where people have their letter boxes, and shop seldom.
_BOXES: Final = frozenset(
    """gmail googlemail gmx web hotmail outlook live msn yahoo ymail icloud aol proton protonmail posteo mailbox t-online
    freenet orange wanadoo laposte free sfr libero virgilio tiscali mail yandex qq 163 126 naver daum zoho fastmail tutanota
    tuta hey comcast verizon btinternet sky bluewin ziggo kpn telenet wp o2 onet interia seznam""".split()
)


def find(text: str) -> Iterator[Span]:
    """The addresses in `text`, the more certain ones first."""
    if "@" in text:
        yield from (Span(*m.span(), Kind.EMAIL) for m in (*_EMAIL.finditer(text), *_SPACED.finditer(text)))
    if any(sign in text.lower() for sign in _SPOKEN_SIGNS):
        yield from (Span(*m.span(), Kind.EMAIL) for m in (*_SPELT.finditer(text), *_SPOKEN.finditer(text)))
    yield from _written_out(text)


def is_email(text: str) -> bool:
    """Whether all of it is one address."""
    return bool(_EMAIL.fullmatch(text))


def _written_out(text: str) -> Iterator[Span]:
    """Those with a dot, and something else than an at-sign or too many spaces."""
    for at in _AT.finditer(text):
        if not (end := _host(text, at)):
            continue
        name = _BEFORE.search(text, max(0, at.start() - _LONGEST), at.start())
        if name and (
            not at["bare"] or _is_likely(name.group(), end, text[max(0, name.start() - _NEAR) : name.start()])
        ):
            yield Span(name.start(), end.end(), Kind.EMAIL)


def _host(text: str, at: re.Match[str]) -> re.Match[str] | None:
    """The host behind an at-sign; what is written as usual is found elsewhere."""
    if not at["sign"] and (host := _HOST.match(text, at.end())):
        return host
    apart = None if at["bare"] else _APART.match(text, at.end())
    return apart if apart and (at.group() == "@" or not apart["loose"]) else None


def _is_likely(name: str, host: re.Match[str], told: str) -> bool:
    """Whether "name at host" is an address, and not where somebody looked: else a shop would be one."""
    if not _KNOWN_TOP.fullmatch(host["top"]) or name.casefold() in _NOBODY:
        return False
    if _DOTTED.match(name):
        return not ((word := _RUN_ON.search(name)) and recogniser.is_ordinary(word[1]))
    if _TOLD.search(told):
        return True
    return host["host"].casefold() in _BOXES and not recogniser.is_ordinary(name)
