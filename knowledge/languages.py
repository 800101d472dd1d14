"""Which of a site's languages are a reader's own: those of the same base, for any country. The one rule for it."""

import re
from collections.abc import Iterable, Sequence

# As BCP 47 in small letters.
CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")


def base(language: str) -> str:
    """`pt` of `pt-br`."""
    return language.strip().lower().partition("-")[0]


def own(language: str, there: Iterable[str]) -> list[str]:
    """Those of `there` that who speaks `language` reads as theirs: the same one, the general one, then the others."""
    said, general = language.strip().lower(), base(language)
    mine = {code for code in there if base(code) == general}
    return sorted(mine, key=lambda code: (code != said, code != general, code))


def choose(wanted: Iterable[str], there: Sequence[str] | set[str]) -> str | None:
    """The language of `there` for who reads those `wanted`, in their order."""
    return next((code for one in wanted for code in own(one, there)), None)


def pattern(language: str) -> str:
    """For a column: a regular expression that a language's own codes match."""
    return rf"^{re.escape(base(language))}(-|$)"
