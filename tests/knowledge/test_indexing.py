"""What is published is found, by Chroma as by the rows; a crash in between is made good."""

import pytest

from knowledge import editions, embed, index, index_check, indexing, publish, search, tasks
from knowledge.embed import E5, MINILM
from knowledge.models import Article, Audience, Collection, Section, Vector
from knowledge.shelf import Label, Shelf

from .conftest import RETURNS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]


def current_ids(article) -> set[int]:
    """The sections of the published version."""
    return set(Section.objects.filter(version_id=article.published_id).values_list("pk", flat=True))


def on_shelf(article, model: str = MINILM) -> set[int]:
    """The sections that the index holds in the article's language."""
    return index.current().ids(Shelf(article.site_id, article.language, model, editions.live(article.site_id).pk))


def filed(site) -> set[Label]:
    """What the index's entries are filtered by."""
    return set(index.current().labels(Shelf(site.pk, "en", MINILM, editions.live(site.pk).pk)).values())


def republish(article, body: str, now):
    """A new version, not yet indexed."""
    publish.save_draft(article=article, title=article.title, body=body)
    return publish.publish(article=article, by=None, now=now)


def test_an_english_section_is_found_by_both_models(articles):
    expected = set().union(*(current_ids(article) for article in articles.values()))
    assert on_shelf(articles["returns"], MINILM) == on_shelf(articles["returns"], E5) == expected


def test_another_language_is_found_by_e5_alone(write):
    german = write("versand", "Ein Paket kostet 4,90 Euro.", language="de")
    assert on_shelf(german, E5) == current_ids(german)
    assert on_shelf(german, MINILM) == set()


def test_the_new_version_takes_the_place_of_the_old(articles, now):
    article = articles["returns"]
    before = current_ids(article)
    version = republish(article, "Everything may come back within 90 days.", now)
    indexing.index_version(version.pk, now=now)
    assert current_ids(article) <= on_shelf(article)
    assert not before & on_shelf(article)
    version.refresh_from_db()
    assert version.indexed_at == now


def test_an_unchanged_section_is_not_embedded_again(articles, now, monkeypatch):
    version = republish(articles["returns"], RETURNS + "\n\n## Gifts\n\nGifts come back as a voucher.", now)
    texts: list[str] = []
    minilm = embed.named(MINILM)
    real = type(minilm).matrix

    def counting(self, given, kind):
        texts.extend(given)
        return real(self, given, kind)

    monkeypatch.setattr(type(minilm), "matrix", counting)
    indexing.index_version(version.pk, now=now)
    assert texts == ["Returns\nGifts\nGifts come back as a voucher."]


def test_indexing_twice_changes_nothing(articles, now):
    article = articles["returns"]
    vectors = Vector.objects.count()
    indexing.index_version(article.published_id, now=now)
    assert Vector.objects.count() == vectors
    assert index_check.differences(article.site) == []


def test_an_old_version_that_is_indexed_late_does_not_come_back(articles, now):
    article = articles["returns"]
    old = article.published_id
    version = republish(article, "New text.", now)
    indexing.index_version(version.pk, now=now)
    indexing.index_version(old, now=now)
    assert current_ids(article) <= on_shelf(article)
    assert index_check.differences(article.site) == []


def test_a_withdrawn_article_leaves_the_index(articles, now):
    article = articles["returns"]
    version = article.published_id
    publish.withdraw(article=article, by=None, now=now)
    indexing.index_version(version, now=now)
    assert index_check.differences(article.site) == []
    assert not on_shelf(article) & set(Section.objects.filter(version_id=version).values_list("pk", flat=True))


def test_the_sweep_finds_what_was_never_indexed(articles, now):
    version = republish(articles["returns"], "Kayaks may come back within 400 days.", now)
    assert list(indexing.due()) == [version]
    tasks.sweep_index()
    assert not indexing.due().exists()
    found = search.find(site=articles["returns"].site, question="When can kayaks come back?", language="en")
    assert "400 days" in found.passages[0].text


def test_the_sweep_gives_way_after_its_time(articles, now):
    republish(articles["returns"], "One.", now)
    republish(articles["tents"], "Two.", now)
    assert indexing.sweep(now=now, seconds=0) is True
    assert indexing.due().count() == 2


def test_a_version_whose_vectors_were_stored_before_the_crash_is_finished(articles, now):
    version = republish(articles["returns"], "Half done.", now)
    indexing.vectors_of(MINILM, list(version.sections.all()))
    indexing.sweep(now=now, seconds=60)
    assert index_check.differences(articles["returns"].site) == []
    assert current_ids(articles["returns"]) <= on_shelf(articles["returns"], E5)


