"""Ordinary sentences of many languages, and how often each word stands in them."""

import gettext
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Corpus:
    """Ordinary sentences by language, how often each word stands in them, and words to make names of products from."""

    sentences: dict[str, list[str]]
    counts: dict[str, Counter[str]]
    capital: dict[str, list[str]]
    small: set[str]


def corpus(folder: Path) -> Corpus:
    """Sentences of the wheels' translations, of our own demo, of CLINC150 (train) and DSTC10's entries."""
    sentences: dict[str, list[str]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        archive = zipfile.ZipFile(wheel)
        for path in archive.namelist():
            found = re.search(r"/(?:locale|translations)/([a-z]{2})(?:_[A-Z]{2})?/LC_MESSAGES/[\w-]+\.mo$", path)
            if not found:
                continue
            try:
                catalog = gettext.GNUTranslations(io.BytesIO(archive.read(path)))._catalog
            except (OSError, UnicodeDecodeError):
                continue
            for source, target in catalog.items():
                for language, text in (("en", source), (found[1], target)):
                    if isinstance(text, tuple):
                        text = text[0]
                    if isinstance(text, str) and 2 < len(text) < 400 and "POT-Creation" not in text:
                        sentences.setdefault(language, []).append(
                            re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>|&\w+;", "", text).strip()
                        )
    for article in Path("knowledge/demo/articles").rglob("*.md"):
        language = article.parent.name
        text = article.read_text("utf-8").split("---", 2)[-1]
        sentences.setdefault(language, []).extend(re.split(r"(?<=[.!?])\s+|\n+", re.sub(r"[*#`]", "", text)) * 4)
    data, small = Path("../shared/data"), set()
    for row in map(json.loads, (data / "intent-clinc150/train.jsonl").open()):
        if row["intent"] not in ("change_user_name", "change_ai_name", "what_is_your_name", "who_made_you", "oos"):
            sentences["en"].append(row["text"])
            small.add(row["text"])  # names too are in small letters here
    for row in map(json.loads, (data / "faq-dstc10/articles.jsonl").open()):
        sentences["en"].append(row["title"].split(": ", 1)[-1])
    unique = {language: sorted({one for one in texts if one}) for language, texts in sentences.items()}
    counts = {
        language: Counter(w.lower() for t in texts for w in re.findall(r"[^\W\d_]+", t))
        for language, texts in unique.items()
    }
    capital = {
        code: [w for w, n in counts[code].most_common(6000)[200:] if len(w) > 3] for code in ("en", "de", "es", "fr")
    }
    return Corpus(unique, counts, capital, small)
