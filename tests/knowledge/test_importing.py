"""Files become articles, or the first mistake is named before anything is stored."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge import importing
from knowledge.models import Article
from supportsite.sites.models import Site

pytestmark = pytest.mark.django_db


def rows(*rows: dict[str, object]) -> str:
    """As JSON lines."""
    return "\n".join(json.dumps(row) for row in rows)


def run(*arguments: object) -> str:
    """What the command says."""
    out = StringIO()
    call_command("import_articles", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_folder_of_markdown_is_published(site, tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "rueckgabe.EU.md").write_text(
        "---\ntitle: Rückgabe: die Regeln\ncollection: returns\nlanguage: de\nregion: EU\n---\n14 Tage.\n"
    )
    (tmp_path / "opening-hours.md").write_text("# When we are open\n\nNine to five.")
    (tmp_path / "README.md").write_text("not an article")
    assert "2 articles" in run(tmp_path)
    german = Article.objects.get(slug="rueckgabe")
    assert (german.title, german.language, german.region) == ("Rückgabe: die Regeln", "de", "EU")
    assert (german.collection.slug, german.published.body) == ("returns", "14 Tage.")
    assert Article.objects.get(slug="opening-hours").title == "When we are open"


def test_json_lines_are_published(site, tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(
        rows({"id": "A 1", "title": "One", "body": "Text", "region": "UK"}, {"id": "b", "title": "Two", "body": "Text"})
    )
    run(path, "--language", "fr")
    assert set(Article.objects.values_list("slug", "language", "region")) == {("a-1", "fr", "UK"), ("b", "fr", "")}


def test_importing_again_publishes_only_what_changed(site, tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(rows({"id": "a", "title": "One", "body": "Text"}, {"id": "b", "title": "Two", "body": "Text"}))
    run(path)
    path.write_text(rows({"id": "a", "title": "One", "body": "Text"}, {"id": "b", "title": "Two", "body": "Other"}))
    run(path)
    assert {a.slug: a.published.number for a in Article.objects.all()} == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"id": "a", "title": "One", "body": "x"}\n{', ":2: line"),
        ("[]", ":1: line"),
        ('{"id": "a", "title": "One"}', ":1: body"),
        ('{"id": "a", "title": 7, "body": "x"}', ":1: title"),
        ('{"id": "???", "title": "One", "body": "x"}', ":1: id"),
        ('{"id": "a", "title": "One", "body": "x", "language": "English"}', ":1: language"),
        ('{"id": "a", "title": "One", "body": " "}', ":1: body"),
        ('{"id": "a", "title": "One", "body": "x"}\n{"id": "A", "title": "Two", "body": "y"}', ":2: id"),
        ('{"id": "a", "title": "One", "body": "x", "collection": "no good"}', ":1: collection"),
    ],
)
def test_the_first_mistake_is_named_and_nothing_is_stored(site, tmp_path, content, place):
    path = tmp_path / "articles.jsonl"
    path.write_text(content)
    with pytest.raises(CommandError) as error:
        run(path)
    assert error.value.returncode == 2
    assert f"articles.jsonl{place}" in str(error.value)
    assert not Article.objects.exists()


def test_a_file_that_is_not_utf8_is_named_with_its_line(site, tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(importing.BadSource, match=r"a\.md:2: text: expected UTF-8"):
        importing.read(path)


def test_with_several_sites_one_must_be_named(site, other_site, tmp_path):
    (tmp_path / "a.md").write_text("Text")
    with pytest.raises(CommandError, match="--site KEY"):
        run(tmp_path)
    run(tmp_path, "--site", other_site.key)
    assert Article.objects.get().site == other_site


def test_the_demo_is_not_taken_for_the_owners_site(site, tmp_path):
    Site.objects.create(name="Demo", is_demo=True)
    (tmp_path / "a.md").write_text("Text")
    run(tmp_path)
    assert Article.objects.get().site == site
