"""The demo shop's procedure and actions, over the demo's own orders."""

import http.server
import threading

import pytest
from django.conf import settings
from django.test import Client

from chat import doings
from chat.action_rows import Action, Procedure
from chat.preview import Talk, go_on
from supportsite import demo_actions, demo_orders
from supportsite.sites.models import Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(db, monkeypatch):
    """The demo site with its actions, and Django's own answers behind a real socket."""
    client = Client()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = client.get(self.path)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"port": port, "demo": True}))
    site = Site.objects.create(name="Northpine", is_demo=True)
    demo_actions.prepare(site)
    yield site
    server.shutdown()
    server.server_close()


def talk(site: Site, *said: str) -> list[str]:
    """What the assistant says to each message of a preview."""
    from asgiref.sync import async_to_sync

    row = Procedure.objects.get(site=site)
    procedure = doings.procedure(row, {one.pk: doings.action(one) for one in Action.objects.filter(site=site)})
    state = Talk()
    for text in said:
        state = async_to_sync(go_on)(procedure, site, state, text)
    return [line.text for line in state.lines if line.role == "assistant"]


def test_an_order_on_its_way(demo):
    asked, told = talk(demo, "Where is my order?", "NP100000001")
    assert asked.startswith("What is your order number?")
    assert told.startswith("Order NP100000001 is on its way with Larkline. It should be with you on ")


def test_an_order_that_is_too_old_is_said_so_and_a_person_called(demo):
    (told,) = talk(demo, "Where is my order NP100000003?")
    assert "more than 30 days ago" in told
    assert "A person will take over here." in told


def test_an_order_that_is_not_there_gets_a_person(demo):
    (told,) = talk(demo, "Where is my order NP999999999?")
    assert told.startswith("I find no order NP999999999.")
    assert "A person will take over here." in told


def test_it_speaks_german(demo):
    asked, told = talk(demo, "Wo bleibt meine Bestellung?", "NP100000004, bitte")
    assert asked.startswith("Wie lautet Ihre Bestellnummer?")
    assert "wurde zugestellt" in told


def test_a_start_on_another_port_asks_there(demo, monkeypatch):
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"port": 4242}))
    demo_actions.prepare(demo)
    assert {one.host for one in map(doings.action, Action.objects.all())} == {"127.0.0.1:4242"}
    assert Procedure.objects.count() == 1


def test_there_are_no_orders_without_the_demo(client, db, monkeypatch):
    assert client.get("/demo/orders/NP100000001").json()["state"] == "sent"
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"demo": False}))
    assert client.get("/demo/orders/NP100000001").status_code == 404
    assert client.post("/demo/orders/cancel", b"{}", content_type="application/json").status_code == 404


def test_only_a_packed_order_is_cancelled(client, monkeypatch):
    monkeypatch.setattr(demo_orders, "_cancelled", set())

    def cancel(number: str) -> int:
        body = {"order_number": number}
        return client.post("/demo/orders/cancel", body, content_type="application/json").status_code

    assert [cancel(number) for number in ("NP100000001", "NP100000002", "NP100000002", "x")] == [409, 200, 200, 404]
