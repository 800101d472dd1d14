"""Texts as what they say: stems of the words that carry meaning, and the facts that must not change."""

import re
import threading
from functools import cache, lru_cache
from typing import Final

import Stemmer

from chat.assistant import currencies
from knowledge.stop_words import STOP_WORDS

_SNOWBALL: Final = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hi": "hindi", "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_alone: Final = threading.Lock()  # a stemmer keeps the word that it works on: two threads at once break it
_TOKEN: Final = re.compile(r"\d+(?:[.,:\u202f\u00a0]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_CJK: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK: Final = re.compile(r"\b(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s<>\"'()\[\]]*)?", re.I)
_CODE: Final = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w{2,}\b|\b[A-Z]{2,}\b")
_NAME: Final = re.compile(r"(?<=[\w,;’'\"“„«)] )[“„«\"]?([^\W\d_a-zà-ÿ][^\W\d_]+)")
_SHORT_FORMS: Final = {
    "uk": ("united kingdom", "vereinigtes königreich", "vereinigten königreich", "reino unido", "royaume-uni"),
    "us": ("united states", "vereinigte staaten", "vereinigten staaten", "estados unidos", "états-unis"),
    "usa": ("united states", "vereinigte staaten", "vereinigten staaten", "estados unidos", "états-unis"),
    "eu": ("european union", "europäische union", "europäischen union", "unión europea", "union européenne"),
}
_SHORT_OF: Final = {name: short for short, names in _SHORT_FORMS.items() for name in names}
# Not in "CONTACT US", where all is in capitals.
_THE_US: Final = re.compile(
    r"(?<=\b[Tt]he )[Uu]\.?[Ss]\b\.?(?:[Aa]\b\.?)?|\bU\.\s?S\b\.?(?:\s?A\b\.?)?|(?<![A-Z] )\bUS\b(?! [A-Z]{2})"
)
_LONG_FORMS: Final = re.compile("|".join(_SHORT_OF))
_NUMBER_WORDS: Final = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "fourteen": "14", "thirty": "30", "sixty": "60",
    "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9",
    "zehn": "10", "elf": "11", "zwölf": "12", "vierzehn": "14", "dreißig": "30",
    "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
    "diez": "10", "once": "11", "doce": "12", "catorce": "14", "treinta": "30",
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7", "huit": "8", "neuf": "9", "dix": "10",
    "onze": "11", "douze": "12", "quatorze": "14", "trente": "30",
    "tre": "3", "quattro": "4", "cinque": "5", "sette": "7", "dieci": "10", "trenta": "30",
    "dois": "2", "três": "3", "quatro": "4", "sete": "7", "trinta": "30",
    "twee": "2", "drie": "3", "vijf": "5", "zes": "6", "zeven": "7", "tien": "10", "dertig": "30",
}  # fmt: skip
_MONTHS: Final = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    )
    for number, name in enumerate(names.split(), start=1)
    if name not in ("may", "march", "mars", "mayo")  # these are other words as well
}
_WEEKDAYS: Final = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for number, name in enumerate(names.split(), start=1)
}
UNITS: Final = {
    word: unit
    for unit, words in {
        "minute": "minute minutes minuten minuto minutos min minuti минута минуты минут минуту хвилина хвилини хвилин "
        "minuta minuty minut minutter minuter دقيقة دقائق dakika",
        "hour": "hour hours stunde stunden hora horas heure heures ora ore uur uren час часа часов година години "
        "годин godzina godziny godzin hodina hodiny hodin timme timmar timer oră ساعة ساعات saat",
        "day": "day days tag tage tagen tages werktag werktage werktagen arbeitstage arbeitstagen día días dia dias "
        "jour jours giorno giorni dag dagen werkdag werkdagen день дня дней дни днів дні dni dzień dnů dní dny "
        "dagar arbetsdagar vardagar dage hverdage dager virkedager zile zi يوم أيام يوما gün günü",
        "week": "week weeks woche wochen semana semanas semaine semaines settimana settimane weken неделя недели "
        "недель неделю тиждень тижні тижнів tydzień tygodnie tygodni týden týdny týdnů vecka veckor uge uger "
        "uke uker săptămână săptămâni أسبوع أسابيع hafta",
        "month": "month months monat monate monaten monats mes meses mois mese mesi mês maand maanden месяц месяца "
        "месяцев місяць місяці місяців miesiąc miesiące miesięcy měsíc měsíce měsíců månad månader måned måneder lună "
        "luni شهر أشهر شهور شهرا ay",
        "year": "year years jahr jahre jahren jahres año años an ans année années anno anni ano anos jaar jaren год "
        "года лет рік роки років rok lata lat roku roky år ani سنة سنوات عام أعوام yıl",
        "percent": "% percent prozent porciento pourcent procent процент процента процентов відсотків بالمئة بالمائة",
        "cent": "cent cents",
        "length": "cm mm m km metre metres meter metern metros mètres",
        "weight": "kg g gram grams kilo kilos",
    }.items()
    for word in words.split()
} | currencies.WORDS
_QUANTITY: Final = re.compile(
    rf"(?P<minus>(?<![\w.,)])[-−–](?={currencies.SIGN}\s?\d))?(?P<sign>{currencies.BEFORE})?\s?"
    r"(?P<number>(?:(?<![\w.,])[-−])?\d+(?:[.,\u202f\u00a0 ]\d{3})*(?:[.,]\d+)?)(?!\d)"
)
_RANGE: Final = re.compile(r"^\s?(?:–|-|to|and|or|bis|und|oder|a|y|o|à|et|ou)\s?\d+(?:[.,]\d+)?")
_A_UNIT: Final = (
    r"(?=[\s-]+(?:(?:working|business|full|whole|single|ganze\w*|volle\w*)\s+)?"
    rf"(?:{'|'.join(sorted((unit for unit in UNITS if len(unit) > 1 and unit.isalpha()), key=len, reverse=True))})\b)"
)
# "One" as a number: before a unit. "A day" is one only behind some words, else it is a rate ("5 euros a day").
_BEFORE_A: Final = ("for", "of", "in", "within", "take", "takes", "lasts", "after", "least", "most", "than", "only")
_A: Final = "|".join(rf"(?<=\b{before} )an?" for before in _BEFORE_A)
_ONE: Final = re.compile(rf"(?<!\w)(?=[aeoué])(?:one|ein(?:e[nmrs]?)?|un[aeo]?|uma?|een|één|{_A})\b{_A_UNIT}", re.I)
_NUMBER_WORD: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(_NUMBER_WORDS)})(?![\w-])", re.I)
# What a figure's unit stands before: the next figure, with its sign.
_NEXT: Final = re.compile(rf"{currencies.SIGN}(?=\d)|\d", re.I)
_UNIT_AHEAD: Final = re.compile(rf"%|{currencies.SIGN}|[^\W\d_]+", re.I)


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case, pairs of signs where a script has no spaces."""
    found: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("’", "'")):
        found += [token[i : i + 2] for i in range(max(1, len(token) - 1))] if _CJK.search(token) else [token]
    return found


def content(text: str, language: str) -> frozenset[str]:
    """The stems of the words that carry meaning, numbers included in their plain form."""
    stop = STOP_WORDS.get(language, frozenset())
    return frozenset(
        stem(token, language)
        for token in tokens(shortened(text))
        if token not in stop and (len(token) > 1 or token.isdigit())
    )


def spelled(text: str) -> str:
    """`text` with digits for its number words."""
    return _NUMBER_WORD.sub(lambda match: _NUMBER_WORDS[match.group().lower()], _ONE.sub("1", text))


@lru_cache(maxsize=4096)
def shortened(text: str) -> str:
    """`text` in lower case, with 3 for three, UK for United Kingdom and no word for euros: what is one has one word.

    The US are the USA: "us" is another word.
    """
    unspelled = _THE_US.sub("usa", currencies.unspelled(spelled(text)))
    return _LONG_FORMS.sub(lambda match: _SHORT_OF[match.group()], unspelled.lower())


@lru_cache(maxsize=40_000)
def stem(token: str, language: str) -> str:
    """The stem of a word in lower case; a number's plain form."""
    if token[0].isdigit():
        return number(token)
    if token in _NUMBER_WORDS:
        return _NUMBER_WORDS[token]
    algorithm = _SNOWBALL.get(language)
    first, _, last = token.partition("'")
    word = last if last and len(first) <= 2 and language in ("fr", "it") else first
    if not algorithm:
        return word
    with _alone:
        return str(_stemmer(algorithm).stemWord(word))


