"""The currency of an amount: by its sign, its word or its code, before the figure or behind it."""

import re
from typing import Final

from knowledge.quantities import CURRENCIES

# Beside those of knowledge/quantities.py: other languages' words, and dollars that are not those of the United States.
_MORE: Final = {
    "EUR": "евро євро eura eurów avro يورو", "USD": "us$ dolar dolares dólares dolarów dollari доллар доллара долларов",
    "GBP": "sterling фунт фунта фунтов", "AUD": "a$ au$ aud", "CAD": "c$ ca$ cad", "NZD": "nz$ nzd", "HKD": "hk$ hkd",
    "SGD": "s$ sgd", "BRL": "r$ brl reais", "MXN": "mx$ mxn", "CNY": "cny rmb yuan", "KRW": "krw", "HUF": "huf forint",
    "CHF": "francs", "krona": "kr kronor kroner", "CZK": "czk kč koruna koruny korun", "PLN": "złoty złotych",
    "RUB": "rub рубль рубля рублей руб", "UAH": "uah грн гривень гривні", "RON": "lei leu", "TRY": "lira tl",
    "SAR": "sar ريال", "AED": "aed درهم", "EGP": "egp جنيه",
}  # fmt: skip
WORDS: Final = {
    word: code
    for codes in ({code: words for words, code in CURRENCIES.items()}, _MORE)
    for code, words in codes.items()
    for word in words.split()
}
CODES: Final = frozenset(WORDS.values())
_CODE: Final = "|".join(sorted(code for code in CODES if code.isupper()))
# "A$7.90" has a sign of two letters, "a $7.90" and "costs$7.90" have one of none.
SIGN: Final = r"(?:(?<![^\W\d_])(?:US|AU?|CA?|NZ|HK|S|R|MX)\$|[€$£¥₹])"
# A sign or code of the figure behind it. What stands by a figure before it is that one's: "7,90 € 10 Tage".
BEFORE: Final = rf"(?:{SIGN}(?=[-−]?\d)|(?<!\d)(?<!\d\s){SIGN}(?=\s\d)|(?<!\d\s)\b(?:{_CODE})(?=\s?\d))"
_BY_A_FIGURE: Final = re.compile(
    rf"(?<=\d)\s?(?:{'|'.join(sorted((word for word in WORDS if word.isalpha()), key=len, reverse=True))})\b"
    rf"|(?<!\d\s)\b(?:{_CODE})(?=\s?\d)",
    re.I,
)


def unspelled(text: str) -> str:
    """`text` without the words and codes of currencies that stand by a figure: €7.90 and 7.90 euros have one word."""
    return _BY_A_FIGURE.sub("", text)
