"""REST: what it answers is what its own OpenAPI description says, and each key opens its own site only."""

import base64
import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from agents import api_keys
from chat import lifecycle
from chat.identity import Claims
from chat.models import Conversation, Event
from knowledge.api import ArticleViewSet
from knowledge.models import Collection
from tests.conftest import NOW
from tests.lives import live

pytestmark = pytest.mark.django_db
LIST = "/api/v1/conversations/"
ARTICLES = "/api/v1/articles/"


class Program:
    """Something that has a key."""

    def __init__(self, site, *scopes: str) -> None:
        self.key, self.secret = api_keys.make(site=site, name="a program", scopes=scopes, now=NOW)
        self.http = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, address: str, status: int = 200):
        return self.ask("GET", address, status)

    def ask(self, method: str, address: str, status: int, **fields):
        """One request with a JSON body, and its answer, which must have this status."""
        body = json.dumps(fields) if fields else ""
        answer = self.http.generic(method, address, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def program(site) -> Program:
    return Program(site, "conversations:read")


@pytest.fixture(scope="module")
def described():
    return SchemaGenerator().get_schema(request=None, public=True)


def check(answer, name: str, described) -> None:
    """Hold an answer against the part of the description that is named so; fields nobody described are a fault."""
    strict = _as_json_schema(described["components"])
    schema = {"$ref": f"#/components/schemas/{name}", "components": strict}
    jsonschema.Draft202012Validator(schema).validate(answer)


def _as_json_schema(part):
    """OpenAPI 3.0 to JSON Schema: `nullable`, and no field beyond those described."""
    if isinstance(part, list):
        return [_as_json_schema(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    made = {key: _as_json_schema(value) for key, value in part.items() if key != "nullable"}
    if "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if part.get("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made


def operations(described):
    return [
        (method, path) for path, methods in described["paths"].items() for method in methods if method != "parameters"
    ]


def test_the_list_and_each_conversation_are_as_described(program, site, agent, described):
    row = live(site, agent)
    listed = program.get(LIST)
    check(listed, "PaginatedConversationList", described)
    one = program.get(f"{LIST}{row.public_id}/")
    check(one, "Conversation", described)
    assert listed["results"] == [one]
    assert one["assignee"] == {"id": agent.public_id, "name": "Maya"}
    assert (one["handler"], one["case"], one["last_seq"]) == ("agent", 2, row.last_seq)


def test_it_says_whose_a_conversation_is_and_finds_it_by_that(program, site, other_site, agent, described):
    row, other = live(site, agent), live(site, agent)
    elsewhere = Program(other_site, "conversations:read")
    lifecycle.identify(site=site, claims=Claims("ada 1", "Ada"), visitor_id=row.visitor.public_id, now=NOW)
    shown = {one["id"]: one["customer"] for one in program.get(LIST)["results"]}
    assert shown == {row.public_id: {"id": "ada 1", "name": "Ada"}, other.public_id: None}
    found = program.get(f"{LIST}?customer=ada%201")
    check(found, "PaginatedConversationList", described)
    assert [one["id"] for one in found["results"]] == [row.public_id]
    assert program.get(f"{LIST}?customer=ada")["results"] == []
    assert elsewhere.get(f"{LIST}?customer=ada%201")["results"] == []
    lifecycle.forget_customer(site=site, external_id="ada 1", now=NOW)
    check(program.get(f"{LIST}{row.public_id}/events/"), "EventPage", described)
    assert program.get(f"{LIST}{row.public_id}/")["customer"] is None


def test_the_log_holds_every_kind_of_event_as_described(program, site, agent, described):
    row = live(site, agent)
    page = program.get(f"{LIST}{row.public_id}/events/")
    check(page, "EventPage", described)
    assert [event["seq"] for event in page["events"]] == list(range(1, row.last_seq + 1))
    assert {event["kind"] for event in page["events"]} == {
        "message", "note", "offered", "escalated", "returned", "claimed", "handed_back", "resolved", "reopened",
    }  # fmt: skip
    assert page["next"] is None


def test_the_log_is_read_on_from_where_one_was(program, site, agent):
    row = live(site, agent)
    address, seen, after = f"{LIST}{row.public_id}/events/", [], 0
    while after is not None:
        page = program.get(f"{address}?after={after}&limit=4")
        seen += [event["seq"] for event in page["events"]]
        after = page["next"]
    assert seen == list(range(1, row.last_seq + 1))
    assert program.get(f"{address}?after={row.last_seq}") == {"events": [], "next": None}


def test_the_list_is_filtered_by_handler(program, site, agent):
    row = live(site, agent)
    assert [found["id"] for found in program.get(f"{LIST}?handler=agent")["results"]] == [row.public_id]
    assert program.get(f"{LIST}?handler=queue")["results"] == []
    assert "handler" in program.get(f"{LIST}?handler=nobody", 400)


def test_pages_stay_where_they_are_while_conversations_come(program, site, agent):
    for number in range(5):
        row = live(site, agent)
        Conversation.objects.filter(pk=row.pk).update(made_at=NOW + timedelta(seconds=number // 2))
    there = set(Conversation.objects.values_list("public_id", flat=True))
    first = program.get(f"{LIST}?limit=2")
    newer = live(site, agent)
    Conversation.objects.filter(pk=newer.pk).update(made_at=NOW + timedelta(hours=1))
    seen, address = [found["id"] for found in first["results"]], first["next"]
    while address:
        page = program.get(address)
        seen += [found["id"] for found in page["results"]]
        address = page["next"]
    assert len(seen) == 5
    assert set(seen) == there


def test_no_row_id_leaves_the_server(program, site, agent):
    row = live(site, agent)
    for answer in (program.get(LIST), program.get(f"{LIST}{row.public_id}/")):
        assert "pk" not in str(answer)
    assert program.http.get(f"{LIST}{row.pk}/").status_code == 404


def test_another_sites_conversation_does_not_exist(other_site, site, agent):
    row, stranger = live(site, agent), Program(other_site, "conversations:read")
    assert stranger.get(LIST)["results"] == []
    stranger.get(f"{LIST}{row.public_id}/", 404)
    stranger.get(f"{LIST}{row.public_id}/events/", 404)


def test_a_bad_cursor_is_named(program, site, agent):
    row = live(site, agent)
    for query in ("after=-1", "after=x", "after=99999999999", "limit=0", "limit=201"):
        assert program.get(f"{LIST}{row.public_id}/events/?{query}", 400)
    program.get(f"{LIST}?cursor=nonsense", 404)


def test_an_article_is_written_published_and_read_as_described(site, described):
    writer, reader = Program(site, "articles:write", "articles:read"), Program(site, "articles:read")
    Collection.objects.create(site=site, slug="shipping", titles={"en": "Shipping"})
    fields = {"slug": "delivery", "language": "en", "collection": "shipping", "title": "Delivery", "body": "Two days."}
    made = writer.ask("POST", ARTICLES, 201, **fields)
    check(made, "Article", described)
    assert made["published"] is None
    one = f"{ARTICLES}{made['id']}/"
    assert writer.ask("PATCH", one, 200, body="Three days.")["body"] == "Three days."
    assert writer.ask("POST", one + "publish/", 200)["published"]["body"] == "Three days."
    read = reader.get(one)
    check(read, "Article", described)
    listed = reader.get(ARTICLES)
    check(listed, "PaginatedArticleList", described)
    assert listed["results"] == [read]
    assert writer.ask("POST", ARTICLES, 400, **fields)  # the same again
    assert writer.ask("POST", ARTICLES, 400, **{**fields, "slug": "other", "collection": "none"})["collection"]


def an_article(site, program: Program, slug: str = "delivery") -> str:
    """The address of a new draft."""
    Collection.objects.get_or_create(site=site, slug="shipping")
    fields = {"slug": slug, "language": "en", "collection": "shipping", "title": "Delivery", "body": "Two days."}
    return f"{ARTICLES}{program.ask('POST', ARTICLES, 201, **fields)['id']}/"


def test_only_what_is_sent_is_changed_even_where_somebody_else_changes_the_rest_meanwhile(site, monkeypatch):
    writer = Program(site, "articles:write", "articles:read")
    one = an_article(site, writer)
    read = ArticleViewSet.get_object

    def and_then_others_write(view):
        found = read(view)
        monkeypatch.setattr(ArticleViewSet, "get_object", read)
        writer.ask("PATCH", one, 200, body="Three days.")
        writer.ask("POST", one + "publish/", 200)
        return found

    monkeypatch.setattr(ArticleViewSet, "get_object", and_then_others_write)
    answer = writer.ask("PATCH", one, 200, title="How long delivery takes")
    now = writer.get(one)
    assert (now["title"], now["body"]) == ("How long delivery takes", "Three days.")
    assert now["published"]["body"] == "Three days."
    assert answer == now


def test_no_cursor_tells_how_many_rows_there_are(site, agent):
    program = Program(site, "articles:write", "articles:read", "conversations:read")
    for number in range(3):
        an_article(site, program, slug=f"delivery-{number}")
        live(site, agent)
    for address in (ARTICLES, LIST):
        seen, page = [], program.get(f"{address}?limit=1")
        while page["next"]:
            seen += page["results"]
            cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
            position = parse_qs(base64.b64decode(cursor).decode())["p"][0]
            assert position in page["results"][-1].values() or not position.isdigit()
            page = program.get(page["next"])
        assert len({row["id"] for row in [*seen, *page["results"]]}) == 3


def test_another_sites_article_does_not_exist(site, other_site):
    Collection.objects.create(site=site, slug="shipping")
    fields = {"slug": "delivery", "language": "en", "collection": "shipping", "title": "Delivery", "body": "Two days."}
    made = Program(site, "articles:write").ask("POST", ARTICLES, 201, **fields)
    stranger, one = Program(other_site, "articles:read", "articles:write"), f"{ARTICLES}{made['id']}/"
    assert stranger.get(ARTICLES)["results"] == []
    stranger.get(one, 404)
    stranger.ask("PATCH", one, 404, title="Mine now")
    stranger.ask("POST", one + "publish/", 404)
    stranger.ask("POST", ARTICLES, 400, **fields)  # the collection is the other site's


def test_every_address_wants_a_key_with_its_scope(site, described):
    nobody, powerless, revoked = Client(), Program(site), Program(site, "conversations:read", "articles:read")
    api_keys.revoke(key=revoked.key, now=NOW)
    forged = Client(headers={"Authorization": "Bearer " + revoked.secret[:-1] + "0"})
    assert operations(described)
    for method, path in operations(described):
        address = re.sub(r"\{\w+\}", "0" * 32, path)
        for client, status in ((nobody, 401), (forged, 401), (revoked.http, 401), (powerless.http, 403)):
            answer = client.generic(method.upper(), address)
            assert answer.status_code == status, (method, path, status)
            assert answer["Content-Type"] == "application/json"


def test_a_logged_in_session_is_no_key(site, agent):
    browser = Client()
    browser.force_login(agent.user)
    assert browser.get(LIST).status_code == 401


def test_conversations_are_only_read(program, site, agent):
    row = live(site, agent)
    for address in (LIST, f"{LIST}{row.public_id}/", f"{LIST}{row.public_id}/events/"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert program.http.generic(method, address).status_code == 405
    assert Event.objects.filter(conversation=row).count() == row.last_seq


def test_the_description_is_whole_and_served(client, capsys):
    from django.core.management import call_command

    call_command("spectacular", fail_on_warn=True, validate=True, file="/dev/null")
    assert not capsys.readouterr().err
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "<style" not in page.content.decode()
    assert "<script>" not in page.content.decode()
