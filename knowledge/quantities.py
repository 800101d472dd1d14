"""Amounts, periods and the like in a text: what they count, how much, and where they stand.

Units of time and number words are known in English, German, Spanish and French; money, per cent and the signs of
measures in every language.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_POINT: Final = frozenset({"en", "he", "hi", "ja", "ko", "th", "zh"})
_HOUR, _DAY, _WEEK, _MONTH, _YEAR = 1.0, 24.0, 168.0, 730.5, 8766.0

# fmt: off
_TIMES: Final = {
    "min minute minutes minuten minuto minutos": 1 / 60,
    "h hour hours stunde stunden hora horas heure heures": _HOUR,
    "day days tag tage tagen tages werktag werktage werktagen arbeitstag arbeitstage arbeitstagen kalendertage "
    "kalendertagen día días dia dias jour jours": _DAY,
    "week weeks woche wochen semana semanas semaine semaines": _WEEK,
    "month months monat monate monaten monats mes meses mois": _MONTH,
    "year years jahr jahre jahren jahres año años ano anos an ans année années annee annees": _YEAR,
}
CURRENCIES: Final = {
    "€ eur euro euros": "EUR", "$ usd dollar dollars dólar dólares": "USD", "£ gbp pound pounds pfund libras": "GBP",
    "chf franken": "CHF", "¥ jpy yen": "JPY", "₹ inr": "INR", "zł pln": "PLN", "sek": "SEK", "nok": "NOK", "dkk": "DKK",
}
_MEASURES: Final = {
    "% percent prozent": ("%", 1.0), "kg kilo kilos kilogramm kilogram kilograms": ("weight", 1000.0),
    "g gram grams gramm": ("weight", 1.0), "mm": ("length", 1.0), "cm": ("length", 10.0),
    "m metre metres meter meters metros mètres": ("length", 1000.0), "km": ("length", 1e6),
    "l litre litres liter liters litros": ("volume", 1.0), "ml": ("volume", 0.001), "°c": ("°C", 1.0),
    "mb": ("data", 1.0), "gb": ("data", 1000.0),
    "point points punkt punkte punkten punto puntos": ("points", 1.0),
}
_WORDS: Final = {
    2: "two zwei dos deux", 3: "three drei tres trois", 4: "four vier cuatro quatre", 5: "five fünf cinco cinq",
    6: "six sechs seis", 7: "seven sieben siete sept", 8: "eight acht ocho huit", 9: "nine neun nueve neuf",
    10: "ten zehn diez dix", 12: "twelve zwölf doce douze", 14: "fourteen vierzehn catorce quatorze",
    15: "fifteen fünfzehn quince quinze", 20: "twenty zwanzig veinte vingt", 30: "thirty dreißig treinta trente",
}
# fmt: on


def _units() -> dict[str, tuple[str, float]]:
    units = {word: ("time", hours) for words, hours in _TIMES.items() for word in words.split()}
    units |= {word: (code, 1.0) for words, code in CURRENCIES.items() for word in words.split()}
    return units | {word: unit for words, unit in _MEASURES.items() for word in words.split()}


_UNITS: Final = _units()
_SIGNS: Final = "€$£¥₹"
_NUMBERS: Final = {word: float(number) for number, words in _WORDS.items() for word in words.split()}
_NUMBER: Final = r"\d+(?:[.,'’ \u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?|" + "|".join(rf"\b{word}\b" for word in _NUMBERS)
_UNIT: Final = "|".join(
    # "Pay in 3 costs €12" has a price, and it is not 3.
    re.escape(unit) + (r"(?!\w)" if unit[-1].isalpha() else r"(?!\s?\d)")
    for unit in sorted(_UNITS, key=len)[::-1]
)
_SAME: Final = str.maketrans({"ı": "i", "ſ": "s", "\u0307": None})
_BETWEEN: Final = r"\s*(?:-|–|—|to|bis|à|a|and|und|y|et|or|oder|o|ou)\s*"
_SPACE: Final = r"[\s\u00a0\u202f-]*"
# At most one word may stand between: 5 working days, 14 full days.
_AMOUNT: Final = re.compile(
    rf"(?P<sign>[{_SIGNS}])\s*(?P<priced>{_NUMBER})(?:{_BETWEEN}(?P=sign)?\s*(?P<priced_to>{_NUMBER})(?![\w%]))?"
    rf"|(?<![\w.,])(?P<number>{_NUMBER})(?:{_BETWEEN}(?P<to>{_NUMBER}))?{_SPACE}(?:[^\W\d_]{{3,}}\s+)??(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"(?<![\d.,:])(\d{1,2})[:.](\d{2})(?:\s*(am|pm|uhr|h)\b|(?![\d.,%€$£:]))", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """So much of a kind: hours for `time`, units of a currency, minutes after midnight for `clock`.

    `written` is how it stands there, from `start` to `end`.
    """

    kind: str
    value: float
    written: str
    start: int
    end: int

    def equals(self, other: "Quantity") -> bool:
        """Whether both say the same; a month is about 30 days."""
        if self.kind != other.kind:
            return False
        near = 0.045 if self.kind == "time" and max(self.value, other.value) >= 28 * _DAY else 1e-6
        return abs(self.value - other.value) <= near * max(abs(self.value), abs(other.value))


def quantities(text: str, language: str) -> list[Quantity]:
    """Every amount with its unit, in their order; both ends of a range."""
    text = unicodedata.normalize("NFC", text)
    clocks = list(_clocks(text, language))
    taken = [(clock.start, clock.end) for clock in clocks]
    found = [one for one in _amounts(text, language) if not any(a < one.end and one.start < b for a, b in taken)]
    return sorted([*clocks, *found], key=lambda one: one.start)


def _amounts(text: str, language: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        kind, factor = _UNITS[_folded(match["sign"] or match["unit"])]
        for group in ("priced", "priced_to", "number", "to"):
            if match[group]:
                value = _value(match[group], language) * factor
                yield Quantity(kind, value, match[0].strip(), match.start(), match.end())


def _clocks(text: str, language: str) -> Iterator[Quantity]:
    for match in _CLOCK.finditer(text):
        hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
        is_time = ":" in match[0] or bool(half)
        if is_time and hour < 25 and minute < 60:
            hour += 12 if half == "pm" and hour < 12 else 0
            yield Quantity("clock", hour * 60.0 + minute, match[0], match.start(), match.end())


def _value(written: str, language: str) -> float:
    """A number as a reader of `language` reads it: 1.500 is a thousand and more in German, 1 and a half in English.

    Only there the language decides. Of two signs the last one is the point, and a sign that stands twice groups.
    """
    word = _folded(written)
    if word in _NUMBERS:
        return _NUMBERS[word]
    plain = re.sub(r"['’\s]", "", written)
    whole, sign, rest = plain.rpartition(max(".", ",", key=plain.rfind))
    if not sign:
        return float(plain)
    groups = len(rest) == 3 and (sign in whole or (whole.isdigit() and sign != _point(language)))
    return float(re.sub("[.,]", "", whole) + ("" if groups else ".") + rest)


def _point(language: str) -> str:
    return "." if language.partition("-")[0] in _POINT else ","


def _folded(word: str) -> str:
    """In lower case as the pattern takes it, to which the Turkish İ and ı are an i, and ſ is an s."""
    return word.lower().translate(_SAME)
