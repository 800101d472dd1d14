"""What is exported comes back as it was: texts, drafts, withdrawals, pictures, and how the articles are kept."""

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client

from knowledge import export, pictures, publish, slugs
from knowledge.models import Article, Collection, FormerSlug, ImportKind, Origin, Picture, Tag
from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.knowledge.test_admin import LIST
from tests.knowledge.test_import_pictures import png
from tests.knowledge.test_imports import own_folder, report, run  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
EXPORT = LIST + "export/"


@pytest.fixture
def kept(articles, shelf, site, curator, run, now):  # noqa: F811
    """Three articles that curators look after, and one that they withdrew."""
    run(ImportKind.FILES, "x", ("tent.md", "# Box\n\nSo: ![A box](box.png)"), ("box.png", png()))
    picture = Picture.objects.get()
    Article.objects.filter(slug="tent").delete()
    Collection.objects.exclude(pk=shelf.pk).delete()
    first = Collection.objects.create(site=site, slug="first", titles={"en": "First", "ja": "最初"}, position=0)
    Collection.objects.filter(pk=shelf.pk).update(position=1)
    tents, returns, shipping = (articles[slug] for slug in ("tents", "returns", "shipping"))
    publish.save_draft(
        article=tents,
        collection=first,
        owner=curator,
        review_on=date(2027, 3, 31),
        audience="customers",
        body=f"Half-written: ![box]({pictures.path_of(picture)})",
    )
    tents.tags.add(*(Tag.objects.create(site=site, name=name) for name in ("outdoor", "care")))
    slugs.rename(article=tents, slug="tent-care")
    publish.withdraw(article=returns, by=None, now=now, because="The law has changed.", replaced_by=shipping)
    publish.create_article(site=site, collection=shelf, slug="empty", language="en", title="An idea", body="")
    return {article.slug: article for article in Article.objects.all()}


def packed(browser: Client, address: str = EXPORT) -> bytes:
    return browser.get(address).getvalue()


def rows(zipped: bytes) -> dict[str, dict]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        lines = archive.read("articles.jsonl").decode().splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def without_names(told: dict[str, dict]) -> str:
    """The rows; a picture that was stored anew has another name."""
    return re.sub("[0-9a-f]{32}", "…", json.dumps(told, sort_keys=True))


def emptied(site: Site) -> None:
    Article.objects.filter(site=site).delete()
    for model in (Collection, Tag, Picture):
        model.objects.filter(site=site).delete()


