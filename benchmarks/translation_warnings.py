"""How often a good translation is warned of, and a wrong number is not: python -m benchmarks.translation_warnings.

The articles of the demo in German, Spanish and French beside the English ones, by paragraph where both have as many.
"""

import random
import re
from collections.abc import Iterator

from benchmarks.demo_folder import ARTICLES
from chat.assistant.translation import warnings

LANGUAGES = ("de", "es", "fr")


def pairs() -> Iterator[tuple[str, str, str]]:
    """Language, paragraph in it, the same in English."""
    for language in LANGUAGES:
        for article in sorted((ARTICLES / language).glob("*.md")):
            english = ARTICLES / "en" / article.name
            if not english.exists():
                continue
            theirs, ours = paragraphs(article.read_text("utf-8")), paragraphs(english.read_text("utf-8"))
            if len(theirs) == len(ours):
                yield from ((language, *both) for both in zip(theirs, ours, strict=True))


def paragraphs(text: str) -> list[str]:
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()]


def main() -> None:
    chance = random.Random(1)
    read = warned = changed = caught = 0
    for language, theirs, ours in pairs():
        read += 1
        if found := warnings(theirs, ours, theirs, ours, source=language, target="en"):
            warned += 1
            print(f"{language} {', '.join(found)}: {theirs[:100]!r} / {ours[:100]!r}")
        elif figures := list(re.finditer(r"\d+", ours)):
            one = chance.choice(figures)
            wrong = f"{ours[: one.start()]}{int(one[0]) + 1}{ours[one.end() :]}"
            changed += 1
            caught += bool(warnings(theirs, wrong, theirs, wrong, source=language, target="en"))
    print(f"warned of {warned} of {read} good paragraphs; caught {caught} of {changed} with one number changed")


if __name__ == "__main__":
    main()
