"""Care notices what is wrong with what readers see, and forgets it once it is mended."""

from datetime import timedelta

import pytest

from knowledge import care, citations, indexing, links, publish, slugs
from knowledge.finding_words import words
from knowledge.models import Article, Finding, Inspection
from supportsite.sites.models import Site
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LINKED = "See [our returns](article:returns#refunds)."


def look(now=NOW) -> None:
    """Care looks until nothing is due."""
    while care.look(now=now, seconds=60):
        pass
    care.look_at_dates(now=now, today=now.date())


def found(kind: str) -> list[str]:
    return sorted(words(finding) for finding in Finding.objects.filter(kind=kind, state="open"))


def change(article: Article, body: str, now=NOW) -> None:
    publish.save_draft(article=article, body=body)
    indexing.index_version(publish.publish(article=article, by=None, now=now).pk, now=now)


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_link_breaks_when_its_article_is_withdrawn_and_mends_when_it_is_back(write, articles):
    write("start", LINKED)
    look()
    assert found("link") == []
    publish.withdraw(article=articles["returns"], by=None, now=NOW)
    look()
    assert found("link") == ["Links to “returns#refunds”, which was withdrawn."]
    version = publish.bring_back(article=articles["returns"])
    indexing.index_version(version.pk, now=NOW)
    look()
    assert found("link") == []


def test_a_heading_that_is_gone_breaks_the_links_to_it(write, articles):
    start = write("start", LINKED)
    look()
    change(articles["returns"], "All is new.\n\n## Money back\n\nWithin 5 days.")
    look()
    assert found("link") == ["Links to “returns#refunds”, and that heading is not there."]
    change(start, "See [our returns](article:returns#money-back).")
    look()
    assert found("link") == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("[x](article:nowhere)", "there is no such article"),
        ("[x](#nothing)", "that heading is not there"),
        ("[x](article:drafted)", "which readers of this article do not have"),
        ("[x](article:members)", "not everybody who reads this article may see"),
        ("[x](/help/{key}/en/nowhere/)", "there is no such article"),
        ("[x](article:tents#poles), [y](article:old-tents), [d](article:german)", ""),
        ("[z](https://x.example/help/a/en/b/), [m](mailto:a@b.example)", ""),
    ],
)
def test_each_way_to_lead_nowhere_is_told_and_what_leads_somewhere_is_not(site, shelf, write, articles, body, fault):
    publish.create_article(site=site, collection=shelf, slug="drafted", language="en", title="D", body="D")
    write("german", "Nur auf Deutsch.", language="de")
    members = write("members", "For members.")
    publish.save_draft(article=members, audience="logged_in")
    indexing.index_version(members.published_id, now=NOW)
    slugs.rename(article=articles["shipping"], slug="shipping-costs")
    slugs.rename(article=articles["tents"], slug="old-tents")
    slugs.rename(article=articles["tents"], slug="tents")
    write("start", body.format(key=site.key))
    look()
    assert [fault in told for told in found("link")] == ([True] if fault else [])


def test_an_article_that_comes_mends_the_links_that_waited_for_it(write):
    write("start", "[x](article:later)")
    look()
    assert len(found("link")) == 1
    write("later", "Here it is.")
    look()
    assert found("link") == []


# --- dates ----------------------------------------------------------------------------------------------------------


def test_an_article_past_its_review_date_is_found_until_it_has_another(articles):
    tents = articles["tents"]
    publish.save_draft(article=tents, review_on=NOW.date())
    look()
    assert found("review") == ["Its review date was Nov. 25, 2026."]
    publish.save_draft(article=tents, review_on=NOW.date() + timedelta(days=90))
    look()
    assert found("review") == []


def test_what_no_answer_cites_in_thirty_days_is_found_and_one_citation_is_enough(site, articles):
    look()
    later = NOW + timedelta(days=31)
    citations.cited(site=site, urls=[f"http://x.example/help/{site.key}/en/tents/"], today=NOW.date())
    citations.cited(site=site, urls=[f"/help/{site.key}/en/returns/?v=1#refunds"], today=NOW.date())
    look(later - timedelta(days=2))
    assert found("uncited") == []
    look(later)
    assert sorted(f.article.slug for f in Finding.objects.filter(kind="uncited")) == ["shipping", "tents"]