@cache
def _stemmer(algorithm: str) -> "Stemmer.Stemmer":
    return Stemmer.Stemmer(algorithm, 0)


def number(text: str) -> str:
    """A number as one would say it: 4,90 and 4.90 are 4.9; 1,000 and 1.000 and 1 000 are 1000; 08:00 is 8:00."""
    plain = re.sub(r"[\u202f\u00a0 ]", "", text).rstrip(".,:")
    if plain[:1] in ("-", "−"):
        return "-" + number(plain[1:])
    if ":" in plain:
        return plain.lstrip("0")
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", plain)
    whole, _, part = plain.replace(",", ".").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + ("." + part if part else "")


@lru_cache(maxsize=4096)
def quantities(text: str) -> frozenset[tuple[str, str]]:
    """The numbers of `text`, each with its unit where one stands by it: ("45", "day"), ("4.9", "EUR"), ("7", "")."""
    digits = re.sub(r"[^\W\d_]+", lambda m: _NUMBER_WORDS.get(m.group().lower(), m.group()), _ONE.sub("1", text))
    found = set()
    for match in _QUANTITY.finditer(digits):
        sign = "-" if match["minus"] else ""
        found.add((sign + number(match["number"]), _unit(match["sign"], digits[match.end() : match.end() + 40])))
    return frozenset(found)


