"""The demo shop as a folder for `manage.py evaluate`: `python -m benchmarks.demo_folder OUT QUESTIONS [LANGUAGES]`.

QUESTIONS is JSON Lines of `text`, `language` and `relevant`, whose slugs become the ids of an article's variants.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from benchmarks.demo_site import ROOT

ARTICLES = ROOT / "knowledge" / "demo" / "articles"
_TITLE = re.compile(r"^title: (.*)$", re.M)
_COLLECTION = re.compile(r"^collection: (.*)$", re.M)


def articles(languages: list[str]) -> list[dict[str, Any]]:
    """The rows of articles.jsonl."""
    rows = []
    for language in languages:
        for path in sorted((ARTICLES / language).glob("*.md")):
            slug, _, region = path.stem.partition(".")
            _, front, body = path.read_text("utf-8").split("---\n", 2)
            title, shelf = _TITLE.search(front), _COLLECTION.search(front)
            assert title
            row = {"id": f"{language}/{path.stem}", "slug": slug, "title": title.group(1), "body": body}
            rows.append(row | {"language": language, "region": region, "collection": shelf.group(1) if shelf else ""})
    return rows


def main(arguments: list[str]) -> None:
    """Write both files."""
    out, questions = Path(arguments[0]), Path(arguments[1])
    languages = arguments[2].split(",") if len(arguments) > 2 else ["en", "de", "es", "fr"]
    shelf, asked = articles(languages), []
    for line in questions.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["language"] in languages:
            ids = [one["id"] for one in shelf if one["slug"] in row["relevant"]]
            asked.append({"text": row["text"], "language": row["language"], "relevant": ids})
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("articles", shelf), ("questions", asked)):
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
