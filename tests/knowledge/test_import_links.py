"""A link between two imported documents leads to the article here, whichever came first, and none to nobody's page."""

import re
from urllib.parse import unquote

import pytest

from knowledge import care, import_words, indexing, publish, slugs
from knowledge.finding_words import words as said
from knowledge.link_names import LONGEST, renamed
from knowledge.models import Article, Finding, ImportKind, Origin, Section, Vector, Version
from tests.fakes.help_centre import Zendesk
from tests.knowledge.test_imports import again, own_folder, report, run, web  # noqa: F401
from tests.knowledge.test_merging import packed, reread

pytestmark = pytest.mark.django_db(transaction=True)
FILES = ImportKind.FILES
REFUNDS = "# Returns\n\nWithin 30 days.\n\n## Your refund\n\nIn 5 days."


def told(imported, key: str) -> list[str]:
    """What the report says of links of a document."""
    line = imported.items.get(key=key)
    return [import_words.say(note["reason"], note["detail"]) for note in line.notes if "links" in note["reason"]]


@pytest.fixture
def follow(client, site):
    """The titles of the pages to which the links in an article's text lead, as a visitor who follows each."""

    def follow(slug: str, language: str = "en", region: str = "") -> list[str]:
        page = client.get(f"/help/{site.key}/{language}/{slug}/", {"region": region} if region else {})
        text = page.content.decode().partition('class="text"')[2].partition("</article>")[0]
        found = []
        for href in re.findall(r'<a href="([^"]+)" rel', text):
            there = client.get(href.replace("&amp;", "&"), follow=True) if href.startswith("/") else None
            title = re.search(r"<h1[^>]*>(.*?)</h1>", there.content.decode(), re.DOTALL) if there else None
            anchor = unquote(href.partition("#")[2])
            assert not anchor or there is None or f'id="{anchor}"' in there.content.decode(), href
            found.append((title[1].strip() if title and there.status_code == 200 else href) + ("#" if anchor else ""))
        return found

    return follow


def test_links_between_files_lead_to_the_articles_whichever_came_first(run, follow):  # noqa: F811
    imported = run(
        FILES,
        "help",
        ("costs.md", "See [when](returns.md#your-refund), [all](./returns.md), [us](contact.html), [me](costs.md)."),
        ("returns.md", f"{REFUNDS} See [costs](costs.md \"What it costs\")."),
        ("contact.html", "<main><h1>Contact</h1><p>See <a href='returns#gone'>returns</a>, "
                         "<a href='preise.md#rückgabe-gebühr'>fees</a>.</p></main>"),
        ("preise.md", "# Preise\n\n## Rückgabe: Gebühr\n\n4 €."),
    )  # fmt: skip
    assert set(report(imported).values()) == {"created"}
    assert follow("costs") == ["Returns#", "Returns", "Contact", "Costs"]
    assert follow("returns") == ["Costs"]
    assert follow("contact") == ["Returns", "Preise#"]
    assert Article.objects.get(slug="returns").body.endswith('[costs](article:costs "What it costs").')
    assert told(imported, "costs.md") == ["Links that lead to articles here now: 3."]
    assert told(imported, "returns.md") == ["Links that lead to articles here now: 1."]


def test_the_same_again_is_unchanged_and_embeds_nothing(run, chroma, now):  # noqa: F811
    files = ("costs.md", "# Costs\n\nSee [returns](returns.md)."), ("returns.md", f"{REFUNDS} See [costs](costs.md).")
    run(FILES, "help", *files)
    indexing.sweep(now=now, seconds=60)
    before = [model.objects.count() for model in (Version, Section, Vector)], list(Article.objects.values("revision"))
    for replace in (False, True):
        assert set(report(run(FILES, "help", *files, replace=replace)).values()) == {"unchanged"}
    assert before == (
        [model.objects.count() for model in (Version, Section, Vector)],
        list(Article.objects.values("revision")),
    )


def test_a_link_waits_for_a_document_that_comes_another_day(run, follow, client, site):  # noqa: F811
    first = run(FILES, "a", ("costs.md", "# Costs\n\nSee [returns](returns.md)."))
    assert told(first, "costs.md") == [
        "Links to files that its readers do not have here: 1 (returns.md). They lead nowhere; Care lists them."
    ]
    assert follow("costs") == []
    assert "See returns." in client.get(f"/help/{site.key}/en/costs/").content.decode()
    second = run(FILES, "b", ("returns.md", REFUNDS))
    assert report(second) == {"returns.md": "created", "costs.md": "updated"}
    assert told(second, "costs.md") == ["Links that lead to articles here now: 1."]
    assert follow("costs") == ["Returns"]


def test_what_a_curator_changed_is_left_alone(run):  # noqa: F811
    run(FILES, "a", ("costs.md", "# Costs\n\nSee [returns](returns.md)."))
    publish.save_draft(article=Article.objects.get(), body="Mine, see [returns](returns.md).")
    assert report(run(FILES, "b", ("returns.md", REFUNDS))) == {"returns.md": "created"}
    assert Article.objects.get(slug="costs").body == "Mine, see [returns](returns.md)."


