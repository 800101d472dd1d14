"""What holds between processes only: who is told what, who waits for whom, and what is found when nobody tells."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chat import broadcast, lifecycle
from knowledge import citations
from knowledge.models import Article, Collection
from supportsite.sites import limits
from supportsite.sites.alone import Alone
from supportsite.sites.limits import Buckets
from supportsite.sites.models import Site

QUESTION = "How long does delivery take?"


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection as another process has one."""
    told = connection.get_connection_params()
    known = ("dbname", "user", "host", "port", "password")
    with closing(psycopg.connect(**{name: told[name] for name in known if told.get(name)})) as other:
        yield other


def test_an_event_that_commits_after_one_with_a_higher_id_is_found(
    elsewhere: psycopg.Connection, transactional_db: None
) -> None:
    site = Site.objects.create(name="Northpine")
    late, early = [say(site, visitor * 32) for visitor in "ab"]
    watcher = broadcast.Watcher.from_now()
    column = 'kind, visible, role, author, author_name, digest, at, prev, body, floor, "case"'
    add = (
        f"INSERT INTO chat_event (conversation_id, seq, {column})"
        f" SELECT conversation_id, 7, {column} FROM chat_event WHERE conversation_id = %s LIMIT 1"
    )
    elsewhere.execute(add, [late])  # has its id, and is not committed
    with connection.cursor() as cursor:
        cursor.execute(add, [early])
    assert [wake["c"] for wake in watcher.look()] == [early]
    assert [wake["c"] for wake in watcher.look()] == [early]  # it waits for whoever was at it as that was seen
    elsewhere.commit()
    assert late in [wake["c"] for wake in watcher.look()]
    assert watcher.look() == []


def test_who_is_at_work_elsewhere_is_waited_for_or_left_alone(transactional_db: None) -> None:
    mine, theirs, order = Alone("a task"), Alone("a task"), []

    def work() -> None:
        with theirs:
            order.append("they")
        connection.close()

    with mine.tried() as ours:
        assert ours
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.3)
        order.append("we")
    thread.join(10)
    assert order == ["we", "they"]
    with theirs.tried() as ours:
        assert ours


def test_answers_that_cite_the_same_articles_do_not_wait_for_each_other(
    elsewhere: psycopg.Connection, transactional_db: None
) -> None:
    site = Site.objects.create(name="Northpine")
    shelf = Collection.objects.create(site=site, slug="all")
    today = timezone.now().date()
    tents, returns = (
        Article.objects.create(site=site, collection=shelf, slug=slug, title=slug) for slug in ("tents", "returns")
    )
    elsewhere.execute("UPDATE knowledge_article SET cited_on = %s WHERE id = %s", [today, tents.pk])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        citations.cited(site=site, urls=[f"/help/{site.key}/en/{slug}/" for slug in ("returns", "tents")], today=today)
    assert list(Article.objects.filter(cited_on=today)) == [returns]
    elsewhere.commit()
    assert Article.objects.filter(cited_on=today).count() == 2


def test_of_two_at_a_task_the_second_does_nothing(transactional_db: None) -> None:
    mine, theirs, said = Alone("another task"), Alone("another task"), []

    def work() -> None:
        with theirs.tried() as ours:
            said.append(ours)
        connection.close()

    with mine.tried():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10)
    assert said == [False]


def test_what_another_process_counted_counts_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_shared", {})
    buckets, told = Buckets(capacity=3, per_second=0.001, name="test"), []
    monkeypatch.setattr(limits, "_tell_others", told.append)
    assert not buckets.take("v", time.monotonic())
    assert told == [{"name": "test", "key": "v", "taken": 1}]
    for _ in range(2):
        limits.heard(told[0])
    assert buckets.take("v", time.monotonic()) > 0
    limits.heard({"name": "test", "key": "v", "taken": 0})
    assert not buckets.take("v", time.monotonic())


def test_these_tests_are_what_they_say() -> None:
    assert connection.vendor == "postgresql"
    assert settings.TANDEM.is_shared


def say(site: Site, visitor_id: str) -> int:
    done = lifecycle.post_message(site=site, visitor_id=visitor_id, client_id="1", text=QUESTION, now=timezone.now())
    assert done.conversation_id
    return done.conversation_id


def test_a_text_that_the_database_cannot_keep_is_looked_for_in_vain_and_breaks_nothing(db: None) -> None:
    assert not Site.objects.filter(name="North\0pine").exists()
    site = Site.objects.create(name="North\0pine", url="https://shop.example")
    assert Site.objects.get(pk=site.pk).name == "North\ufffdpine"
