"""A sitemap brings the pages that it means: none of a page to log in, and none of another host without a word."""

import pytest

from knowledge import import_words, imports
from knowledge.models import Article, ImportKind
from tests.knowledge.test_imports import again, own_folder, report, run, web, words  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def moved(web, *paths: str, to: str) -> None:  # noqa: F811
    """Each of the paths leads there."""
    for path in paths:
        web.pages[path] = (302, {"Location": to}, b"")


@pytest.mark.parametrize("kind", ["text/html", "application/xml"])
@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("<url><loc>http://www.example.com/a</loc></url>", "It names pages of www.example.com and none of 127.0.0.1."),
        ("", "It names no page of 127.0.0.1."),
    ],
)
def test_a_sitemap_without_a_page_of_its_host_fails_and_becomes_no_article(run, web, kind, entries, said):  # noqa: F811
    xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    web.pages["/sitemap.xml"] = (200, {"Content-Type": kind}, xml.encode())
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    assert (imported.state, report(imported), Article.objects.count()) == ("failed", {}, 0)
    assert import_words.say(imported.reason, imported.detail).startswith(said)


def test_a_site_whose_pages_all_lead_to_a_login_keeps_its_articles(run, web):  # noqa: F811
    for name in "abc":
        web.html(f"/{name}", f"<h1>{name}</h1><p>Text {name}.")
    web.sitemap("/a", "/b", "/c")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    moved(web, "/a", "/b", "/c", to="/login")
    web.html("/login", "<h1>Welcome</h1><p>Your e-mail address, please.")
    imports.again(imported=imported)
    assert set(report(again(imported)).values()) == {"failed"}
    assert "/login like 3 pages" in words(imported, f"{web.address}/a")
    assert set(Article.objects.values_list("body", flat=True)) == {"Text a.", "Text b.", "Text c."}


def test_a_page_that_leads_to_a_password_is_not_replaced_by_that(run, web):  # noqa: F811
    web.html("/a", "<h1>A</h1><p>Text.")
    imported = run(ImportKind.WEB, web.address + "/a")
    moved(web, "/a", to="/login?next=/a")
    web.html("/login?next=/a", "<h1>Welcome</h1><p>Please log in.<form><input type='password'></form>")
    imports.again(imported=imported)
    assert "password" in words(again(imported), f"{web.address}/a")
    assert Article.objects.get().published.body == "Text."


def test_pages_that_moved_are_read_where_they_lead_and_an_alias_is_passed_over(run, web):  # noqa: F811
    web.sitemap("/old", "/slash", "/new", "/alias", "/other")
    moved(web, "/old", to="/older")
    moved(web, "/slash", to="/slash/")
    moved(web, "/alias", "/other", to="/new")
    for path in ("/older", "/slash/", "/new"):
        web.html(path, f"<h1>{path}</h1><p>Text.")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    assert report(imported) == {f"{web.address}/{name}": "created" for name in ("slash", "new", "old")}
    assert set(Article.objects.values_list("title", flat=True)) == {"/older", "/slash/", "/new"}
    assert web.asked.count("/slash/") == 1
