"""Dates of birth: a date next to a word for birth."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction import plain
from supportsite.redaction.span import Kind, Span

_WORD: Final = re.compile(
    r"\b(?:born|birth\w*|d\.?o\.?b\b|bday|b-day|geb\b|geboren\w*|geburts\w+|naci(?:d[oa]|ó|miento)?|nací|cumpleaños|"
    r"née?\b|naissance|anniversaire|nat[oa]\b|nascita|nascid[oa]|nasci\w*|geboorte\w*|urodz\w+|född|født|syntynyt)",
    re.I,
)
_AR: Final = "\u0620-\u065f\u0670-\u06d3"
# Christmas and the Christian calendar have the Arabic word too; "it happened on" and "comes into force on" the Chinese.
_CASELESS_WORD: Final = re.compile(
    rf"(?<!عيد )(?<![{_AR}])(?:ال|لل)?ميلاد(?![{_AR}])|(?:تاريخ|يوم|عيد) ميلاد(?:ي|ه|ها)(?![{_AR}])|"
    rf"(?<![{_AR}])(?:مواليد|و?ولدت|وُلدت|مولودة?)(?![{_AR}])|"
    r"(?<![发發产產诞誕])生[于於]|[诞誕]生[于於]|出生|生日|生辰|(?<=[日号號]) ?生(?=[的人]|[ ,.。]?$)|"
    r"生年月日|誕生日|生まれ|생년월일|생일|태어[났난]|출생|[년일] ?생(?=입|이|인|[ ,.]|$)|"
    r"जन्म|תאריך (?:ה)?לידה|נולדתי|יליד|วันเกิด|เกิดวันที่|ปีเกิด"
)
_MONTHS: Final = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|jänner|mär|mai|okt|dez|ene|abr|ago|dic|"
    "janv|févr|fév|avr|juin|juil|août|déc|gen|mag|giu|lug|set|ott|mrt|mei|out|fev|maio"
)
_CASELESS_MONTHS: Final = (
    "يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر|كانون (?:الثاني|الأول)|شباط|آذار|"
    "نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين (?:الأول|الثاني)|"
    "जनवरी|फ़?रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर|"
    "ב?(?:ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר)|"
    "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม"
)
_DATE: Final = re.compile(
    rf"(?<![\w.])(?:\d{{1,2}}[./-] ?\d{{1,2}}[./-] ?(?:\d{{4}}|\d{{2}})|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|\d{{8}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:de\s|of\s)?(?:{_MONTHS})[^\W\d_]*\.?,?(?:\s(?:de\s|del\s)?\d{{2,4}})?|"
    rf"(?:{_MONTHS})[^\W\d_]*\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?|\d{{1,2}}\s\d{{1,2}}\s\d{{4}})(?!\w)",
    re.I,
)
# Figures may touch the letters here.
_CASELESS_DATE: Final = re.compile(
    r"(?:(?<!\d)\d{2,4} ?[年년],? ?)?(?<!\d)\d{1,2} ?[月월],? ?\d{1,2} ?[日号號일]|(?<!\d)\d{4}\. ?\d{1,2}\. ?\d{1,2}(?!\d)|"
    rf"(?<!\d)\d{{1,2}} (?:من )?(?:{_CASELESS_MONTHS})(?: (?:من )?(?:عام |سنة )?\d{{2,4}})?(?!\d)"
)
_NEAR: Final = 45


def find(text: str) -> Iterator[Span]:
    """The dates in `text` that have a word for birth before them, or close behind."""
    is_caseless = plain.has_caseless(text)
    words = [match.span() for form in (_WORD, _CASELESS_WORD)[: 1 + is_caseless] for match in form.finditer(text)]
    if not words:
        return
    for form in (_DATE, _CASELESS_DATE)[: 1 + is_caseless]:
        for match in form.finditer(text):
            if any(0 <= match.start() - end <= _NEAR or 0 <= start - match.end() <= _NEAR // 3 for start, end in words):
                yield Span(*match.span(), Kind.BIRTH)
