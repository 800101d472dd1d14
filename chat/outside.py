"""Asks another's server what an action asks: one host, no redirects, bounded in time and size, nothing inside ours."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.conf import settings

from knowledge.documents.document import Unreadable
from knowledge.fetch import Fetched, Fetcher, NoPlace

from .assistant.doing import action as actions
from .assistant.doing import outcomes, sane
from .assistant.doing import tools as doing_tools
from .assistant.doing.action import Acted, Action, BadAction, BadInput, NoSecret, Request
from .assistant.doing.tools import BadArguments, Tool

if TYPE_CHECKING:  # it is loaded where a tool is asked
    from .mcp_client import NoAnswer, Server

Value = TypeVar("Value")

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
    acted = _asked(action, request, inputs, key)
    return replace(acted, request=request, ms=(time.monotonic() - begun) * 1000)


class NoTools(Exception):
    """A server told of none; `fault` is a code."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def tools(action: Action) -> list[Tool]:
    """What the MCP server of an action tells of. Raises NoTools."""
    try:
        actions.check(action)
        if why := _refused(action):
            raise NoTools(why)
        found = _at_server(action, lambda server: server.tools())
    except BadAction as error:
        raise NoTools("bad_action") from error
    except NoSecret as error:
        raise NoTools("no_secret") from error
    if isinstance(found, list):
        return found
    raise NoTools(found.fault)


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


def _refused(action: Action) -> str:
    """Why its host is not asked; empty where it may be. Raises BadAction."""
    if not is_named(action) and not action.url.startswith("https://"):
        return "not_https"
    return "secret_of_another_host" if astray(action) else ""


def _fetcher(action: Action) -> Fetcher:
    hosts = [action.place] if is_named(action) else ()
    return Fetcher(seconds=action.timeout, largest=LARGEST, agent=AGENT, inside=False, hosts=hosts)


def _asked(action: Action, request: Request, inputs: Mapping[str, str], key: str) -> Acted:
    if why := _refused(action):
        return Acted(fault=why, sent=False)
    if action.is_tool:
        return _called(action, inputs, key)
    fetcher = _fetcher(action)
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


def _called(action: Action, inputs: Mapping[str, str], key: str) -> Acted:
    """What a tool answers: one that takes or changes something else than when it was picked is not called."""
    if not action.tool:
        return Acted(fault="no_tool", sent=False)

    def fill(tool: Tool) -> dict[str, Any] | str:
        if not doing_tools.is_same(action.told, tool):
            return "tool_changed"
        try:
            return doing_tools.filled(tool.schema, action.inputs, inputs, action.arguments)
        except BadArguments:
            return "bad_input"

    try:
        answer = _at_server(action, lambda server: server.call(action.tool, fill, key=key))
    except NoSecret:
        return Acted(fault="no_secret", sent=False)
    if answer is None:
        return Acted(found=action.changes)
    if isinstance(answer, Mapping):
        return _answered(action, dict(answer))
    return Acted(fault=answer.fault, status=answer.status, sent=answer.sent)


def _at_server(action: Action, errand: "Callable[[Server], Value]") -> "Value | NoAnswer":
    """What an errand at the action's MCP server brings, or how it failed. Raises NoSecret."""
    mcp = import_module("chat.mcp_client")
    headers, fetcher = actions.with_secrets(action.headers, os.environ), _fetcher(action)
    try:
        brought: Value = errand(mcp.Server(action.url, fetcher, headers, action.timeout))
        return brought
    except mcp.NoAnswer as error:
        failed: NoAnswer = error
        return failed
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
        told = json.loads(answer.data) if answer.data.strip() else {}
    except (ValueError, RecursionError):
        return Acted(fault="not_json", status=answer.status)
    return _answered(action, told, answer.status)


def _answered(action: Action, told: Any, status: int = 0) -> Acted:
    """What was to be changed, and of which the answer says that it failed, is as one that did not answer."""
    if action.changes and outcomes.says_failed(sane.value(told)):
        return Acted(fault=outcomes.SAYS_FAILED, status=status)
    return Acted(values=values_of(told), status=status)


def values_of(told: Any) -> dict[str, Any]:
    """An answer as texts read it: an object's fields, or a list's under `items` with their `count`."""
    kept = sane.value(told)
    if isinstance(kept, list):
        return {"items": kept, "count": len(kept)}
    return kept if isinstance(kept, dict) else {}
