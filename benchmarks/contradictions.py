"""How many contradictions care finds: lines that contradict the demo shop's articles, put into a copy of it.

`python -m benchmarks.contradictions [FOLDER]`. Each line of demo/contradictions-planted.jsonl is put into an article
that is there (in place of `{}` its wrong figure), and care should tell it from what the other article says. With the
right figure, with the lines of demo/contradictions-harmless.jsonl, and with nothing put in, it should tell nothing.
Half of the planted lines (`tune`) were seen when the thresholds were chosen, the other half (`held`) is what counts.

With the folder of faq-dstc10 also: what it tells of questions and answers of businesses, some seen and some not.
"""

import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks import demo_site

demo_site.start()

from django.utils import timezone  # noqa: E402

from knowledge import contradictions, demo, embed, indexing, nearby, publish  # noqa: E402
from knowledge.models import Article, Collection  # noqa: E402
from knowledge.noticed import Noticed  # noqa: E402
from supportsite.sites.models import Site  # noqa: E402

BUSINESSES, SEED = 60, 1
Row = dict[str, str]


def lines(name: str) -> list[Row]:
    """The lines of benchmarks/demo/contradictions-NAME.jsonl."""
    text = (demo_site.QUESTIONS / f"contradictions-{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def put(article: Article, text: str, heading: str) -> None:
    """A line more: under a heading of its own at the end, else after the first paragraph."""
    first, gap, rest = article.body.strip().partition("\n\n")
    body = f"{first}{gap}{rest}\n\n## {heading}\n\n{text}" if heading else f"{first} {text}{gap}{rest}"
    save(article, body)


def save(article: Article, body: str) -> None:
    """Publish and index another text."""
    publish.save_draft(article=article, body=body)
    version = publish.publish(article=article, by=None, now=timezone.now())
    indexing.index_version(version.pk, now=timezone.now())


def told(site: Site) -> list[Noticed]:
    """What care would tell of the site's articles now."""
    found: dict[str, Noticed] = {}
    for article in Article.objects.filter(site=site, published__isnull=False).select_related("site", "published"):
        found |= {one.key: one for one in contradictions.contradictions(nearby.near(article))}
    return list(found.values())


def with_lines(site: Site, rows: list[Row], texts: list[str]) -> list[Noticed]:
    """What is told once every line is in its article; the articles are as they were afterwards."""
    before = {}
    for row, text in zip(rows, texts, strict=True):
        article = Article.objects.get(site=site, slug=row["into"], language=row["language"], region="")
        before.setdefault(article.pk, article.body)
        put(article, text, row["heading"])
    found = told(site)
    for article in Article.objects.filter(pk__in=before):
        save(article, before[article.pk])
    return found


def is_of(one: Noticed, row: Row) -> bool:
    """Whether a finding is the planted one."""
    slugs = {one.article.slug, one.other.slug if one.other else ""}
    said = {one.detail["here"]["quote"], one.detail["there"]["quote"]}
    planted = row["text"].format(row["wrong"])
    return slugs == {row["into"], row["against"]} and any(planted in text for text in said)


def show(what: str, found: list[Noticed]) -> None:
    """Each finding on a line."""
    for one in found:
        here, there = one.detail["here"], one.detail["there"]
        print(f"  {what}: {one.article} | {one.other} | {here['quote']} || {there['quote']}")


def planted(site: Site) -> None:
    """Recall for each half, put in by itself, and every false alarm."""
    for half in ("tune", "held"):
        rows = [row for row in lines("planted") if row["half"] == half]
        found = with_lines(site, rows, [row["text"].format(row["wrong"]) for row in rows])
        missed = [row for row in rows if not any(is_of(one, row) for one in found)]
        print(f"planted, {half}: {len(rows) - len(missed)} of {len(rows)} found")
        print(*(f"  missed: {row['into']} < {row['against']}: {row['text']}" for row in missed), sep="\n")
        show("besides", [one for one in found if not any(is_of(one, row) for row in rows)])
        right = with_lines(site, rows, [row["text"].format(row["right"]) for row in rows])
        print(f"the same lines with the right figure: {len(right)} told")
        show("false", right)


def businesses(folder: Path) -> None:
    """What is told of questions and answers, each business's articles with its name in their titles."""
    by_name = defaultdict(list)
    for line in (folder / "articles.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        by_name[row["collection"]].append(row)
    names = sorted(by_name)
    random.Random(SEED).shuffle(names)
    for what, chosen in (("seen", names[:BUSINESSES]), ("unseen", names[BUSINESSES : 2 * BUSINESSES])):
        rows = [row for name in chosen for row in by_name[name]]
        found = told(site_of(what, rows))
        print(f"businesses, {what}: {len(rows)} articles, {len(found)} told")
        show(what, found)


def site_of(name: str, rows: list[dict[str, Any]]) -> Site:
    """A site with these articles, read by the English model alone: care asks no other."""
    site = Site.objects.create(name=name)
    shelf = Collection.objects.create(site=site, slug="all", titles={"en": "All"})
    for number, row in enumerate(rows):
        fields = {"slug": f"a-{number}", "title": row["title"][:200], "body": row["body"], "language": "en"}
        article = publish.create_article(site=site, collection=shelf, **fields)
        version = publish.publish(article=article, by=None, now=timezone.now())
        indexing.vectors_of(embed.MINILM, list(version.sections.select_related("version")))
    return site


def main(folder: Path | None) -> None:
    """Everything, on a new database."""
    site = demo.load()
    while indexing.sweep(now=timezone.now(), seconds=60):
        pass
    untouched = told(site)
    print(f"the demo shop as it is: {len(untouched)} told")
    show("false", untouched)
    rows = lines("harmless")
    harmless = with_lines(site, rows, [row["text"] for row in rows])
    print(f"harmless lines: {len(harmless)} of {len(rows)} told")
    show("false", harmless)
    planted(site)
    if folder:
        businesses(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
