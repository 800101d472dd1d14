"""A shop's server of orders, and the actions and the procedure that ask it; a model as a tier of a site."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings

from chat.action_rows import Action, Procedure
from chat.tier_rows import Tier
from tests.chat.acting import begins
from tests.fakes.openai_server import FakeOpenAI, openai_server
from tests.fakes.orders import orders_server


@pytest.fixture
def serve_tier(settings) -> Iterator[Callable[..., FakeOpenAI]]:
    """Serves a model that follows a script, as a tier of a site, the light one unless it is told otherwise."""
    with ExitStack() as servers:

        def serve(site: Any, *script: Any, **changes: Any) -> FakeOpenAI:
            server = servers.enter_context(openai_server(*script))
            own = {"tier_urls": (server.url,), "model": "", "model_url": ""}
            settings.TANDEM = settings.TANDEM.model_copy(update=own)
            known = {"name": "light", "model": "openai:fake", "url": server.url, "timeout": 30}
            Tier.objects.create(site=site, **known | changes)
            return server

        yield serve


@pytest.fixture
def shop(monkeypatch):
    with orders_server() as running:
        secrets = tuple(f"{name}={running.host}" for name in ("ACTION_TEST_TOKEN", "ACTION_NOT_SET"))
        named = {"action_hosts": (running.host,), "action_secrets": secrets}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=named))
        yield running


@pytest.fixture
def look_up(site, shop) -> Action:
    """Asks where an order is, by its number."""
    site.order_numbers = ["NP-######"]
    site.save()
    action = Action.objects.create(
        site=site,
        name="Look up an order",
        intent=begins(site, "order", "my order", "my parcel"),
        url=shop.address + "/orders/{order_number}",
        headers={"Authorization": "Bearer $ACTION_TEST_TOKEN"},
        timeout=1.0,
        reply={"en": "Order {order_number} is {state}.\n[if carrier is not empty] {carrier} brings it."},
    )
    action.inputs.create(name="order_number", kind="order")
    return action


@pytest.fixture
def cancel(site, shop) -> Action:
    """Cancels an order, once the customer says yes."""
    site.order_numbers = ["NP-######"]
    site.save()
    action = Action.objects.create(
        site=site,
        name="Cancel an order",
        intent=begins(site, "cancel", "cancel my order"),
        method="POST",
        url=shop.address + "/cancel",
        changes=True,
        timeout=1.0,
        asks={"en": "I will cancel order {order_number}."},
        reply={"en": "Order {order_number} is {state} now."},
    )
    action.inputs.create(name="order_number", kind="order")
    return action


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("ACTION_TEST_TOKEN", "hush-hush-token")


@pytest.fixture
def procedure(site, look_up) -> Procedure:
    """Ask for the number, look it up; older than 30 days: say so and call a person, else tell the state."""
    row = Procedure.objects.create(site=site, name="Where is my order", intent=look_up.intent)
    steps = [
        {"does": "ask", "slot": "order_number", "kind": "order", "text": {"en": "Which order? It begins with NP."}},
        {"does": "call", "action": look_up},
        {"does": "if", "slot": "found", "operator": "is", "value": "no", "goto": 8},
        {"does": "if", "slot": "ordered", "operator": "older than", "value": "30", "goto": 6},
        {"does": "say", "text": {"en": "It is {state}."}},
        {"does": "if", "slot": "ordered", "operator": "newer than", "value": "30", "goto": 0},
        {"does": "say", "text": {"en": "You ordered on {ordered}, that is long ago."}},
        {"does": "person"},
    ]
    for place, step in enumerate(steps, start=1):
        row.steps.create(place=place, **step)
    return row
