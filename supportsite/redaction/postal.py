"""Parts of postal addresses that rules tell best: post boxes, some postcodes, streets by their word."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

_WORD: Final = r"[^\W\d_][\w'’.-]{0,30}"
_NUMBER: Final = r"\d{1,5}(?:\s?[-/]\s?\d{1,5})?\s?[a-zA-Z]?\b"
# Post boxes, streets by their word, a postcode behind its word.
_ANY_CASE: Final = (
    r"\b(?:P\.?\s?O\.?\s?Box|Post\s?Office\s+Box|Postfach|Apartado(?:\s+de\s+correos)?|Bo[îi]te\s+postale|Casella\s+postale|Postbus|Caixa\s+postal|Unit|PSC)"
    r"\s*(?:n[°ºo]\.?\s*)?\d[\d ]{0,8}\d?(?:,?\s+Box\s+\d+)?",
    rf"\b\d{{1,6}}[a-zA-Z]?,?\s+(?:{_WORD}\s+){{1,4}}(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|crescent|cres|close|way|highway|hwy|parkway|pkwy|circle|cir|alley|mews|row|grove)\b\.?",
    rf"\b[^\W\d_][\w-]{{1,30}}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|damm|ufer|straat|laan|plein|gracht|kade|vägen|gatan|vej|gade|veien|gata|katu|kuja|utca)\s+{_NUMBER}",
    rf"\b\d{{1,5}}\s?(?:bis|ter|quater)?,?\s+(?:rue|avenue|av\.?|bd\.?|boulevard|place|chemin|impasse|all[ée]e|quai|cours|route|square|passage)\s+(?:{_WORD}[ -]){{0,5}}{_WORD}",
    rf"\b(?:calle|c/|avenida|avda\.?|av\.|plaza|pza\.?|paseo|camino|carrer|ronda|travesía|via|viale|piazza|corso|vicolo|rua|praça|travessa|alameda|ul\.|ulica|al\.|aleja|jl\.|jalan)\s*(?:{_WORD}\s+){{0,5}}{_WORD},?\s+(?:n[°ºo]\.?\s*|nº\s*|núm\.?\s*)?{_NUMBER}",
    r"\b(?:zip(?:\s?code)?|post(?:al)?\s?code|PLZ|Postleitzahl|código\s+postal|code\s+postal)\b\W{0,3}(?:(?:is|ist|lautet|es|est)\W{1,2})?(?P<value>\d{4,6})\b",
)
# Field post, postcodes, German streets: in capitals, or they are something else.
_AS_WRITTEN: Final = (
    r"\b(?:APO|FPO|DPO),?\s+A[AEP],?\s+\d{5}",
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKSTUW]|[A-HK-Y]\d[ABEHMNPRV-Y]) ?\d[ABD-HJLNP-UW-Z]{2})\b",
    r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d\b",
    r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?=[ ,]+[A-Z])",
    r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b",
    r"\b(?:D|A|CH|F|E|I|B|L|DK|SE?|FIN?|NL|PL|CZ|SK)-\d{4,5}\b(?: [^\W\d_]{2,30})?",
    r"\b\d{5}-\d{4}\b",
    rf"\b(?:(?:{_WORD}\s+){{0,2}}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm)|(?:Am|An der|Im|In der|Auf dem|Zum|Zur) {_WORD})\s+\d{{1,4}}\s?[a-z]?\b(?=[\s,.;]|$)",
)
_POSTAL: Final = (*(re.compile(form, re.I) for form in _ANY_CASE), *map(re.compile, _AS_WRITTEN))
_MONTH: Final = re.compile(
    r"(?:jan|feb|fév|mar|mär|apr|abr|avr|may|mai|mag|jun|jui|giu|jul|lug|aug|ago|aoû|sep|set|oct|okt|ott|out|nov|dec|dez|dic|déc|ene|gen)",
    re.I,
)
# A figure with what is counted, or a day with its month, in languages whose addresses the model has hardly seen too.
_COUNTED: Final = re.compile(
    r"\d+(?:[.,]\d+)?\.?\s?(?:km|kg|cm|mm|ml|watt|volt|°|euros?|grad[io]?|grade[rn]?|grados|gra[du]s|degrees?|degrés?|stopni\w{0,4}|stupň\w{0,3}|"
    r"aste\w{0,5}|fok\w{0,3}|derece\w{0,3}|độ|lit(?:er|re|ro|ri|ra|ry|r[uů]|r|raa)s?|lít|градус\w{0,3}|βαθμ\w{0,4}|л[иі]тр\w{0,3}|λίτρ\w{0,3}|"
    r"avro|[єе]вро|ευρώ|январ\w|феврал\w|марта?|апрел\w|мая|ию[нл]\w|августа?|сентябр\w|октябр\w|ноябр\w|декабр\w|січня|лютого|березня|квітня|"
    r"травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μα[ΐϊί]ου|Ιου[νλ]ίου|Αυγούστου|"
    r"Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου|ocak|şubat|mart|nisan|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|tháng)\b",
    re.I,
)
_GREEK_CYRILLIC: Final = re.compile("[\u0370-\u052f]")


def find(text: str) -> Iterator[Span]:
    """The parts in `text`; each has a figure in it."""
    if not any(map(str.isdigit, text)):
        return
    for form in _POSTAL:
        part = "value" if "value" in form.groupindex else 0
        yield from (Span(*match.span(part), Kind.ADDRESS) for match in form.finditer(text))


def is_likely(text: str, span: Span, ordinary: Collection[str], places: Collection[str]) -> bool:
    """Whether a piece that the model takes for an address has anything in it that a time, a date or a price has not.

    `ordinary` and `places`: its words, in small letters, that stand in ordinary texts, that are names of places.
    """
    inside = text[span.start : span.end]
    if re.search(r"\d[.,:]$", text[max(0, span.start - 2) : span.start]):
        return False  # the end of another figure
    numbers = [match.start() for match in re.finditer(r"\d[\d.,]*", inside)]
    if len(numbers) == 1 and _COUNTED.match(text, span.start + numbers[0]):
        return False
    named = re.findall(r"[^\W\d_]{2,}", inside)
    if not named:
        return bool(re.fullmatch(r"\d{4,6}|\d{1,4}[a-zA-Z]", inside))
    figures = any(map(str.isdigit, inside))
    if _GREEK_CYRILLIC.search(inside):  # few of its words are known: whole sentences would do
        capitals = [word[0].isupper() for word in named]
        return len(numbers) > 1 or (any if numbers else all)(capitals)
    plain = ordinary if figures else {*ordinary, *places}
    return any(
        word.casefold() not in plain or (figures and word[0].isupper() and not _MONTH.match(word)) for word in named
    )
