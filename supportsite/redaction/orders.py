"""Order numbers as a site writes them: a form such as `NP-########`, turned into an expression that is always fast."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from supportsite.redaction.span import Kind, Span

LONGEST: Final = 60
MOST: Final = 20
_SIGNS: Final = {"#": r"\d", "@": r"[^\W\d_]", "*": r"[^\W_]"}
_TIMES: Final = re.compile(r"\{(\d{1,2})(?:,(\d{1,2}))?\}")


class BadForm(ValueError):
    """Why a form cannot be used; `form` is what was written."""

    def __init__(self, form: str, why: str) -> None:
        super().__init__(f"{form}: {why}")
        self.form, self.why = form, why


def expression(form: str) -> str:
    """A form as a regular expression: no choice, no nesting, every repeat bounded. Raises BadForm.

    `#` is a digit, `@` a letter, `*` either, `{6}` or `{6,10}` behind one of them says how often; all else is itself.
    """
    parts, at, wild = [], 0, 0
    if not 0 < len(form.strip()) <= LONGEST:
        raise BadForm(form, f"1 to {LONGEST} characters")
    while at < len(form):
        sign, at = form[at], at + 1
        times = _TIMES.match(form, at)
        if times and sign not in _SIGNS:
            raise BadForm(form, "{…} may stand behind #, @ or * only")
        parts.append(_SIGNS.get(sign) or re.escape(sign))
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
    """The order numbers in `text`."""
    for form in forms:
        yield from (Span(*match.span(), Kind.ORDER) for match in _compiled(form).finditer(text))


@lru_cache(maxsize=256)
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){expression(form)}(?!\w)", re.I)
