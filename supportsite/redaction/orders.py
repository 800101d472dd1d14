"""Order numbers as a site writes them: a form such as `NP-########`, turned into an expression that is always fast."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from supportsite.redaction.span import Kind, Span

LONGEST: Final = 60
MOST: Final = 20
_SIGNS: Final = {"#": r"\d", "@": r"[^\W\d_]", "*": r"[^\W_]"}
_DASHES: Final = "-\u2010-\u2015\u2212"
# What people put where a form has a dash; it ends a group of the expression and begins the next.
_GAP: Final = rf")(?: ?[{_DASHES}] ?| ?)("
_DASH: Final = re.compile(f"[{_DASHES}]")
_TIMES: Final = re.compile(r"\{(\d{1,2})(?:,(\d{1,2}))?\}")


class BadForm(ValueError):
    """Why a form cannot be used; `form` is what was written."""

    def __init__(self, form: str, why: str) -> None:
        super().__init__(f"{form}: {why}")
        self.form, self.why = form, why


def expression(form: str, dash: str = "") -> str:
    """A form as a regular expression: no choice, no nesting, every repeat bounded. Raises BadForm.

    `#` is a digit, `@` a letter, `*` either, `{6}` or `{6,10}` behind one of them says how often; all else is itself,
    but a dash, in whose place is `dash` where that is given.
    """
    parts, at, wild = [], 0, 0
    if not 0 < len(form.strip()) <= LONGEST:
        raise BadForm(form, f"1 to {LONGEST} characters")
    while at < len(form):
        sign, at = form[at], at + 1
        times = _TIMES.match(form, at)
        if times and sign not in _SIGNS:
            raise BadForm(form, "{…} may stand behind #, @ or * only")
        parts.append(dash if dash and _DASH.match(sign) else _SIGNS.get(sign) or re.escape(sign))
        least = 1
        if times:
            least, most = int(times[1]), int(times[2] or times[1])
            if not 0 < least <= most <= 40:
                raise BadForm(form, "{…} needs one or two numbers from 1 to 40, the smaller one first")
            parts.append(times.group())
            at = times.end()
        wild += least * (sign in _SIGNS)
    if wild < 3:
        raise BadForm(form, "at least three signs must be #, @ or *")
    return "".join(parts)


def find(text: str, forms: Iterable[str]) -> Iterator[Span]:
    """The order numbers in `text`; in the place of a form's dash may be a space, another dash or nothing."""
    yield from (Span(*match.span(), Kind.ORDER) for _, match in _matches(text, forms))


def numbers(text: str, forms: Iterable[str]) -> list[str]:
    """The same in the order of `text`, each as its form has it: in capitals, with the form's own dashes."""
    found = sorted(_matches(text, forms), key=lambda one: one[1].start())
    return [_as_formed(form, match) for form, match in found]


def _matches(text: str, forms: Iterable[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Each form with what matches it: what has the form's very dashes first."""
    forms, found = tuple(forms), list[tuple[int, int]]()
    for exact in (True, False):
        for form in forms if exact else filter(_DASH.search, forms):
            for match in _compiled(form, exact).finditer(text):
                start, end = match.span()
                if exact or (_is_meant(match.group(), form) and all(end <= a or start >= b for a, b in found)):
                    found.append((start, end))
                    yield form, match


@lru_cache(maxsize=512)
def _compiled(form: str, exact: bool) -> re.Pattern[str]:
    if exact:
        return re.compile(rf"(?<!\w){expression(form)}(?!\w)", re.I)
    # Figures alone are a part of a phone's or a card's number where more of them stand beside.
    is_figures = not any(sign.isalpha() or sign in "@*" for sign in form)
    before, behind = (r"(?<!\d[ .-])", r"(?![ .-]?\d)") if is_figures else ("", "")
    return re.compile(rf"(?<!\w){before}({expression(form, _GAP)}){behind}(?!\w)", re.I)


def _is_meant(written: str, form: str) -> bool:
    """Whether each word by itself is the form's own, or in capitals: "in 123456" is no number of the form @@-######."""
    return all(word.isupper() or word.casefold() in form.casefold() for word in written.split(" ") if word.isalpha())


def _as_formed(form: str, match: re.Match[str]) -> str:
    if not match.re.groups:
        return match.group().upper()
    dashes = (*_DASH.findall(form), "")
    return "".join(part + dash for part, dash in zip(match.groups(), dashes, strict=True)).upper()
