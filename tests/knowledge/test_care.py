"""What keeps a help centre right over time: planned publishing, reviews, languages, bulk changes, export."""

import io
import json
import zipfile
from datetime import date, timedelta

import pydantic
import pytest
from django.core import mail
from django.test import Client

from knowledge import importing, publish, reviews, schedule, slugs
from knowledge.models import Article
from knowledge.translations import State, is_outdated, rows, source_of
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.knowledge.test_admin import LIST, address, form

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def chosen(desk: Client, action: str, articles, **fields: object):
    """The list's answer to an action."""
    numbers = [article.pk for article in articles]
    return desk.post(LIST, {"action": action, "_selected_action": numbers, **fields}, follow=True)


# --- planned publishing ---------------------------------------------------------------------------------------------


def test_a_draft_is_published_when_its_time_has_come(articles, curator, now):
    tents = articles["tents"]
    publish.save_draft(article=tents, title="Tents", body="New.")
    Article.objects.filter(pk=tents.pk).update(publish_at=now, publish_by=curator.user)
    assert schedule.publish_due(now=now - timedelta(seconds=1)) == 0
    assert schedule.publish_due(now=now) == 1
    assert schedule.publish_due(now=now) == 0
    tents.refresh_from_db()
    assert (tents.published.body, tents.published.published_by, tents.publish_at) == ("New.", curator.user, None)


def test_an_empty_draft_does_not_hold_up_the_others(articles, now):
    Article.objects.filter(slug="returns").update(body="", publish_at=now)
    Article.objects.filter(slug="tents").update(body="New.", publish_at=now)
    assert schedule.publish_due(now=now) == 1
    assert not Article.objects.filter(publish_at__isnull=False).exists()


def test_the_curator_plans_it_in_the_form_and_publishing_now_ends_the_plan(desk, articles, curator):
    tents = articles["tents"]
    html = desk.post(address(tents), form(tents, body="New.", publish_at="2099-01-01T10:00", _save="1"), follow=True)
    assert "It will be published on" in html.content.decode()
    tents.refresh_from_db()
    assert (tents.publish_at.year, tents.publish_by, tents.published.number) == (2099, curator.user, 1)
    assert "planned for" in desk.get(LIST).content.decode()
    desk.post(address(tents), form(tents, publish_at="2099-01-01T10:00", _publish="1"))
    tents.refresh_from_db()
    assert (tents.publish_at, tents.published.number) == (None, 2)


def test_a_time_that_is_past_is_refused(desk, articles):
    answer = desk.post(address(articles["tents"]), form(articles["tents"], publish_at="2020-01-01T10:00", _save="1"))
    assert "This time is past." in answer.content.decode()


# --- reviews --------------------------------------------------------------------------------------------------------


@pytest.fixture
def post_office(settings) -> None:
    """E-mail is set up."""
    settings.TANDEM = settings.TANDEM.model_copy(update={"smtp_url": pydantic.SecretStr("smtp://mail.example")})


def test_an_owner_gets_one_letter_for_each_review(site, articles, curator, post_office):
    curator.user.email = "carla@example.com"
    curator.user.save()
    Article.objects.filter(slug__in=("tents", "returns")).update(owner=curator, review_on=TODAY)
    assert reviews.remind(today=TODAY - timedelta(days=1)) == 0
    assert reviews.remind(today=TODAY) == 1
    assert reviews.remind(today=TODAY) == 0
    (letter,) = mail.outbox
    assert letter.to == ["carla@example.com"]
    assert letter.subject == "2 articles are due for review"
    assert "- Tents" in letter.body
    Article.objects.filter(slug="tents").update(review_on=TODAY + timedelta(days=30))
    assert reviews.remind(today=TODAY + timedelta(days=30)) == 1


def test_no_letter_leaves_where_no_mail_is_set_up(articles, curator):
    curator.user.email = "carla@example.com"
    curator.user.save()
    Article.objects.update(owner=curator, review_on=TODAY)
    assert reviews.remind(today=TODAY) == 0
    assert mail.outbox == []


def test_what_is_due_is_a_list_in_the_admin(desk, articles):
    Article.objects.filter(slug="tents").update(review_on=date(2020, 1, 1))
    html = desk.get(LIST + "?review=due").content.decode()
    assert ">Tents</a>" in html
    assert ">Returns</a>" not in html
    assert "<strong>1</strong> past their review date" in desk.get("/admin/").content.decode()


# --- languages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def german(write, articles) -> Article:
    """The German text of one of the articles."""
    return write("tents", "Trocknen Sie das Zelt.", language="de", title="Zelte")


def test_a_translation_is_outdated_once_its_source_says_something_else(articles, german, now):
    assert source_of(german) == articles["tents"]
    assert not is_outdated(german, articles["tents"])
    publish.save_draft(article=articles["tents"], title="Tents", body="Burn the tent.")
    publish.publish(article=articles["tents"], by=None, now=now + timedelta(days=1))
    assert is_outdated(german, source_of(german))


def test_a_question_more_does_not_outdate_the_translations(articles, german, now):
    publish.add_question(article=articles["tents"], question="Mould?", by=None, now=now + timedelta(days=1))
    assert not is_outdated(german, source_of(german))


def test_languages_stand_side_by_side(desk, site, articles, german):
    table = {row.slug: {cell.language: cell.state for cell in row.cells}
             for row in rows(site, ["tents", "returns"], ["en", "de"])}  # fmt: skip
    assert table == {
        "tents": {"en": State.PUBLISHED, "de": State.PUBLISHED},
        "returns": {"en": State.PUBLISHED, "de": State.MISSING},
    }
    html = desk.get(LIST + "languages/").content.decode()
    assert f'href="/admin/knowledge/article/add/?source={articles["returns"].pk}&amp;language=de"' in html


