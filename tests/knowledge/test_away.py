"""Chroma's server goes away and comes back: customers read answers all the while, and nothing published is lost."""

import time

import pytest

from knowledge import editions, embed, index, index_check, indexing, publish, search, tasks
from knowledge.embed import E5, MINILM
from knowledge.shelf import Shelf
from tests.chroma_server import ChromaServer

from .conftest import RETURNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, tmp_path, monkeypatch):
    """Chroma's server, which this process writes and searches."""
    server = ChromaServer(tmp_path / "chroma-server")
    server.start()
    settings.VAR = tmp_path
    settings.TANDEM = settings.TANDEM.model_copy(update={"chroma_url": server.url})
    monkeypatch.setattr(index_check, "_mended_as_owner", True)
    assert index.own()
    yield server
    index.disown()
    server.kill()


def asked(site, question: str = "How much does a parcel cost?") -> search.Found:
    return search.find(site=site, question=question, language="en")


def republish(article, body: str, now) -> None:
    publish.save_draft(article=article, body=body)
    indexing.index_version(publish.publish(article=article, by=None, now=now).pk, now=now)


def held(site, model: str) -> set[int]:
    return index.current().ids(Shelf(site.pk, "en", model, editions.live(site.pk).pk))


def test_answers_come_from_the_rows_while_it_is_away_and_from_it_again_when_it_is_back(server, site, articles, now):
    assert asked(site).searched == "chroma"
    before = asked(site).passages[0]
    server.kill()
    away = asked(site)
    assert (away.searched, away.passages[0]) == ("rows", before)

    republish(articles["shipping"], "A parcel costs 7 euros to every country.", now)
    assert "7 euros" in asked(site).passages[0].text, "what is published meanwhile is found"
    assert [version.article for version in indexing.due()] == [articles["shipping"]], "its writing waits"
    tasks.sweep_index()
    assert indexing.due().exists()

    server.start()
    tasks.sweep_index()
    found = asked(site)
    assert (found.searched, found.passages[0].text) == ("chroma", "A parcel costs 7 euros to every country.")
    assert not indexing.due().exists()
    assert index_check.differences(site) == []


def test_one_that_comes_back_empty_is_filled_without_a_model(server, site, articles, tmp_path, monkeypatch):
    server.kill()
    assert asked(site).searched == "rows"
    server.folder = tmp_path / "another"
    server.start()
    monkeypatch.setattr(indexing, "named", lambda model: pytest.fail("embedded again"))
    tasks.sweep_index()
    assert asked(site).searched == "chroma"
    assert len(held(site, MINILM)) == len(held(site, E5)) == 6


def test_one_that_takes_questions_and_answers_none_costs_one_question_a_second(server, site, articles):
    embed.question_vectors(["How much does a parcel cost?"], [MINILM, E5])
    server.freeze()
    began = time.monotonic()
    assert asked(site).searched == "rows"
    assert index.ASK_SECONDS <= time.monotonic() - began < index.ASK_SECONDS + 2
    began = time.monotonic()
    assert asked(site).searched == "rows"
    assert time.monotonic() - began < index.ASK_SECONDS / 2


def test_one_that_was_never_there_is_no_reason_not_to_start(settings, site, tmp_path, write):
    settings.VAR = tmp_path
    settings.TANDEM = settings.TANDEM.model_copy(update={"chroma_url": ChromaServer(tmp_path).url})
    assert index.own()
    try:
        write("returns", RETURNS)
        indexing.ensure(site)
        found = asked(site, "How long can I return things?")
        assert (found.searched, found.passages[0].slug) == ("rows", "returns")
    finally:
        index.disown()