def test_care_lists_links_to_files_that_were_not_imported(run, now, chroma):  # noqa: F811
    run(FILES, "a", ("costs.md", "# Costs\n\nSee [prices](prices.xlsx), [home](/), [old](/old/page.html), [h](#cost)."))
    indexing.sweep(now=now, seconds=60)
    while care.look(now=now, seconds=60):
        pass
    assert sorted(said(finding) for finding in Finding.objects.all()) == [
        "Links to “#cost”, and that heading is not there.",
        "Links to “/old/page.html”, and there is no such page here.",
        "Links to “prices.xlsx”, and there is no such page here.",
    ]


def test_folders_of_an_archive_and_paths_from_its_root(run, follow):  # noqa: F811
    pages = {
        "a": "# A\n\n[b](../help/b), [c](sub/c.html), [root](/help/b.md), [away](../../b.md), [index](sub/)",
        "b": "# B\n\nText.",
        "sub/c": "# C\n\n[a](../a.md)",
        "sub/index": "# All of sub\n\nText.",
    }
    run(FILES, "a", ("help.zip", packed(**pages)))
    assert follow("a") == ["B", "C", "B", "All of sub"]
    assert follow("c") == ["A"]


def test_code_pictures_and_other_addresses_stay(run):  # noqa: F811
    text = (
        "# A\n\n`[b](b.md)` [b](<b.md>) [ref][1] [web](https://x.example/b.md) [mail](mailto:b@b.b) [d](article:b)"
        "\n\n    [b](b.md)\n\n```\n[b](b.md)\n```\n\n[1]: b.md 'B'"
    )
    run(FILES, "a", ("a.md", text), ("b.md", "# B\n\nText."))
    assert Article.objects.get(slug="a").body == (
        "# A\n\n`[b](b.md)` [b](article:b) [ref][1] [web](https://x.example/b.md) [mail](mailto:b@b.b) [d](article:b)"
        "\n\n    [b](b.md)\n\n```\n[b](b.md)\n```\n\n[1]: article:b 'B'"
    )


def test_a_link_to_a_page_of_ours_is_not_called_lost(run, site):  # noqa: F811
    imported = run(
        FILES, "x", ("a.md", f"# A\n\nAlso [in German](/help/{site.key}/de/a/), and [gone](/help/x/y/z.md).")
    )
    assert "here: 1 (/help/x/y/z.md)." in told(imported, "a.md")[0]


def test_an_endless_paragraph_is_left_as_it_is():
    text = "[b](b.md) " * LONGEST
    assert renamed(text, {"b.md": "article:b"}) == text


def test_a_link_leads_to_the_reader_s_language_and_region(run, follow):  # noqa: F811
    def page(title: str, language: str, links: str = "", more: str = "") -> str:
        return f"---\ntitle: {title}\nlanguage: {language}\nslug: {more}\n---\nText. {links}"

    run(
        FILES,
        "a",
        ("costs.en.md", page("Costs", "en", "[r](returns.en.md), [auf Deutsch](costs.de.md)", "costs")),
        ("costs.de.md", page("Kosten", "de", "[r](returns.en.md)", "costs")),
        ("returns.en.md", page("Returns", "en", "", "returns")),
        ("returns.de.md", page("Rückgabe", "de", "", "returns")),
        ("returns.UK.md", "---\ntitle: Returns in the UK\nlanguage: en\n---\nText. [Elsewhere](returns.en.md)"),
        ("only.en.md", page("Only in English", "en", "", "only")),
        ("nur.de.md", page("Nur", "de", "[englisch](only.en.md)", "nur")),
    )
    assert follow("costs") == ["Returns", "Kosten"]
    assert follow("costs", "de") == ["Rückgabe"]
    assert follow("returns", region="UK") == ["Returns"]
    assert follow("nur", "de") == ["Only in English"]


def test_links_of_a_site_lead_here_with_redirects_queries_and_the_parts_of_its_pages(run, web, follow):  # noqa: F811
    web.html(
        "/help/a",
        """<main><h1>A</h1><p><a href='b'>rel</a> <a href='/old?utm_source=mail#money'>moved</a>
        <a href='/help/b/index.html#when'>index</a> <a href='/item?id=2'>two</a> <a href='/item?id=3'>three</a>
        <a href='#own'>own</a> <a href='/cart'>cart</a> <a href='https://other.example/help/b'>other</a>
        <h2 id='own'>Own part</h2><p>Text.</main>""",
    )
    web.html(
        "/help/b", "<main><h1>B</h1><p>Text.<h2 id='money'>Your money</h2><p>Text. <a name='when'></a>When?</main>"
    )
    web.html("/item?id=2", "<main><h1>Two</h1><p>Text.</main>")
    web.pages["/old"] = (301, {"Location": "/help/b"}, b"")
    web.sitemap("/help/a", "/help/b", "/item?id=2", "/old")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    assert follow("help-a") == [
        "B", "B#", "B#", "Two", f"{web.address}/item?id=3", "#own-part#", f"{web.address}/cart", "https://other.example/help/b",
    ]  # fmt: skip
    assert told(imported, f"{web.address}/help/a") == ["Links that lead to articles here now: 4."]
    assert set(report(reread(imported)).values()) == {"unchanged"}