def test_everything_that_is_exported_comes_back(kept, site, desk, curator, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    imported = run(ImportKind.FILES, "x", ("articles.zip", before))
    assert set(report(imported).values()) == {"created"}
    assert without_names(rows(packed(desk))) == without_names(rows(before))
    assert [c.titles["en"] for c in Collection.objects.all()] == ["First", "Orders"]
    tents, returns, shipping = (Article.objects.get(slug=slug) for slug in ("tent-care", "returns", "shipping"))
    assert (tents.owner, tents.review_on, tents.audience) == (curator, date(2027, 3, 31), "customers")
    assert tents.published.body.startswith("Dry the tent")
    assert pictures.path_of(Picture.objects.get()) in tents.body, "the draft's picture is ours"
    assert slugs.now_of(site, "tents") == "tent-care"
    assert (returns.published, returns.withdrawn_because, returns.replaced_by) == (
        None, "The law has changed.", shipping)  # fmt: skip
    publish.bring_back(article=returns)
    assert returns.published.body.startswith("You can return")


def test_the_same_export_again_changes_nothing_and_publishes_no_draft(kept, site, desk, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    run(ImportKind.FILES, "x", ("articles.zip", before))
    imported = run(ImportKind.FILES, "x", ("articles.zip", before))
    assert set(report(imported).values()) == {"unchanged"}
    run(ImportKind.FILES, "x", ("articles.zip", changed(before, "tent-care", tags=["new"])))
    tents = Article.objects.get(slug="tent-care")
    assert sorted(tag.name for tag in tents.tags.all()) == ["care", "new", "outdoor"]
    assert tents.published.body.startswith("Dry the tent"), "the draft is still a draft"


def changed(zipped: bytes, slug: str, **fields: object) -> bytes:
    """The same archive with other fields of one article."""
    told = rows(zipped)
    told[slug] |= fields
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(zipped)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            lines = "\n".join(json.dumps(row) for row in told.values()).encode()
            target.writestr(name, lines if name == "articles.jsonl" else source.read(name))
    return out.getvalue()


def test_what_curators_did_here_stays_unless_it_is_replaced(kept, site, desk, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    run(ImportKind.FILES, "x", ("articles.zip", before))
    eve = make_member(site, "Eve", Role.CURATOR)
    tents = Article.objects.get(slug="tent-care")
    publish.save_draft(article=tents, owner=eve, review_on=date(2028, 1, 1))
    tents.tags.set([Tag.objects.create(site=site, name="mine")])
    newer = changed(before, "tent-care", tags=["theirs"], review_on="2029-01-01")
    run(ImportKind.FILES, "x", ("articles.zip", newer))
    tents.refresh_from_db()
    assert (tents.owner, tents.review_on) == (eve, date(2028, 1, 1))
    assert sorted(tag.name for tag in tents.tags.all()) == ["mine", "theirs"]
    newer = changed(before, "tent-care", tags=["theirs"], review_on="2030-01-01")
    run(ImportKind.FILES, "x", ("articles.zip", newer), replace=True)
    tents.refresh_from_db()
    assert (tents.owner.name, tents.review_on) == ("Carla", date(2030, 1, 1))
    assert [tag.name for tag in tents.tags.all()] == ["theirs"]


def test_on_another_site_what_is_not_there_is_said_and_the_rest_comes(kept, desk, other_site, run):  # noqa: F811
    theirs = Collection.objects.create(site=other_site, slug="x", titles={"en": "X"})
    publish.create_article(site=other_site, collection=theirs, slug="tents", language="en", title="T", body="x")
    imported = run(ImportKind.FILES, "x", ("articles.zip", packed(desk)), site=other_site)
    assert {"owner_not_here", "slugs_taken"} <= said(imported, "tent-care")
    tents = Article.objects.get(site=other_site, slug="tent-care")
    assert (tents.owner, tents.review_on) == (None, date(2027, 3, 31))
    assert not FormerSlug.objects.filter(site=other_site).exists()


@pytest.mark.parametrize("wrong", [
    {"tags": "outdoor"}, {"review_on": "soon"}, {"collection_titles": ["Orders"]}, {"draft": "text"},
    {"draft": {"title": "", "body": "x"}}, {"former_slugs": ["x" * 121]}, {"owner": 7}, {"withdrawn_because": {}},
    {"former_slugs": ["a/b c"]}, {"tags": ["x"] * 101}, {"collection_titles": {str(n): "x" for n in range(101)}},
])  # fmt: skip
def test_a_line_that_is_not_as_it_was_written_is_named_and_nothing_of_it_comes(wrong, run):  # noqa: F811
    row = {"id": "a", "title": "A", "body": "x", "tags": []} | wrong
    imported = run(ImportKind.FILES, "x", ("articles.jsonl", json.dumps(row)))
    assert (list(report(imported).values()), imported.items.get().line) == (["failed"], 1)
    assert not Article.objects.exists()
    assert not Origin.objects.exists()


def test_as_drafts_nothing_is_shown_and_the_text_of_readers_is_the_draft(kept, site, desk, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    imported = run(ImportKind.FILES, "x", ("articles.zip", before), publish=False)
    assert not Article.objects.exclude(published=None).exists()
    assert not Article.objects.exclude(withdrawn_at=None).exists()
    assert Article.objects.get(slug="tent-care").body.startswith("Dry the tent")
    assert "draft_left_out" in said(imported, "tent-care")
    run(ImportKind.FILES, "x", ("articles.zip", before))
    assert Article.objects.get(slug="tent-care").published.body.startswith("Dry the tent")


def test_another_draft_comes_and_what_readers_see_stays(kept, site, desk, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    run(ImportKind.FILES, "x", ("articles.zip", before))
    draft = {"title": "Tents", "body": "Written on.", "questions": []}
    run(ImportKind.FILES, "x", ("articles.zip", changed(before, "tent-care", draft=draft)))
    tents = Article.objects.get(slug="tent-care")
    assert (tents.body, tents.published.body[:12], tents.versions.count()) == ("Written on.", "Dry the tent", 1)


def test_one_replaced_by_one_that_was_replaced_too_leads_on(kept, site, desk, run, now):  # noqa: F811
    later = now + timedelta(days=1)
    shipping, tents = kept["shipping"], kept["tent-care"]
    publish.withdraw(article=shipping, by=None, now=later, replaced_by=tents)
    before = packed(desk)
    emptied(site)
    run(ImportKind.FILES, "x", ("articles.zip", before))
    returns = Article.objects.get(slug="returns")
    assert (returns.replaced_by.slug, returns.replaced_by.replaced_by.slug) == ("shipping", "tent-care")
    emptied(site)
    imported = run(ImportKind.FILES, "x", ("articles.zip", changed(before, "returns", replaced_by="gone")))
    assert "replacement_not_here" in said(imported, "returns")


def test_replace_puts_back_how_an_article_was_kept(kept, site, desk, run):  # noqa: F811
    before = packed(desk)
    emptied(site)
    run(ImportKind.FILES, "x", ("articles.zip", before))
    tents, shipping = Article.objects.get(slug="tent-care"), Article.objects.get(slug="shipping")
    tents.tags.clear()
    publish.save_draft(article=shipping, review_on=date(2028, 1, 1))
    run(ImportKind.FILES, "x", ("articles.zip", before), replace=True)
    assert sorted(tag.name for tag in tents.tags.all()) == ["care", "outdoor"]
    shipping.refresh_from_db()
    assert shipping.review_on is None


def test_a_collection_of_a_document_that_failed_is_made_for_the_next_one(write, run):  # noqa: F811
    write("taken", "Text.")
    lines = [
        {"id": slug, "title": slug, "body": "x", "collection": name}
        for slug, name in (("taken", "one"), ("b", "two"), ("c", "one"))
    ]
    imported = run(ImportKind.FILES, "x", ("articles.jsonl", "\n".join(map(json.dumps, lines))))
    assert sorted(report(imported).values()) == ["created", "created", "failed"]
    filed = dict(Article.objects.values_list("slug", "collection__slug"))
    assert (filed["b"], filed["c"]) == ("two", "one")
    assert set(Collection.objects.values_list("slug", flat=True)) == {"orders", "one", "two"}


def said(imported, slug: str) -> set[str]:
    """What the report notes of a document."""
    return {note["reason"] for item in imported.items.filter(key__contains=slug) for note in item.notes}


def test_whoever_has_two_sites_exports_one_at_a_time(kept, site, other_site, curator, desk):
    Member.objects.create(user=curator.user, site=other_site, role=Role.CURATOR, name="Carla")
    shelf = Collection.objects.create(site=other_site, slug="x", titles={"en": "X"})
    article = publish.create_article(
        site=other_site, collection=shelf, slug="far", language="en", title="Far away", body="x"
    )
    page = desk.get(EXPORT).content.decode()
    assert f"?site={site.key}" in page
    assert f"?site={other_site.key}" in page
    assert rows(packed(desk, f"{EXPORT}?site={other_site.key}")).keys() == {"far"}
    assert "far" not in rows(packed(desk, f"{EXPORT}?site={site.key}"))
    mixed = {"action": "export_chosen", "_selected_action": [article.pk, kept["shipping"].pk]}
    assert "Choose articles of one site." in desk.post(LIST, mixed, follow=True).content.decode()


def test_what_no_database_holds_is_left_out_of_every_field(run):  # noqa: F811
    bad = "x\0\ud800"
    row = {
        "id": "a", "title": "A", "body": "x", "tags": [bad], "owner": bad, "state": "withdrawn",
        "withdrawn_because": bad, "replaced_by": bad, "collection": "new", "collection_titles": {"en": bad},
        "draft": {"title": bad, "body": bad, "questions": [bad]},
    }  # fmt: skip
    imported = run(ImportKind.FILES, "x", ("articles.jsonl", json.dumps(row)))
    assert list(report(imported).values()) == ["created"]
    article = Article.objects.get()
    assert (article.body, article.questions, article.withdrawn_because) == ("x", ["x"], "x")
    assert ([tag.name for tag in article.tags.all()], article.collection.titles) == (["x"], {"en": "x"})


def test_nobody_exports_a_site_of_others(kept, site, other_site):
    stranger = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    assert rows(packed(stranger, f"{EXPORT}?site={site.key}")) == {}


def test_a_former_slug_leads_on_from_each_variant(write):
    write("returns", "30 Tage.", language="de")
    english = write("returns", "30 days.")
    slugs.rename(article=english, slug="return-policy")
    rows = [json.loads(line) for line in export._lines(Article.objects.all())]
    assert [row["former_slugs"] for row in rows] == [["returns"], ["returns"]]


def test_a_slug_with_capitals_comes_back_as_it_was(run, write):  # noqa: F811
    write("FAQ-Returns", "30 days.")
    out = io.BytesIO()
    export.write(Article.objects.all(), out)
    run(ImportKind.FILES, "x", ("articles.zip", out.getvalue()), replace=True)
    assert [article.slug for article in Article.objects.all()] == ["FAQ-Returns"]


def test_a_translation_goes_to_its_article_whatever_the_capitals(run, site):  # noqa: F811
    row = {"title": "Returns", "body": "30 days.", "collection": "orders"}
    rows = [row | {"id": "Returns", "language": "en"}, row | {"id": "returns", "language": "de"}]
    run(ImportKind.FILES, "x", ("articles.jsonl", "\n".join(map(json.dumps, rows))), publish=True)
    assert [article.slug for article in Article.objects.all()] == ["Returns", "Returns"]


def test_an_import_that_nobody_watches_publishes_for_nobody_more(run, client, site):  # noqa: F811
    run(ImportKind.FILES, "x", ("margins.md", "# Margins\n\nWe pay 3."), publish=True)
    article = Article.objects.get()
    for audience in ("logged_in", "everyone"):
        publish.save_draft(article=article, audience=audience)
    run(ImportKind.FILES, "x", ("margins.md", "# Margins\n\nWe pay 3 or 4."), publish=True)
    article.refresh_from_db()
    assert "3 or 4" in article.published.body
    assert client.get(f"/help/{site.key}/en/{article.slug}/").status_code == 404