def test_what_the_index_lost_is_put_back_from_the_rows_without_a_model(articles, site, monkeypatch):
    article = articles["returns"]
    lost = sorted(current_ids(article))
    shelf = Shelf(site.pk, "en", MINILM, editions.live(site.pk).pk)
    stray = index.current().query(shelf, embed.named(MINILM).matrix(["x"], "query")[0], 1)[0][0]
    index.current().delete(shelf, lost)
    index.current().upsert(shelf, [999_999], embed.named(MINILM).matrix(["stray"], "query"), [indexing.Label()])
    assert len(index_check.differences(site)) == 2
    monkeypatch.setattr(indexing, "named", lambda model: pytest.fail("embedded again"))
    indexing.mend(site)
    assert index_check.differences(site) == []
    assert stray in index.current().ids(shelf) or stray not in lost


def test_a_collection_with_another_slug_is_found_by_that(articles, site, desk, now):
    assert index_check.differences(site) == []
    collection = articles["returns"].collection
    form = {"slug": "buying", "position": "0", "title_en": "Buying"}
    assert desk.post(f"/admin/knowledge/collection/{collection.pk}/change/", form).status_code == 302
    indexing.sweep(now=now, seconds=60)
    assert filed(site) == {Label("", "buying")}
    assert index_check.differences(site) == []


def test_what_is_filed_otherwise_than_its_article_is_a_difference_until_it_is_mended(articles, site, monkeypatch):
    Collection.objects.update(slug="buying")
    assert [line.partition(": ")[2] for line in index_check.differences(site)] == [
        "6 entries are filed otherwise than their articles"
    ] * 2
    monkeypatch.setattr(indexing, "named", lambda model: pytest.fail("embedded again"))
    indexing.mend(site)
    assert filed(site) == {Label("", "buying")}
    assert index_check.differences(site) == []


def test_what_is_filed_otherwise_while_it_is_indexed_stays_due(articles, now, monkeypatch):
    article, real = articles["returns"], indexing._place_words

    def meanwhile(*given):
        real(*given)
        if Article.objects.get(pk=article.pk).audience == Audience.EVERYONE:
            publish.save_draft(article=article, audience=Audience.LOGGED_IN)

    monkeypatch.setattr(indexing, "_place_words", meanwhile)
    indexing.index_version(article.published_id, now=now)
    assert [version.article for version in indexing.due()] == [article]
    indexing.sweep(now=now, seconds=60)
    assert not indexing.due().exists()
    assert filed(article.site) == {Label("", "orders"), Label("", "orders", Audience.LOGGED_IN)}


def test_an_owner_that_starts_with_an_empty_folder_fills_it(articles, site, settings, tmp_path, monkeypatch):
    index.disown()
    settings.VAR = tmp_path / "moved"
    assert index.own()
    monkeypatch.setattr(index_check, "_mended_as_owner", False)
    index_check.mend_once()
    assert index_check.differences(site) == []
    assert len(on_shelf(articles["returns"])) == 6


def test_ensuring_makes_english_findable_and_leaves_the_rest_to_the_sweep(site, shelf, now):
    for slug, language in (("returns", "en"), ("ruecksendung", "de")):
        article = publish.create_article(
            site=site, collection=shelf, slug=slug, language=language, title="Returns", body=RETURNS
        )
        publish.publish(article=article, by=None, now=now)
    indexing.ensure(site)
    assert len(index.current().ids(Shelf(site.pk, "en", MINILM, editions.live(site.pk).pk))) == 2
    assert index.current().ids(Shelf(site.pk, "de", E5, editions.live(site.pk).pk)) == set()
    assert [v.article.language for v in indexing.due()] == ["de", "en"]


def test_another_process_cannot_own_the_folder_and_searches_the_rows(articles, site, tmp_path):
    assert index._lock(tmp_path / "chroma.lock") is None
    index.disown()
    assert not index.owned()
    assert len(on_shelf(articles["returns"])) == 6
    found = search.find(site=site, question="How long can I return things?", language="en")
    assert found.passages[0].slug == "returns"


def test_the_rows_are_read_again_when_another_process_publishes(articles, site, now):
    index.disown()
    assert len(on_shelf(articles["returns"])) == 6
    version = republish(articles["returns"], "One section.", now)
    indexing.index_version(version.pk, now=now)
    assert len(on_shelf(articles["returns"])) == 5
