"""Asks another's server what an action asks: one host, no redirects, bounded in time and size, nothing inside ours."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.conf import settings

from knowledge.documents.document import Unreadable
from knowledge.fetch import Fetched, Fetcher, NoPlace

from .assistant.doing import action as actions
from .assistant.doing.action import Acted, Action, BadAction, BadInput, NoSecret, Request

LARGEST: Final = 256 * 1024
AGENT: Final = "TandemAction"
DEMO: Final = "/demo/orders/"


def ask(action: Action, inputs: Mapping[str, str], *, key: str = "") -> Acted:
    """What the server answers; a fault where it does not. `key` lets it know the same request again."""
    begun = time.monotonic()
    try:
        actions.check(action)
        request = actions.request(action, inputs)
    except BadAction:
        return Acted(fault="bad_action", sent=False)
    except BadInput:
        return Acted(fault="bad_input", sent=False)
    acted = _asked(action, request, key)
    return replace(acted, request=request, ms=(time.monotonic() - begun) * 1000)


def is_named(action: Action) -> bool:
    """Whether the owner lets actions ask this host, though it may be of their own network, and by http.

    Raises BadAction.
    """
    return action.place in settings.TANDEM.action_hosts or is_demo(action)


def astray(action: Action) -> str:
    """A secret that it names and that its host is not to be told: TANDEM_ACTION_SECRETS says whose each is.

    Raises BadAction.
    """
    bound = {tuple(one.split("=", 1)) for one in settings.TANDEM.action_secrets}
    return next((name for name in sorted(action.secrets) if (name, action.place) not in bound), "")


def is_demo(action: Action) -> bool:
    """Whether it asks the orders that the demo itself serves."""
    return settings.TANDEM.demo and action.url.startswith(f"{demo_address()}{DEMO}") and ".." not in action.url


def demo_address() -> str:
    """Where this process serves itself."""
    return f"http://127.0.0.1:{settings.TANDEM.port}"


def _asked(action: Action, request: Request, key: str) -> Acted:
    named = is_named(action)
    if not named and not request.url.startswith("https://"):
        return Acted(fault="not_https", sent=False)
    if astray(action):
        return Acted(fault="secret_of_another_host", sent=False)
    fetcher = Fetcher(
        seconds=action.timeout, largest=LARGEST, agent=AGENT, inside=False, hosts=[action.place] if named else ()
    )
    try:
        headers = _headers(request, key)
        return _read(action, fetcher.send(request.method, request.url, headers=headers, body=request.body))
    except NoSecret:
        return Acted(fault="no_secret", sent=False)
    except NoPlace as error:
        return Acted(fault=error.reason.value, sent=False)
    except Unreadable as error:
        return Acted(fault=error.reason.value)
    finally:
        fetcher.close()


def _headers(request: Request, key: str) -> dict[str, str]:
    headers = actions.with_secrets(request.headers, os.environ)
    if request.body:
        headers |= {"Content-Type": "application/json"}
    return headers | ({"Idempotency-Key": key} if key else {})


def _read(action: Action, answer: Fetched) -> Acted:
    if answer.status in (404, 410) and not action.changes:
        return Acted(found=False, status=answer.status)
    if not 200 <= answer.status < 300:
        return Acted(fault="status", status=answer.status)
    try:
        told = json.loads(answer.data, parse_constant=_no_constant) if answer.data.strip() else {}
    except (ValueError, RecursionError):
        # What was to be changed is changed, whatever the server says of it.
        return Acted(status=answer.status) if action.changes else Acted(fault="not_json", status=answer.status)
    return Acted(values=values_of(told), status=answer.status)


def values_of(told: Any) -> dict[str, Any]:
    """An answer as texts read it: an object's fields, or a list's under `items` with their `count`."""
    if isinstance(told, list):
        return {"items": told, "count": len(told)}
    return told if isinstance(told, dict) else {}


def _no_constant(name: str) -> Any:
    raise ValueError(name)
