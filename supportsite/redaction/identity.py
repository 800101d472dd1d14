"""Numbers that a state gives a person: national ids by form and checksum, papers and plates by a word before them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from supportsite.redaction.payment import luhn
from supportsite.redaction.span import Kind, Span

_DNI: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_EVEN: Final = {sign: at % 26 for at, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {str(n): n for n in range(10)}
_ODD: Final = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *(_VALUES := (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)),
            *_VALUES,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _numbers(text: str) -> list[int]:
    return [int(sign) for sign in text if sign.isdigit()]


def _dni(text: str) -> bool:
    code = _plain(text)
    return _DNI[int(code[:-1].translate(str.maketrans("XYZ", "012"))) % 23] == code[-1]


def _nir(text: str) -> bool:
    code = _plain(text).replace("2A", "19").replace("2B", "18")
    return len(code) == 13 or 97 - int(code[:13]) % 97 == int(code[13:])


def _steuer(text: str) -> bool:
    """ISO 7064 MOD 11,10, and one digit of the first ten twice or three times."""
    code, product = _numbers(text), 10
    for digit in code[:10]:
        product = ((digit + product - 1) % 10 + 1) * 2 % 11
    return (11 - product) % 10 == code[10] and 8 <= len(set(code[:10])) <= 9


def _fiscale(text: str) -> bool:
    code = text.upper()
    total = sum(_ODD[sign] if at % 2 == 0 else _EVEN[sign] for at, sign in enumerate(code[:15]))
    return chr(65 + total % 26) == code[15]


def _cpf(text: str) -> bool:
    code = _numbers(text)
    return all(
        sum(n * (size + 1 - at) for at, n in enumerate(code[:size])) * 10 % 11 % 10 == code[size] for size in (9, 10)
    )


def _ahv(text: str) -> bool:
    code = _numbers(text)
    return sum(n * (3 if at % 2 else 1) for at, n in enumerate(code)) % 10 == 0


def _swedish(text: str) -> bool:
    return luhn(_numbers(text)[-10:])


def _chinese(text: str) -> bool:
    """ISO 7064 MOD 11-2."""
    code = [10 if sign == "X" else int(sign) for sign in text]
    return sum(n * pow(2, 17 - at) for at, n in enumerate(code)) % 11 == 1


def _always(_: str) -> bool:
    return True


# By country: the form, and what else must hold. Where a form is also that of other things, a checksum decides.
_FORMS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    (r"(?!000|666)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}", _always),  # US: SSN, ITIN
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _always),  # GB: NINO
    (r"\d{8}[- ]?[A-Z]|[XYZ][- ]?\d{7}[- ]?[A-Z]", _dni),  # ES: DNI, NIE
    (r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?", _nir),  # FR: NIR
    (r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}", _steuer),  # DE: tax id
    (r"\d{2} ?[0-3]\d[01]\d{3} ?[A-Z] ?\d{3}", _always),  # DE: pension insurance
    (r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", _fiscale),  # IT: codice fiscale
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", _cpf),  # BR: CPF
    (r"756\.?\d{4}\.?\d{4}\.?\d{2}", _ahv),  # CH: AHV
    (r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", _always),  # BE: national number
    (r"(?:\d{2})?\d{2}[01]\d[0-3]\d[-+]\d{4}", _swedish),  # SE: personal number
    (r"[0-3]\d[01]\d{3}[-+A-F]\d{3}[0-9A-Y]", _always),  # FI: personal code
    (r"[0-3]\d[01]\d{3}-\d{4}", _always),  # DK: CPR
    (r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", _always),  # MX: CURP
    (r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", _always),  # IN: PAN
    (r"[1-9]\d{5}(?:19|20)\d\d[01]\d[0-3]\d{4}[\dX]", _chinese),  # CN: identity card
)
_IDS: Final = tuple((re.compile(rf"(?<![\w-])(?:{form})(?![\w-])"), fits) for form, fits in _FORMS)
_PAPER: Final = re.compile(
    r"\b(?:ssn|social\s+security(?:\s+(?:number|no\.?|card))?|sozialversicherungsnummer|passport|reisepass\w*|pasaporte|"
    r"passeport|passaporto|(?:driver'?s?|driving)[’']?s?\s+licen[cs]e|licen[cs]e\s+plates?|führerschein\w*|"
    r"(?:permiso|carnet)\s+de\s+conducir|permis\s+de\s+conduire|patente|national\s+insurance|tax\s+id|nino|nhs|"
    r"steuer-?(?:id|nummer|identifikationsnummer)|personalausweis\w*|ausweisnummer|identity\s+card|id\s+card|"
    r"dni|nie|nif|numéro\s+de\s+sécurité\s+sociale|sécurité\s+sociale|carte\s+d[’']identité|codice\s+fiscale|"
    r"number\s+plate|registration|kennzeichen|nummernschild|matrícula|(?:plaque\s+d[’'])?immatriculation|targa)\b"
    r"[^\w\n]{0,3}(?:(?:number|no|nr|nummer|número|numéro|is|ist|lautet|es|est|è|of|my|mein\w*|the|was|which|[:#])\W{1,3}){0,4}"
    r"(?P<value>(?=[A-ZÄÖÜ]{0,7}[ -]?[A-Z]{0,3}[ -]?\d)(?:[A-ZÄÖÜ]{1,3}[ -])?[A-Z0-9ÄÖÜ]+(?:[ -][A-Z0-9]*\d[A-Z0-9]*){0,4})(?!\w)",
    re.I,
)


def find(text: str) -> Iterator[Span]:
    """The numbers in `text`."""
    upper = text.upper()
    capitals = upper if len(upper) == len(text) else text
    for form, fits in _IDS:
        yield from (Span(*m.span(), Kind.ID) for m in form.finditer(capitals) if fits(m.group()))
    for match in _PAPER.finditer(text):
        if len(_plain(match["value"])) >= 4:
            yield Span(*match.span("value"), Kind.ID)
