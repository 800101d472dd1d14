"""Names by the words before them: a title, "my name is", a greeting's end; and the rest of a name that was found in part."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

# What everybody writes with a capital may be a name; the words here are none, whatever stands before them.
_NO_NAME: Final = frozenset(
    [
        "not",
        "still",
        "also",
        "here",
        "there",
        "very",
        "so",
        "just",
        "from",
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "of",
        "for",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "my",
        "your",
        "our",
        "his",
        "her",
        "it",
        "now",
        "sorry",
        "happy",
        "unhappy",
        "sad",
        "glad",
        "angry",
        "sure",
        "interested",
        "writing",
        "looking",
        "trying",
        "waiting",
        "having",
        "getting",
        "using",
        "unable",
        "able",
        "new",
        "back",
        "done",
        "ready",
        "fine",
        "ok",
        "okay",
        "good",
        "bad",
        "aware",
        "disappointed",
        "frustrated",
        "confused",
        "worried",
        "afraid",
        "going",
        "only",
        "really",
        "nicht",
        "noch",
        "auch",
        "hier",
        "da",
        "sehr",
        "so",
        "nur",
        "aus",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "in",
        "im",
        "an",
        "am",
        "auf",
        "bei",
        "mit",
        "und",
        "oder",
        "kunde",
        "kundin",
        "neu",
        "sehr",
        "no",
        "aún",
        "todavía",
        "también",
        "aquí",
        "muy",
        "de",
        "del",
        "la",
        "el",
        "un",
        "una",
        "en",
        "con",
        "y",
        "o",
        "cliente",
        "nuevo",
        "nueva",
        "pas",
        "encore",
        "aussi",
        "ici",
        "très",
        "de",
        "du",
        "la",
        "le",
        "un",
        "une",
        "en",
        "à",
        "avec",
        "et",
        "ou",
        "client",
        "cliente",
        "nouveau",
        "nouvelle",
        "team",
        "all",
        "everyone",
        "everybody",
        "sir",
        "madam",
        "zusammen",
        "damen",
        "herren",
        "liebes",
        "alle",
        "todos",
        "todas",
        "equipo",
        "equipe",
        "tous",
        "toutes",
        "monsieur",
        "madame",
        "mesdames",
        "messieurs",
        "both",
        "once",
        "again",
        "how",
        "what",
        "when",
        "where",
        "why",
        "if",
        "this",
        "that",
        "customer",
        "support",
        "service",
        "kundenservice",
    ]
)
_UPPER: Final = "".join(filter(str.isupper, map(chr, range(0x2000))))
_CAPITAL: Final = rf"[{_UPPER}][^\W\d_]*(?:['’][^\W\d_]+)*\.?"
_WORD: Final = r"[^\W\d_]+(?:['’][^\W\d_]+)*"
_LINK: Final = r"(?:von der|von|van der|van den|van|de la|de los|del|de|da|dos|di|du|la|le|el|al|bin|ben|ten|ter|zu|y)"
_FULL: Final = rf"{_CAPITAL}(?:[ -](?:{_LINK} )?{_CAPITAL}){{0,3}}"
_TITLE: Final = re.compile(
    r"\b(?P<title>[Mm]r|[Mm]rs|[Mm]s|[Mm]x|[Mm]iss|[Dd]r|[Pp]rof|Sir|Lady|Herrn?|Frau|[Ss]ra?|[Ss]rta|[Ss]eñor(?:a|ita)?|Don|Doña|"
    r"[Mm]me|[Mm]lle|Monsieur|Madame|Mademoiselle|M|[Ss]ig(?:nora?|ra|\.ra)?|Dott|Mevrouw|Meneer|heer|Pan|Pani|Panie|"
    r"[Гг]осподин|[Гг]оспожа|г-н|г-жа|[Пп]ане?|[Пп]ані|[Κκ]ύρι(?:ο[ςν]|ε)|[Κκ]υρία|κα?)\b\.?\s+"
    rf"(?:(?:Dr|Prof|Ing|med)\.?\s+)*(?P<name>{_FULL})"
)
_SAID: Final = re.compile(
    r"(?:\bmy (?:(?:full|first|last|family|given|maiden) ?)?name(?:['’]s| is| was)|\bmy surname is|\bcall me|\bi am called|"
    r"\bthey call me|\bthe name is|\b(?:her|his) name(?:['’]s| is)|"
    r"\bich heiße|\bich heisse|\bmein (?:vor-?|nach-?)?name (?:ist|lautet)|\bmein (?:vor|nach)name ist|\bnenn(?:en sie)? mich|"
    r"\bme llamo|\bmi (?:nombre(?: completo)?|apellido) es|\bmis apellidos son|\bllámame|"
    r"\bje m['’]appelle|\bmon (?:nom|prénom)(?: de famille)? (?:est|c['’]est)|\bappelez-moi|"
    r"\bmi chiamo|\bil mio nome è|\bmijn naam is|\bik heet|\b(?:o )?meu nome é|\bchamo-me|\bme chamo|\bnazywam się|"
    r"\bmam na imię|\bjag heter|\bmitt namn är|\bbenim adım|\badım|\bjmenuji se|\bjeg he(?:dder|ter)|\bmit navn er|"
    r"\bnavnet mitt er|\bnimeni on|\ba nevem|\bmă numesc|\bnumele meu este|\btôi tên là|\btên (?:của )?tôi là|"
    r"\bменя зовут|\bмо[её] имя|\bмене звати|\bмоє ім['’ʼ]я|\bμε λένε|\bονομάζομαι|\bτο όνομά μου είναι)[ :]+"
    rf"(?P<name>{_WORD}(?:(?: |-|\. )(?:{_LINK} )?{_WORD}){{0,3}})",
    re.I,
)
_FIELD: Final = re.compile(
    r"(?:^|\n|[,;>])[ \t>*-]{0,8}(?:full name|first name|last name|given name|family name|surname|name|customer|recipient|account holder|"
    r"card ?holder|vorname|nachname|vor- und nachname|kunde|kundin|empfänger(?:in)?|kontoinhaber(?:in)?|karteninhaber(?:in)?|"
    r"nombre(?: y apellidos| completo)?|apellidos?|cliente|titular|destinatari[oa]|nom(?: et prénom)?|prénom|client|titulaire|"
    rf"destinataire|nome|naam|namn|imię)[ \u00a0]?[:=-] *(?P<name>{_WORD}(?:[ .-]+{_WORD}){{0,3}})",
    re.I,
)
# In the midst of a line, where two words with capitals follow: "Kontoinhaber: Sparkasse oder ich" names nobody.
_FIELD_WITHIN: Final = re.compile(
    r"(?i:\b(?:full name|account holder|card ?holder|vor- und nachname|kontoinhaber(?:in)?|karteninhaber(?:in)?|"
    rf"nombre y apellidos|nombre completo|titular|nom et prénom|titulaire)) ?[:=] ?(?P<name>{_CAPITAL} {_CAPITAL}(?: {_CAPITAL})?)"
)
_SIGNED: Final = re.compile(
    r"(?i:\b(?:(?:best |kind |warm |many )?regards|best wishes|sincerely|yours(?: truly| faithfully| sincerely)?|cheers|"
    r"(?:mit )?(?:freundlichen?|besten?|vielen?|lieben?|schönen?|herzlichen?) grü(?:ß|ss)en?|mfg|lg|vg|gru(?:ß|ss)|"
    r"(?:un )?(?:cordial )?saludos?|atentamente|(?:bien )?cordialement|bien à vous|salutations|cordiali saluti|"
    rf"met vriendelijke groet(?:en)?|atenciosamente|pozdrawiam))[ \t]*[,.!\n–-]\s*(?P<name>{_FULL})"
)
_SPEAKS: Final = re.compile(
    rf"(?i:\b(?:this is|i['’]m|i am|it['’]s|in the name of|under the name(?: of)?|ordered by|hier ist|hier spricht|läuft auf|lautet auf|im namen von|a nombre de|au nom de|ici|ich bin(?: der| die)?|soy|je suis|c['’]est|sono|ik ben|sou(?: o| a)?))"
    rf"\s(?P<name>{_FULL})"
)
_HERE: Final = re.compile(
    rf"(?:^|[,.!\n]\s?)(?P<name>{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}})(?= (?:here\b|speaking\b|am Apparat))"
)
# Each rule, and what is in every text that it could say something of: looking for that first is twenty times as fast.
_RULES: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (_TITLE, ()),
    (
        _SAID,
        tuple(
            "name call heiß heiss nenn llam llám nombre apellido appel nom prénom chiamo nome naam heet chamo nazywam imię heter namn adım jmenuji hedder navn nimeni nevem numesc numele tên зовут имя звати ім λένε ονομάζομαι όνομά".split()
        ),
    ),
    (_FIELD, (":", "=", "-")),
    (_FIELD_WITHIN, (":", "=")),
    (
        _SIGNED,
        tuple(
            "regards wishes sincerely yours cheers grü gruß gruss mfg lg vg saludo atentamente cordial bien salut groet atenciosamente pozdrawiam".split()
        ),
    ),
    (_HERE, ("here", "speaking", "apparat")),
)
_NEXT: Final = re.compile(rf"[ -](?:{_LINK} )?(?P<word>{_CAPITAL})")
_MOST: Final = 3


def find(text: str, ordinary: Collection[str]) -> Iterator[Span]:
    """Names in `text`; `ordinary` are its words that are in ordinary texts and no names, in small letters."""
    lowered = text.lower()
    for rule, signs in _RULES:
        if signs and not any(sign in lowered for sign in signs):
            continue
        for match in rule.finditer(text):
            if end := _end(match["name"], ordinary, sure=rule is not _FIELD and match["name"][0].isupper()):
                yield Span(match.start("name"), match.start("name") + end, Kind.NAME)
    for match in _SPEAKS.finditer(text):
        first = re.match(_WORD, match["name"])
        if first and first[0].casefold() not in ordinary and first[0].casefold() not in _NO_NAME:
            yield Span(match.start("name"), match.start("name") + _end(match["name"], ordinary, sure=False), Kind.NAME)


def _end(name: str, ordinary: Collection[str], *, sure: bool) -> int:
    """How far a name goes: up to the first word that is none. A first word with a capital is one where that is `sure`."""
    end = 0
    for at, word in enumerate(re.finditer(_WORD, name)):
        plain = word[0].casefold()
        known = plain in ordinary and not (word[0][0].isupper() and name[0].isupper() and at)
        if (plain in _NO_NAME and not re.fullmatch(_LINK, plain)) or (known and not (sure and at == 0)):
            break
        if not (re.fullmatch(_LINK, plain) and at):
            end = word.end()
        if at and plain in ("and", "und", "y", "et"):
            break
    return end


def may_be(name: str) -> bool:
    """Whether there is more in it than one letter and words that are nobody's name."""
    return len(name) > 1 and any(word.casefold() not in _NO_NAME for word in re.findall(_WORD, name))


def wider(text: str, span: Span, ordinary: Collection[str]) -> Span:
    """A name with the words behind it that belong to it: capitals that stand in no ordinary text."""
    end, over = span.end, 0
    for _ in range(_MOST):
        match = _NEXT.match(text, end)
        plain = match["word"].rstrip(".").casefold() if match else ""
        over += plain in ordinary  # one word that is ordinary elsewhere may stand between two that are not
        if match is None or plain in _NO_NAME or over > 1:
            break
        end = match.end("word") - match["word"].endswith(".") * (len(match["word"]) > 2)
        if plain not in ordinary:
            span = span._replace(end=end)
    return span