def test_a_translation_begins_as_its_source_and_follows_it(desk, articles, now):
    source = articles["returns"]
    start = f"{LIST}add/?source={source.pk}&language=de"
    html = desk.get(start).content.decode()
    assert "You can return unused items" in html
    assert 'value="returns"' in html
    fields = {"title": "Rückgabe", "body": "30 Tage.", "site": source.site_id, "collection": source.collection_id}
    desk.post(start, fields | {"slug": "returns", "language": "de", "region": "", "source": source.pk, "_publish": "1"})
    made = Article.objects.get(language="de")
    assert made.translated_from == source.published
    publish.save_draft(article=source, title="Returns", body="60 days.")
    publish.publish(article=source, by=None, now=now + timedelta(days=1))
    html = desk.get(address(made)).content.decode()
    assert "which this translates, has changed" in html
    desk.post(address(made), form(made, body="60 Tage.", follows="on", _publish="1"))
    assert "which this translates, has changed" not in desk.get(address(made)).content.decode()


def test_a_translation_of_somebody_elses_article_begins_empty(other_site, articles):
    elsewhere = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    html = elsewhere.get(f"{LIST}add/?source={articles['returns'].pk}&language=de").content.decode()
    assert "You can return unused items" not in html


def test_a_new_address_holds_for_every_language(desk, articles, german):
    desk.post(address(german), form(german, slug="zelte", _save="1"))
    both = Article.objects.filter(pk__in=(german.pk, articles["tents"].pk))
    assert set(both.values_list("slug", flat=True)) == {"zelte"}
    assert slugs.now_of(german.site, "tents") == "zelte"


def test_an_address_of_another_article_is_refused_at_its_field(desk, articles):
    html = desk.post(address(articles["tents"]), form(articles["tents"], slug="returns", _save="1")).content.decode()
    assert "Another article has this address" in html


# --- many at once ---------------------------------------------------------------------------------------------------


def test_many_are_published_and_the_one_without_text_is_named(desk, articles):
    Article.objects.filter(slug="returns").update(body="")
    Article.objects.filter(slug="tents").update(body="New.")
    html = chosen(desk, "publish_chosen", articles.values()).content.decode()
    assert "2 articles are published." in html
    assert "Returns: The article has no text yet." in html
    assert Article.objects.get(slug="tents").published.body == "New."


def test_many_are_withdrawn_with_one_reason(desk, articles):
    two = [articles["tents"], articles["returns"]]
    html = chosen(desk, "withdraw_chosen", two).content.decode()
    assert "Withdraw these articles" in html
    assert Article.objects.filter(published__isnull=True).count() == 0
    html = chosen(desk, "withdraw_chosen", two, apply="1", because="Recall").content.decode()
    assert "2 articles are withdrawn." in html
    assert set(Article.objects.filter(withdrawn_because="Recall").values_list("slug", flat=True)) == {
        "tents",
        "returns",
    }


def test_many_are_filed_anew(desk, site, articles, curator):
    other = site.collections.create(slug="care", titles={"en": "Care"})
    fields = {"apply": "1", "collection": other.pk, "owner": curator.pk, "review_on": "2027-01-01", "add_tags": "a, b"}
    html = chosen(desk, "change_chosen", articles.values(), **fields).content.decode()
    assert "3 articles are changed." in html
    tents = Article.objects.get(slug="tents")
    assert (tents.collection, tents.owner, tents.review_on) == (other, curator, date(2027, 1, 1))
    assert [tag.name for tag in tents.tags.all()] == ["a", "b"]
    assert tents.published.indexed_at is None
    chosen(desk, "change_chosen", [tents], apply="1", remove_tags="a")
    assert [tag.name for tag in tents.tags.all()] == ["b"]


def test_somebody_elses_articles_are_not_touched(other_site, articles):
    elsewhere = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    chosen(elsewhere, "withdraw_chosen", articles.values(), apply="1")
    assert Article.objects.filter(published__isnull=True).count() == 0
    assert exported(elsewhere) == {"articles.jsonl": b""}


def test_nothing_is_deleted_from_the_list(desk, articles):
    assert "delete_selected" not in desk.get(LIST).content.decode()


def exported(browser):
    """The files in the .zip that somebody is given."""
    with zipfile.ZipFile(io.BytesIO(browser.get(LIST + "export/").getvalue())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- export ---------------------------------------------------------------------------------------------------------


def test_an_export_can_be_imported_and_changes_nothing(desk, site, articles, german, tmp_path, now):
    publish.save_draft(article=articles["tents"], title="Tents", body="Half-written")
    file = tmp_path / "articles.jsonl"
    file.write_bytes(exported(desk)["articles.jsonl"])
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {(row["id"], row["language"], row["state"]) for row in lines} == {
        ("returns", "en", "published"), ("shipping", "en", "published"), ("tents", "en", "published"),
        ("tents", "de", "published"),
    }  # fmt: skip
    assert (
        next(row for row in lines if row["id"] == "tents" and row["language"] == "en")["draft"]["body"]
        == "Half-written"
    )
    before = {article.pk: article.published_id for article in Article.objects.all()}
    importing.store(importing.read(file), site=site, now=now)
    assert {article.pk: article.published_id for article in Article.objects.all()} == before
