"""What is planned for a draft stays planned, whatever else happens to the article meanwhile."""

from datetime import timedelta

import pytest

from knowledge import publish, schedule
from knowledge.models import Article
from tests.knowledge.test_admin import address, form

pytestmark = pytest.mark.django_db
IN_THREE_DAYS = timedelta(days=3)


@pytest.fixture
def planned(write, curator, now) -> Article:
    """Published twice, with a third text for a later day."""
    article = write("returns", "30 days.")
    publish.save_draft(article=article, body="31 days.")
    publish.publish(article=article, by=None, now=now)
    plan = {"publish_at": now + IN_THREE_DAYS, "publish_by": curator.user}
    publish.save_draft(article=article, body="60 days from Monday on.", **plan)
    return article


def add_a_question(article: Article, now) -> None:
    publish.add_question(article=article, question="how long can I send it back", by=None, now=now)


def go_back(article: Article, now) -> None:
    publish.undo(article=article, to_number=1, by=None, now=now)


@pytest.mark.parametrize("happens", [add_a_question, go_back])
def test_it_goes_out_all_the_same(planned, now, happens):
    happens(planned, now)
    assert schedule.publish_due(now=now + IN_THREE_DAYS) == 1
    planned.refresh_from_db()
    assert planned.published.body == "60 days from Monday on."
    assert planned.publish_at is None


def test_it_stays_planned_when_it_is_brought_back(planned, curator, now):
    publish.withdraw(article=planned, by=None, now=now)
    publish.save_draft(article=planned, publish_at=now + IN_THREE_DAYS, publish_by=curator.user)
    publish.bring_back(article=planned)
    planned.refresh_from_db()
    assert planned.publish_at == now + IN_THREE_DAYS


def test_why_it_was_held_back_stays_until_it_is_planned_anew_or_published(desk, planned, now):
    Article.objects.filter(pk=planned.pk).update(held_back_because="golden", publish_at=None)
    add_a_question(planned, now)
    planned.refresh_from_db()
    assert planned.held_back_because == "golden"
    desk.post(address(planned), form(planned, body="90 days.", publish_at="2099-01-01T10:00", _save="1"))
    assert "planned for" in desk.get("/admin/knowledge/article/").content.decode()
    planned.refresh_from_db()
    assert not planned.held_back_because
    Article.objects.filter(pk=planned.pk).update(held_back_because="golden")
    planned.refresh_from_db()
    publish.publish(article=planned, by=None, now=now)
    planned.refresh_from_db()
    assert (planned.held_back_because, planned.publish_at) == ("", None)
