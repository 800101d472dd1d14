"""Makes knowledge/language_means.npz: python benchmarks/fit_language_means.py.

For each language the mean of e5's vectors of some of Django's own messages, read as questions. Django's translations
are installed with it (BSD-3-Clause; see NOTICE): text in many languages about the same things, of which no question
that we measure on is one.
"""

import gettext
import hashlib
from pathlib import Path

from demo_site import start

start()

import django  # noqa: E402
import numpy as np  # noqa: E402

from knowledge.embed import E5, named  # noqa: E402
from knowledge.language_means import SHIPPED  # noqa: E402

# More change nothing (docs/retrieval.md).
MESSAGES = 120
SHORTEST = 12
CATALOGUES = Path(django.__file__).parent
# The languages of which Django has enough; e5 was trained on all of them.
LANGUAGES = (
    "ar bg bn ca cs da de el es et eu fa fi fr ga gl he hr hu hy id is it ja ka ko lt lv mk ms nb nl nn pl pt ro ru sk "
    "sl sq sr sv th tr uk ur vi zh hi ta"
)
# Django's name of what is written in two ways; the other is as near to e5.
FOLDERS = {"zh": "zh_Hans"}


def messages(language: str) -> dict[str, str]:
    """Message in English → its translation (English: itself), in an order that is the same for every language."""
    files = [*CATALOGUES.glob(f"conf/locale/{FOLDERS.get(language, language)}/LC_MESSAGES/django.mo")]
    files += CATALOGUES.glob(f"contrib/*/locale/{FOLDERS.get(language, language)}/LC_MESSAGES/django.mo")
    found: dict[str, str] = {}
    for file in sorted(files):
        with file.open("rb") as opened:
            # The catalogue itself has no public name.
            found |= {k: v for k, v in vars(gettext.GNUTranslations(opened))["_catalog"].items() if isinstance(k, str)}
    kept = {k: v for k, v in found.items() if len(k) >= SHORTEST and v and "\x04" not in k}
    return dict(sorted(kept.items(), key=lambda pair: hashlib.sha256(pair[0].encode()).digest()))


def main() -> None:
    texts = {language: list(messages(language).values())[:MESSAGES] for language in LANGUAGES.split()}
    texts["en"] = list(messages("de"))[:MESSAGES]
    means = {}
    for language, chosen in sorted(texts.items()):
        means[language] = named(E5).matrix(chosen, "query").mean(axis=0).astype(np.float16)
        print(language, len(chosen), flush=True)
    np.savez(SHIPPED, **means)


if __name__ == "__main__":
    main()
