"""What no database can hold, wherever a source has it, breaks no import: it is left out, or a line says why not."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge import care, import_words, imports, indexing
from knowledge.models import Article, Finding, ImportItem, ImportKind, Origin
from tests.fakes.help_centre import Zendesk
from tests.knowledge.test_imports import again, own_folder, report, run, web, words  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
FILES = ImportKind.FILES


def kept() -> str:
    """All that imports keep as JSON: PostgreSQL refuses a NUL or half a character in it, SQLite does not."""
    lines = list(ImportItem.objects.values_list("key", "detail", "notes"))
    return json.dumps([lines, list(Origin.objects.values_list("key", "waits_for", "parts"))])


def is_storable(told: str) -> bool:
    return "\\u0000" not in told and "\\ud800" not in told


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
@pytest.mark.parametrize("field", ["title", "body", "language", "region", "questions"])
def test_in_whatever_field_it_is_left_out(run, field, bad):  # noqa: F811
    row: dict[str, Any] = {
        "id": "a",
        "title": "A",
        "body": "Text.",
        "language": "en",
        "region": "UK",
        "collection": "c",
    }
    row |= {"questions": ["Why?"]}
    row[field] = [f"Wh{bad}y?"] if field == "questions" else row[field][:1] + bad + row[field][1:]
    imported = run(FILES, "a", ("articles.jsonl", json.dumps(row)))
    assert set(report(imported).values()) == {"created"}
    article = Article.objects.get()
    filed = article.title, article.body, article.language, article.region, article.collection.slug, article.questions
    assert filed == ("A", "Text.", "en", "UK", "c", ["Why?"])
    assert is_storable(kept())


def test_an_audience_that_there_is_not_is_named_in_the_report(run):  # noqa: F811
    row = {"id": "a", "title": "A", "body": "Text.", "audience": "friends\0"}
    imported = run(FILES, "a", ("articles.jsonl", json.dumps(row)))
    assert "friends" in words(imported, "articles.jsonl#a")
    assert is_storable(kept())


def test_in_links_pictures_and_the_parts_of_a_page_it_is_left_out(run, chroma, now):  # noqa: F811
    run(
        FILES,
        "a",
        ("a.md", "# A\n\n[x](b%00b.md) ![y](c%00c.png) ![z](http://x%00.example/a.png) [w](article:a#h%00)"),
        ("b.html", "<main><h1>B</h1><h2 id='x\0y'>Part</h2><p>Text. <img src='a\0b.png'><a href='q\0.html'>q</a>"),
    )  # fmt: skip
    assert set(ImportItem.objects.values_list("outcome", flat=True)) == {"created"}
    assert is_storable(kept())
    indexing.sweep(now=now, seconds=60)
    while care.look(now=now, seconds=60):
        pass
    found = json.dumps(list(Finding.objects.values_list("detail", "target")))
    assert "b%00b.md" in found, "care looked at it"
    assert is_storable(found)


def test_an_address_with_it_ends_the_run_with_a_word(run, web):  # noqa: F811
    rows = [{"id": n, "title": "T", "body": "<p>x", "locale": "en-us", "html_url": "http://["} for n in (1, 2, 3)]
    Zendesk(web, rows, next_host="http://x\0")
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    assert (imported.state, len(report(imported))) == ("failed", 2)
    assert "is no address that can be read" in import_words.say(imported.reason, imported.detail)
    assert is_storable(json.dumps(imported.detail))
    assert imports.again(imported=imported), "it ended, and may be run again"


def test_a_folder_whose_name_cannot_be_stored_is_refused_and_a_file_within_is_not(site, tmp_path):
    name = b"h\xfflp".decode("utf-8", "surrogateescape")
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.md").write_text("Text.")
    with pytest.raises(CommandError, match="cannot be stored"):
        call_command("import_articles", str(tmp_path / name))
    (tmp_path / name).rename(tmp_path / "help")
    (tmp_path / "help" / f"{name}.md").write_text("Text.")
    call_command("import_articles", str(tmp_path / "help"))
    assert set(Origin.objects.values_list("key", flat=True)) == {"a.md", "hlp.md"}