def test_links_of_a_zendesk_help_centre_lead_here_and_to_nothing_that_is_hidden(run, web, follow, client, site):  # noqa: F811
    def row(number: int, body: str, segment: int | None = None) -> dict[str, object]:
        return {"id": number, "title": f"Title {number}", "body": body, "locale": "en-us", "draft": False,
                "user_segment_id": segment, "html_url": f"{web.address}/hc/en-us/articles/{number}-Title"}  # fmt: skip

    address = f"{web.address}/hc/en-us/articles"
    centre = Zendesk(web, [
        row(1, f"<p><a href='{address}/2-Title?source=search#h_1'>2</a> <a href='/hc/de/articles/3'>3</a> "
               f"<a href='{address}/4'>4</a> <a href='https://acme.example/hc/en-us/articles/2'>other</a>"),
        row(2, "<p>Text.<h2 id='h_1'>Your money</h2><p>Text."),
        row(3, f"<p>Text. <a href='{address}/1'>1</a>"),
        row(4, "<p>For agents.", segment=9),
    ])  # fmt: skip
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    assert follow("1") == ["Title 2#", "Title 3", f"{address}/4", "https://acme.example/hc/en-us/articles/2"]
    assert follow("3") == ["Title 1"]
    assert f"/help/{site.key}/en/4/" not in client.get(f"/help/{site.key}/en/1/").content.decode()
    centre.articles[3]["user_segment_id"] = None
    assert "updated" in report(reread(imported)).values()
    assert follow("1")[2] == "Title 4"


def test_an_article_for_fewer_is_no_target_for_everybody_s(run, site):  # noqa: F811
    run(FILES, "a", ("members.md", "# Members\n\nText. [costs](costs.md)"))
    members = Article.objects.get()
    publish.save_draft(article=members, audience="logged_in")
    run(
        FILES,
        "b",
        ("costs.md", "# Costs\n\n[members](members.md)"),
        ("draft.md", "---\ndraft: true\n---\n[m](members.md), [c](costs.md)"),
    )
    assert Article.objects.get(slug="costs").body == "# Costs\n\n[members](members.md)"
    assert Article.objects.get(slug="members").body == "# Members\n\nText. [costs](article:costs)"
    assert Article.objects.get(slug="draft").body == "[m](members.md), [c](article:costs)"


def test_drafts_lead_to_drafts_and_readers_to_what_they_have(run):  # noqa: F811
    run(FILES, "a", ("a.md", "# A\n\n[b](b.md)"), ("b.md", "# B\n\n[a](a.md)"), publish=False)
    assert Article.objects.get(slug="a").body == "# A\n\n[b](article:b)"
    assert not Version.objects.exists()
    run(FILES, "b", ("c.md", "# C\n\n[b](b.md)"))
    assert Article.objects.get(slug="c").published.body == "# C\n\n[b](b.md)"


def test_checks_that_stand_against_it_leave_the_article_as_it_is(run, monkeypatch):  # noqa: F811
    run(FILES, "a", ("a.md", "# A\n\n[b](b.md)"))
    refuse = lambda article, **_: ["no"] if article.slug == "a" else []  # noqa: E731
    monkeypatch.setattr("knowledge.checks.faults", refuse)
    assert report(run(FILES, "b", ("b.md", "# B\n\nText."))) == {"b.md": "created"}
    article = Article.objects.get(slug="a")
    assert (article.body, article.published.number) == ("# A\n\n[b](b.md)", 1)


def test_what_was_imported_before_links_were_turned_is_looked_at_at_its_next_run(run, follow):  # noqa: F811
    files = ("a.md", "# A\n\n[b](b.md)"), ("b.md", "# B\n\nText.")
    run(FILES, "a", *files)
    article = Article.objects.get(slug="a")
    publish.save_draft(article=article, body="# A\n\n[b](b.md)")
    digest = Origin.objects.get(article__slug="a").read_digest
    Origin.objects.filter(article=article).update(waits_for=None, digest=digest)
    assert report(run(FILES, "a", *files)) == {"a.md": "updated", "b.md": "unchanged"}
    assert Article.objects.get(slug="a").body == "# A\n\n[b](article:b)"


def test_a_renamed_article_is_linked_by_its_name_of_today(run, follow):  # noqa: F811
    run(FILES, "a", ("b.md", "# B\n\nText."))
    slugs.rename(article=Article.objects.get(), slug="bee")
    run(FILES, "b", ("a.md", "# A\n\n[b](b.md)"))
    assert Article.objects.get(slug="a").body == "# A\n\n[b](article:bee)"
    assert follow("a") == ["B"]
