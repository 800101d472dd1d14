"""The description of the API: right for many who ask at once, and made once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from supportsite import schema

ADDRESS = "/api/v1/schema/"


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """How often it is made, in a process where nobody has asked yet."""
    monkeypatch.setattr(schema, "_made", {})
    times: list[str] = []
    make = SchemaGenerator.get_schema

    def counted(self, *args, **kwargs):
        times.append("made")
        return make(self, *args, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", counted)
    return times


def ask(address: str = ADDRESS) -> tuple[int, bytes]:
    """Status and body of one request."""
    answer = Client(raise_request_exception=False).get(address)
    return answer.status_code, answer.content


def test_whoever_asks_at_the_same_time_gets_the_same(made):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: ask(), range(16)))
    assert {status for status, _body in answers} == {200}
    assert len({body for _status, body in answers}) == 1
    assert made == ["made"]


def test_a_strangers_words_make_no_other(made):
    for words in ("", "?version=x", "?lang=tlh", "?lang=../etc", "?x=1"):
        assert ask(ADDRESS + words)[0] == 200
    assert made == ["made"]


def test_it_comes_as_json_too(made, client):
    answer = client.get(ADDRESS, HTTP_ACCEPT="application/json")
    assert answer["Content-Type"].startswith("application/json")
    assert "/api/v1/articles/" in json.loads(answer.content)["paths"]
    assert client.get(ADDRESS)["Content-Type"].startswith("application/vnd.oai.openapi")