def test_a_citation_is_written_once_a_day(site, articles, django_assert_num_queries):
    url = f"/help/{site.key}/en/tents/"
    citations.cited(site=site, urls=[url, url], today=NOW.date())
    rows = Article.objects.filter(cited_on=NOW.date()).count()
    with django_assert_num_queries(1):
        citations.cited(site=site, urls=[url], today=NOW.date())
    assert rows == 1


# --- the list -------------------------------------------------------------------------------------------------------


def test_what_is_put_aside_stays_so_until_its_text_changes(write, curator):
    start = write("start", "First.\n\n## Links\n\nSee [x](article:nowhere) please.")
    look()
    care.put_aside(Finding.objects.get(), reason="It comes next week.", by=curator.user)
    change(start, "Other words first.\n\n## Links\n\nSee [x](article:nowhere) please.")
    look()
    assert Finding.objects.get().reason == "It comes next week."
    change(start, "Other words first.\n\n## Links\n\nDo see [x](article:nowhere).")
    look()
    assert Finding.objects.get().state == "open"


def test_only_what_has_changed_is_looked_at_again(articles):
    look()
    seen = Inspection.objects.values_list("article_id", "at")
    before = dict(seen.all())
    later = NOW + timedelta(hours=1)
    change(articles["tents"], "New.", now=later)
    assert care.progress(Site.objects.all()) == care.Progress(2, 3)
    look(later)
    assert {pk for pk, at in dict(seen.all()).items() if at != before[pk]} == {articles["tents"].pk}
    assert care.progress(Site.objects.all()) == care.Progress(3, 3)


def test_a_look_gives_way_and_goes_on_where_it_was(articles):
    assert care.look(now=NOW, seconds=0)
    assert Inspection.objects.count() == 0
    look()
    assert Inspection.objects.count() == 3


def test_a_look_takes_up_no_more_than_it_needs(articles, monkeypatch):
    monkeypatch.setattr(care, "_AT_ONCE", 2)
    assert care.look(now=NOW, seconds=60)
    assert Inspection.objects.count() == 2
    assert not care.look(now=NOW, seconds=60)
    assert Inspection.objects.count() == 3


def test_a_price_in_another_lands_notation_keeps_no_other_article_from_being_looked_at(write):
    write("a-price", "The big tent costs €1.299,00 in our German shop.")
    write("price-de", "Das große Zelt kostet $1,299.00 bei uns.", language="de")
    late = write("start", "[x](article:nowhere)")
    publish.save_draft(article=late, review_on=NOW.date())
    look()
    assert (len(found("link")), len(found("review")), Inspection.objects.count()) == (1, 1, 3)


def test_an_article_at_which_a_look_fails_is_put_off_and_the_others_are_looked_at(write, monkeypatch, caplog):
    write("bad", "[x](article:nowhere)")
    write("start", "[x](article:nowhere)")
    real = links.broken
    monkeypatch.setattr(links, "broken", lambda article: 1 / 0 if article.slug == "bad" else real(article))
    assert not care.look(now=NOW, seconds=60)
    assert [one.article.slug for one in Finding.objects.all()] == ["start"]
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    look(NOW + timedelta(hours=1))
    assert len(found("link")) == 1
    look(NOW + timedelta(hours=25))
    assert len(found("link")) == 2


def test_what_is_published_while_a_look_is_at_the_text_before_is_looked_at_next(write, monkeypatch):
    start = write("start", "[x](article:nowhere)")
    real = links.broken

    def meanwhile(article):
        found = real(article)
        monkeypatch.setattr(links, "broken", real)
        change(start, "No link any more.")
        return found

    monkeypatch.setattr(links, "broken", meanwhile)
    assert care.look(now=NOW, seconds=60)
    assert (found("link"), Inspection.objects.count()) == ([], 0)
    look()
    assert (found("link"), Inspection.objects.count()) == ([], 1)


def test_findings_of_a_withdrawn_article_go(write):
    start = write("start", "[x](article:nowhere)")
    look()
    publish.withdraw(article=start, by=None, now=NOW)
    look()
    assert not Finding.objects.exists()
    assert not Inspection.objects.exists()