def _unit(sign: str | None, behind: str) -> str:
    """The unit of a figure that stands between its sign, if it has one, and the text `behind`."""
    if sign:
        return UNITS[sign.lower()]
    ahead = _UNIT_AHEAD.findall(_NEXT.split(_RANGE.sub("", behind).lower())[0])[:3]
    return next((UNITS[word] for word in ahead if word in UNITS), "")


def has(quantities: frozenset[tuple[str, str]], number: str, unit: str) -> bool:
    """Whether `quantities` have this one, in its unit or with one of the two unsaid; a currency has to be said."""
    if unit in currencies.CODES and all(unit != other for _, other in quantities):
        return False
    return any(number == n and (unit == u or not unit or not u) for n, u in quantities)


def facts(text: str) -> frozenset[str]:
    """What must stand word for word in a source: addresses, links, codes, months and weekdays."""
    emails = set(_EMAIL.findall(text))
    rest = _EMAIL.sub(" ", text)
    links = {link.rstrip(".,;:!?/") for link in LINK.findall(rest)}
    lowered = [token for token in tokens(rest) if token in _MONTHS or token in _WEEKDAYS]
    dates = {f"month {_MONTHS[t]}" if t in _MONTHS else f"weekday {_WEEKDAYS[t]}" for t in lowered}
    codes = set(_CODE.findall(currencies.unspelled(LINK.sub(" ", rest))))
    lower = rest.lower()
    places = {short for short, names in _SHORT_FORMS.items() if any(name in lower for name in names)}
    return frozenset({fact.lower() for fact in emails | links | codes} | dates | places)


def names(text: str, language: str) -> frozenset[str]:
    """Words with a capital in mid-sentence, in lower case; none in German, where every noun has one."""
    if language == "de":
        return frozenset()
    found = (name for name in _NAME.findall(currencies.unspelled(text)) if name[0].isupper())
    return frozenset(name.lower() for name in found) - {"i", *_MONTHS, *_WEEKDAYS}
