"""Readers see what was published, and only that; every version stays."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from knowledge import checks, publish, schedule, split
from knowledge.models import Article, Collection, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, list[int]]]:
    """The tasks that were rung."""
    calls: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(publish.current_app, "send_task", lambda name, args=(): calls.append((name, list(args))))
    return calls


@pytest.fixture
def article(site, shelf) -> Article:
    """A draft."""
    return publish.create_article(
        site=site,
        collection=shelf,
        slug="returns",
        language="en",
        title="Returns",
        body="30 days.\n\n## Costs\n\nNone.",
    )


def test_a_draft_is_seen_by_nobody(article):
    assert article.published is None
    assert not Version.objects.exists()


def test_publishing_keeps_the_text_as_a_version_with_its_sections(article, curator, now):
    version = publish.publish(article=article, by=curator.user, now=now)
    assert (version.number, version.title, version.published_by) == (1, "Returns", curator.user)
    assert [s.heading for s in version.sections.all()] == ["", "Costs"]
    article.refresh_from_db()
    assert article.published == version


def test_the_draft_changes_and_the_version_does_not(article, now):
    version = publish.publish(article=article, by=None, now=now)
    publish.save_draft(article=article, title="Returns", body="60 days.")
    version.refresh_from_db()
    assert version.body.startswith("30 days.")


def test_publishing_the_same_text_again_makes_no_version(article, now):
    first = publish.publish(article=article, by=None, now=now)
    assert publish.publish(article=article, by=None, now=now) == first
    assert article.versions.count() == 1


def test_undo_publishes_the_older_text_as_the_newest_version(article, now):
    publish.publish(article=article, by=None, now=now)
    publish.save_draft(article=article, title="Returns", body="60 days.")
    publish.publish(article=article, by=None, now=now)
    version = publish.undo(article=article, to_number=1, by=None, now=now)
    article.refresh_from_db()
    assert (version.number, version.body[:7]) == (3, "30 days")
    assert (article.published, article.body[:7]) == (version, "30 days")


def test_undo_leaves_a_draft_alone_that_somebody_is_writing(article, now):
    publish.publish(article=article, by=None, now=now)
    publish.save_draft(article=article, body="60 days.")
    publish.publish(article=article, by=None, now=now)
    publish.save_draft(article=article, body="Three hours of work.")
    version = publish.undo(article=article, to_number=1, by=None, now=now)
    assert (article.published, version.body[:7], article.body) == (version, "30 days", "Three hours of work.")
    assert Article.objects.get(pk=article.pk).body == "Three hours of work."


def test_what_was_read_is_published_and_nothing_that_was_saved_since(article, now):
    read = article.revision
    publish.save_draft(article=Article.objects.get(pk=article.pk), body="Half a sent")
    with pytest.raises(publish.StaleDraft) as stale:
        publish.publish(article=article, by=None, now=now, revision=read)
    assert stale.value.article.body == "Half a sent"
    assert not Version.objects.exists()


@pytest.fixture
def writes_during_checks(monkeypatch) -> None:
    """While checks are made, a colleague saves half a sentence, once."""
    real, done = checks.faults, list[bool]()

    def faults(article: Article, **text: object) -> list[str]:
        if not done:
            done.append(True)
            publish.save_draft(article=Article.objects.get(pk=article.pk), body="Half a sent")
        return real(article, **text)

    monkeypatch.setattr(checks, "faults", faults)


def test_what_is_saved_during_the_checks_is_not_published(article, now, writes_during_checks):
    with pytest.raises(publish.StaleDraft):
        publish.publish(article=article, by=None, now=now)
    assert not Version.objects.exists()


def test_a_planned_draft_that_is_being_written_goes_out_at_the_next_look(article, now, writes_during_checks):
    publish.save_draft(article=article, publish_at=now)
    assert schedule.publish_due(now=now) == 0
    assert schedule.publish_due(now=now) == 1
    assert Version.objects.get().body == "Half a sent"


def test_publishing_from_the_editor_shows_both_texts_where_a_colleague_saved_meanwhile(
    desk, article, writes_during_checks
):
    fields = {"title": "Returns", "body": "Ninety days.", "collection": article.collection_id, "language": "en"}
    html = desk.post(
        f"/admin/knowledge/article/{article.pk}/change/", fields | {"_publish": "1"}, follow=True
    ).content.decode()
    assert "Two versions of this draft" in html
    assert "Ninety days.</textarea>" in html
    assert "<del>Half" in html
    kept = Article.objects.get(pk=article.pk)
    assert (kept.body, kept.published, f'name="revision" value="{kept.revision}"' in html) == (
        "Half a sent",
        None,
        True,
    )


def test_a_new_article_that_a_colleague_found_at_once_is_not_made_twice(desk, site, shelf, writes_during_checks):
    fields = {"title": "Kayaks", "body": "Two.", "site": site.pk, "collection": shelf.pk, "slug": "kayaks"}
    html = desk.post("/admin/knowledge/article/add/", fields | {"language": "en", "_publish": "1"}).content.decode()
    assert "Two versions of this draft" in html
    assert [(one.body, one.published) for one in Article.objects.filter(slug="kayaks")] == [("Half a sent", None)]


def test_of_many_the_one_that_is_being_written_is_named(desk, article, writes_during_checks):
    chosen = {"action": "publish_chosen", "_selected_action": [article.pk]}
    html = desk.post("/admin/knowledge/article/", chosen, follow=True).content.decode()
    assert "Returns: Somebody else has saved this draft meanwhile." in html
    assert not Version.objects.exists()


def test_undo_to_a_version_that_never_was_changes_nothing(article, now):
    publish.publish(article=article, by=None, now=now)
    with pytest.raises(publish.NothingToPublish):
        publish.undo(article=article, to_number=7, by=None, now=now)
    assert article.versions.count() == 1


def test_a_withdrawn_article_keeps_its_history_and_comes_back_as_a_new_version(article, now):
    publish.publish(article=article, by=None, now=now)
    publish.withdraw(article=article, by=None, now=now)
    publish.withdraw(article=article, by=None, now=now)
    article.refresh_from_db()
    assert article.published is None
    assert publish.publish(article=article, by=None, now=now).number == 2


def test_an_empty_article_is_not_published(site, shelf, now):
    article = publish.create_article(site=site, collection=shelf, slug="x", language="en", title="X", body=" \n")
    with pytest.raises(publish.NothingToPublish):
        publish.publish(article=article, by=None, now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 201), ("title", "a\0b"), ("body", "\ud800"), ("slug", "no spaces"),
        ("language", "English"), ("region", "uk"), ("region", "EUROPEAN-UNION"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(site, shelf, field, value):
    fields = {"slug": "returns", "language": "en", "region": "", "title": "Returns", "body": "x"} | {field: value}
    with pytest.raises(ValidationError) as error:
        publish.create_article(site=site, collection=shelf, **fields)
    assert field in error.value.message_dict
    assert not Article.objects.exists()


def test_a_variant_exists_once(article, site, shelf):
    with pytest.raises(ValidationError):
        publish.create_article(site=site, collection=shelf, slug="returns", language="en", title="Again", body="x")


def test_a_collection_of_another_site_is_refused(site, other_site):
    foreign = Collection.objects.create(site=other_site, slug="x", titles={"en": "X"})
    with pytest.raises(ValidationError) as error:
        publish.create_article(site=site, collection=foreign, slug="a", language="en", title="A", body="x")
    assert "collection" in error.value.message_dict


def test_the_indexer_is_woken_after_the_commit_and_not_before(article, now, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        version = publish.publish(article=article, by=None, now=now)
        assert rung == []
    assert rung == [("knowledge.index_version", [version.pk])]


def test_a_broker_that_is_away_does_not_stop_publishing(article, now, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(publish.current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        publish.publish(article=article, by=None, now=now)
    with pytest.raises(ConnectionError):
        callbacks[0]()
    article.refresh_from_db()
    assert article.published is not None
    assert article.published.indexed_at is None


@pytest.mark.django_db(transaction=True)
def test_a_long_text_is_cut_while_others_can_write(article, now, monkeypatch):
    real, held = split.parser, list[bool]()
    monkeypatch.setattr(split, "parser", lambda: held.append(connection.in_atomic_block) or real())
    publish.publish(article=article, by=None, now=now)
    publish.publish(article=article, by=None, now=now)
    publish.save_draft(article=article, body="60 days.")
    publish.publish(article=article, by=None, now=now)
    publish.undo(article=article, to_number=1, by=None, now=now)
    version = publish.add_question(article=article, question="How long may I keep it?", by=None, now=now)
    assert version is not None
    assert [section.heading for section in version.sections.all()] == ["", "Costs", ""]
    assert held == [False] * 4


def test_sections_of_a_draft_that_is_another_by_now_are_not_taken(article, now):
    read = Article.objects.get(pk=article.pk)
    publish.save_draft(article=article, body="60 days.")
    version = publish.publish(article=read, by=None, now=now, pieces=[split.Piece("", "", "30 days.")])
    assert [section.text for section in version.sections.all()] == ["60 days."]
