"""Articles over REST: the key's site and scopes, the same verbs."""

import json

import pytest
from django.test import Client

from agents import api_keys
from knowledge import publish
from knowledge.models import Article

pytestmark = pytest.mark.django_db
ARTICLES = "/api/v1/articles/"


@pytest.fixture
def program(site, now):
    """A client with a key of the site, by scopes."""

    def program(*scopes: str, of=site) -> Client:
        _row, secret = api_keys.make(site=of, name="test", scopes=scopes, now=now)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return program


@pytest.fixture
def writer(program) -> Client:
    """May read and write articles."""
    return program("articles:read", "articles:write")


def send(client: Client, method: str, path: str, **body: object):
    """A JSON request."""
    return client.generic(method, path, json.dumps(body), content_type="application/json")


NEW = {"slug": "kayaks", "language": "en", "collection": "orders", "title": "Kayaks", "body": "We have two."}


def test_an_article_is_made_read_changed_and_published(writer, shelf):
    made = send(writer, "POST", ARTICLES, **NEW)
    assert made.status_code == 201
    path = f"{ARTICLES}{made.json()['id']}/"
    assert writer.get(path).json()["published"] is None
    assert send(writer, "PATCH", path, body="We have three.").json()["body"] == "We have three."
    published = send(writer, "POST", path + "publish/").json()["published"]
    assert (published["number"], published["body"]) == (1, "We have three.")
    assert send(writer, "POST", path + "publish/").json()["published"]["number"] == 1
    assert send(writer, "POST", path + "withdraw/").json()["published"] is None


def test_questions_and_audience_are_written_and_a_stale_draft_overwrites_nothing(writer, shelf):
    made = send(writer, "POST", ARTICLES, **NEW, questions=["Do you have boats?"], audience="logged_in").json()
    path = f"{ARTICLES}{made['id']}/"
    assert (made["questions"], made["audience"]) == (["Do you have boats?"], "logged_in")
    changed = send(writer, "PATCH", path, questions=["Boats?"], audience="everyone", revision=made["revision"]).json()
    assert (changed["questions"], changed["audience"]) == (["Boats?"], "everyone")
    stale = send(writer, "PATCH", path, title="Mine", revision=made["revision"])
    assert (stale.status_code, stale.json()["revision"]) == (409, changed["revision"])
    assert writer.get(path).json()["title"] == "Kayaks"
    assert send(writer, "POST", path + "publish/").json()["published"]["questions"] == ["Boats?"]
    refused = send(writer, "PATCH", path, questions=["x" * 301])
    assert (refused.status_code, list(refused.json())) == (400, ["questions"])
    assert send(writer, "PATCH", path, audience="nobody").status_code == 400


def test_what_is_withdrawn_says_why_and_what_to_read_instead_and_comes_back(writer, articles, program, other_site):
    returns, tents = (f"{ARTICLES}{articles[slug].public_id}/" for slug in ("returns", "tents"))
    why = {"because": "It is in Tents now.", "replaced_by": articles["tents"].public_id}
    withdrawn = send(writer, "POST", returns + "withdraw/", **why).json()
    assert (withdrawn["withdrawn_because"], withdrawn["replaced_by"]) == tuple(why.values())
    assert send(writer, "POST", returns + "bring-back/").json()["published"]["number"] == 1
    assert send(writer, "POST", returns + "bring-back/").status_code == 400
    assert send(writer, "POST", tents + "withdraw/", replaced_by="nothing").status_code == 400
    reader = program("articles:read")
    assert send(reader, "POST", returns + "bring-back/").status_code == 403
    stranger = program("articles:write", of=other_site)
    assert send(stranger, "POST", returns + "bring-back/").status_code == 404


def test_the_list_is_read_page_by_page_and_filtered(writer, articles, write):
    write("returns", "Dreißig Tage.", language="de")
    first = writer.get(ARTICLES + "?limit=3").json()
    second = writer.get(first["next"]).json()
    assert [len(page["results"]) for page in (first, second)] == [3, 1]
    assert {row["id"] for page in (first, second) for row in page["results"]} == set(
        Article.objects.values_list("public_id", flat=True)
    )
    assert second["next"] is None
    german = writer.get(ARTICLES + "?language=de").json()["results"]
    assert [(row["slug"], row["collection"]) for row in german] == [("returns", "orders")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "English"), ("collection", "none"), ("title", ""), ("slug", "a b"), ("body", "a\0b")],
)
def test_a_field_that_is_wrong_is_named(writer, shelf, field, value):
    answer = send(writer, "POST", ARTICLES, **NEW | {field: value})
    assert answer.status_code == 400
    assert field in answer.json()
    assert not Article.objects.exists()


def test_a_draft_that_is_no_longer_the_one_that_was_read_is_not_published(writer, articles):
    path = f"{ARTICLES}{articles['returns'].public_id}/"
    read = writer.get(path).json()["revision"]
    send(writer, "PATCH", path, body="Half a sent")
    refused = send(writer, "POST", path + "publish/", revision=read)
    assert (refused.status_code, refused.json()["body"]) == (409, "Half a sent")
    assert send(writer, "POST", path + "publish/", revision=read + 1).json()["published"]["body"] == "Half a sent"


def test_an_empty_draft_is_not_published(writer, site, shelf):
    article = publish.create_article(site=site, collection=shelf, slug="x", language="en", title="X", body="")
    answer = send(writer, "POST", f"{ARTICLES}{article.public_id}/publish/")
    assert (answer.status_code, list(answer.json())) == (400, ["body"])


def test_a_key_that_may_read_does_not_write(program, articles):
    reader = program("articles:read")
    article = articles["returns"]
    assert reader.get(ARTICLES).status_code == 200
    assert send(reader, "POST", ARTICLES, **NEW).status_code == 403
    for tail in ("publish/", "withdraw/"):
        assert send(reader, "POST", f"{ARTICLES}{article.public_id}/{tail}").status_code == 403
    assert send(reader, "PATCH", f"{ARTICLES}{article.public_id}/", body="x").status_code == 403


def test_a_key_of_another_site_finds_nothing(program, other_site, articles):
    stranger = program("articles:read", "articles:write", of=other_site)
    path = f"{ARTICLES}{articles['returns'].public_id}/"
    assert stranger.get(ARTICLES).json()["results"] == []
    assert stranger.get(path).status_code == 404
    assert send(stranger, "PATCH", path, body="Hacked.").status_code == 404
    assert send(stranger, "POST", path + "publish/").status_code == 404
    assert send(stranger, "POST", ARTICLES, **NEW).json() == {"collection": ["There is no such collection."]}
