"""What its source hides is hidden here, what curators did here stays, and no document takes another one's article."""

import io
import json
import zipfile
from importlib import import_module

import pytest
from django.apps import apps

from knowledge import import_words, imports, publish
from knowledge.models import Article, ImportKind, Origin
from tests.knowledge.test_imports import again, guide, own_folder, report, run, web  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def packed(**files: str) -> bytes:
    """An archive of Markdown files in one folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"help/{name}.md", text)
    return out.getvalue()


def row(**more: object) -> tuple[str, str]:
    """A file of one article."""
    return "articles.jsonl", json.dumps({"id": "margins", "title": "Margins", "body": "40 percent."} | more)


def notes(imported) -> list[str]:
    """What its report says beside outcomes."""
    return [note["reason"] for item in imported.items.all() for note in item.notes]


def reread(imported):
    """Read its source once more."""
    assert imports.again(imported=imported)
    return again(imported)


def test_what_is_restricted_at_its_source_later_is_withdrawn_and_can_be_brought_back(run, web, client, site):  # noqa: F811
    centre = guide(web)
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    centre.articles[0]["user_segment_id"] = 99
    centre.articles[1]["draft"] = True
    assert list(report(reread(imported)).values()) == ["updated", "updated", "unchanged", "unchanged", "unchanged"]
    assert notes(imported) == ["restricted", "withdrawn", "withdrawn"]
    assert [client.get(f"/help/{site.key}/en/{n}/").status_code for n in (1, 2, 3)] == [410, 410, 200]
    publish.bring_back(article=Article.objects.get(slug="1"))
    reread(imported)
    assert client.get(f"/help/{site.key}/en/1/").status_code == 200, "a curator's word counts until the source changes"
    assert notes(imported) == ["public_here"]
    centre.articles[0]["body"] = "<p>Another text.</p>"
    reread(imported)
    article = Article.objects.get(slug="1")
    assert (article.body, article.published.body, notes(imported)) == ("Another text.", "Text 1.", ["public_here"])


def test_what_becomes_open_again_at_its_source_stays_withdrawn_and_that_is_said(run, web, client, site):  # noqa: F811
    centre = guide(web)
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    for draft in (True, False):
        centre.articles[0]["draft"] = draft
        reread(imported)
    assert notes(imported) == ["stays_withdrawn"]
    assert client.get(f"/help/{site.key}/en/1/").status_code == 410


def test_an_article_changed_here_that_its_source_hides_is_named_as_still_public(run, web, client, site):  # noqa: F811
    centre = guide(web)
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    publish.save_draft(article=Article.objects.get(slug="1"), body="Ours.")
    centre.articles[0] |= {"user_segment_id": 99, "body": "<p>Secret.</p>"}
    item = reread(imported).items.first()
    assert (item.outcome, item.notes) == ("failed", [])
    assert "Withdraw it" in import_words.say(item.reason, item.detail)


def test_what_curators_filed_anew_stays_so_unless_it_may_be_replaced(run, now, site):  # noqa: F811
    run(ImportKind.FILES, "x", row(audience="everyone", questions=["What margin?"], collection="money"))
    article = Article.objects.get()
    publish.save_draft(article=article, audience="logged_in")
    publish.add_question(article=article, question="How much do we earn?", by=None, now=now)
    changed = row(audience="everyone", questions=["Which margin?"], collection="shop", body="50 percent.")
    imported = run(ImportKind.FILES, "x", changed)
    article.refresh_from_db()
    assert (list(report(imported).values()), notes(imported)) == (["updated"], ["filed_here"])
    assert (article.audience, article.collection.slug, article.published.body) == ("logged_in", "money", "50 percent.")
    assert article.questions == article.published.questions == ["What margin?", "How much do we earn?"]
    imported = run(ImportKind.FILES, "x", changed, replace=True)
    article.refresh_from_db()
    assert (article.audience, article.collection.slug) == ("everyone", "shop")
    assert article.questions == article.published.questions == ["Which margin?"]


def test_the_same_file_again_undoes_nothing(run, now):  # noqa: F811
    given = row(audience="everyone", questions=["What margin?"])
    run(ImportKind.FILES, "x", given)
    article = Article.objects.get()
    publish.save_draft(article=article, audience="customers", body="Ours.")
    assert set(report(run(ImportKind.FILES, "x", given)).values()) == {"unchanged"}
    article.refresh_from_db()
    assert (article.audience, article.body) == ("customers", "Ours.")
    run(ImportKind.FILES, "x", given, replace=True)
    article.refresh_from_db()
    assert (article.audience, article.body, article.published.body) == ("everyone", "40 percent.", "40 percent.")


def test_an_audience_follows_its_source_only_to_fewer(run):  # noqa: F811
    for audience, then in (("customers", "customers"), ("logged_in", "logged_in"), ("everyone", "logged_in")):
        imported = run(ImportKind.FILES, "x", row(audience=audience))
        assert Article.objects.get().audience == then
    assert notes(imported) == ["filed_here"]


def test_a_new_collection_and_draft_of_the_same_text_are_followed(run):  # noqa: F811
    run(ImportKind.FILES, "a", ("fees.md", "---\ncollection: returns\n---\n4 €."))
    imported = run(ImportKind.FILES, "a", ("fees.md", "---\ncollection: billing\ndraft: true\n---\n4 €."))
    article = Article.objects.get()
    assert report(imported) == {"fees.md": "updated"}
    assert (article.collection.slug, article.published, bool(article.withdrawn_at)) == ("billing", None, True)


def test_a_new_place_of_a_text_that_was_changed_here_leaves_the_text_and_publishes_nothing(run):  # noqa: F811
    run(ImportKind.FILES, "a", ("fees.md", "---\ncollection: returns\n---\n4 €."))
    publish.save_draft(article=Article.objects.get(), body="Half a sent")
    run(ImportKind.FILES, "a", ("fees.md", "---\ncollection: billing\n---\n4 €."))
    article = Article.objects.get()
    assert (article.collection.slug, article.body, article.published.body) == ("billing", "Half a sent", "4 €.")
    imported = run(ImportKind.FILES, "a", ("fees.md", "---\ncollection: billing\n---\n5 €."))
    assert report(imported) == {"fees.md": "failed"}, "it was taken for the import's own text"


def test_a_file_in_another_language_or_for_another_region_is_another_article(run):  # noqa: F811
    run(ImportKind.FILES, "a", ("fees.md", "4 €."))
    imported = run(ImportKind.FILES, "a", ("fees.md", "4 Euro."), language="de")
    assert (report(imported), notes(imported)) == ({"fees.md": "created"}, ["other_stays"])
    run(ImportKind.FILES, "a", ("fees.md", "---\nregion: EU\n---\n4 €."))
    found = set(Article.objects.values_list("slug", "language", "region", "published__body"))
    assert found == {("fees", "en", "", "4 €."), ("fees", "de", "", "4 Euro."), ("fees", "en", "EU", "4 €.")}
    for language, body in (("en", "5 €."), ("de", "5 Euro.")):
        assert report(run(ImportKind.FILES, "a", ("fees.md", body), language=language)) == {"fees.md": "updated"}


def test_files_of_one_name_in_two_archives_are_two_documents(run, client, site):  # noqa: F811
    english, german = packed(returns="# Returns\n\nWithin 30 days."), packed(returns="# Rückgabe\n\nIn 30 Tagen.")
    run(ImportKind.FILES, "en", ("help-en.zip", english), language="en")
    imported = run(ImportKind.FILES, "de", ("help-de.zip", german), language="de")
    assert report(imported) == {"help-de.zip/help/returns.md": "created"}
    assert set(Article.objects.values_list("language", "title")) == {("en", "Returns"), ("de", "Rückgabe")}
    other = run(ImportKind.FILES, "en", ("shop.zip", packed(returns="# Returns\n\nNever.")), language="en")
    assert report(other) == {"shop.zip/help/returns.md": "failed"}
    assert "Within 30 days" in client.get(f"/help/{site.key}/en/returns/").content.decode()
    assert set(report(run(ImportKind.FILES, "en", ("help-en.zip", english))).values()) == {"unchanged"}


def test_a_page_that_changes_its_language_is_a_new_article_and_the_old_one_is_flagged(run, web):  # noqa: F811
    web.sitemap("/fees")
    web.html("/fees", '<html lang="en"><p>4 €')
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    web.html("/fees", '<html lang="de"><p>4 €')
    assert report(reread(imported)) == {f"{web.address}/fees": "created", f"{web.address}/fees #en": "vanished"}


def test_what_was_imported_before_origins_knew_their_language_is_known_again(run):  # noqa: F811
    given = ("help.zip", packed(fees="4 €.", returns="30 days."))
    run(ImportKind.FILES, "help.zip", given)
    publish.save_draft(article=Article.objects.get(slug="returns"), body="Ours.")
    for origin in Origin.objects.all():
        origin.key, origin.language = origin.key.removeprefix("help.zip/"), ""
        origin.read_filed_digest = origin.filed_digest = ""
        origin.save()
    import_module("knowledge.migrations.0014_origins_as_filed").complete(apps, None)
    imported = run(ImportKind.FILES, "help.zip", given)
    assert set(report(imported).values()) == {"unchanged"}
    assert Article.objects.get(slug="returns").body == "Ours."
    assert list(report(run(ImportKind.FILES, "help.zip", ("help.zip", packed(returns="9 days.")))).values()) == [
        "failed"
    ]
