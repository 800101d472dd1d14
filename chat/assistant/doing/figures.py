"""A number as a customer writes it. A dot or a comma before three digits may mean a thousand or a part.

Where the language spoken does not say which, both readings are told, so that the customer can be asked.
"""

import re
from typing import Final

# Who writes Spanish or French puts either sign before thousands, by country or by keyboard.
_THOUSANDS: Final = {"en": ",", "de": "."}
_FIGURE: Final = re.compile(r"(?<![\w.,])[-−+]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?![\w]|[.,]\d)")
_SPACED: Final = re.compile(r"(?<![\w.,])(\d{1,3})((?: \d{3})+)(?![\d])")
_SPACES: Final = frozenset({"fr", "es"})  # who put a space before thousands
_GROUPS: Final = re.compile(r"\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+\Z")
_FITS: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?\Z")


def readings(text: str, language: str) -> tuple[str, ...]:
    """Every number that `text` may mean, as `1500` or `-1.5`: one where it is plain, none where there is none."""
    base = language.partition("-")[0].lower()
    if base in _SPACES:
        text = _SPACED.sub(lambda found: found[1] + found[2].replace(" ", ""), text)
    found = [one for figure in _FIGURE.findall(text) for one in _readings(figure, base)]
    return tuple(dict.fromkeys(one for one in found if _FITS.match(one)))


def _readings(figure: str, language: str) -> list[str]:
    minus = "-" if figure[0] in "-−" else ""
    digits = figure.lstrip("-−+").replace("’", "'")
    sign = next((one for one in reversed(digits) if one in ".,"), "")
    whole, _sign, part = digits.rpartition(sign) if sign else (digits, "", "")
    if not sign or digits.count(sign) > 1:
        return [minus + _plain(digits)] if (not sign and digits.isdigit()) or _GROUPS.match(digits) else []
    as_part = [f"{minus}{_plain(whole)}.{part}"] if whole.isdigit() or _GROUPS.match(whole) else []
    if len(part) != 3 or not _GROUPS.match(digits) or whole == "0" or not whole.isdigit():
        return as_part
    as_thousands = minus + _plain(digits)
    return [as_thousands] if _THOUSANDS.get(language) == sign else [as_thousands, *as_part]


def _plain(digits: str) -> str:
    return re.sub(r"\D", "", digits).lstrip("0") or "0"
