"""A help desk on 127.0.0.1 that speaks Zendesk's Tickets API as it is documented, and fails as such servers do.

Documented: basic auth by `address/token:token`; 201 with the ticket; Idempotency-Key kept for two hours, with
`x-idempotency-lookup`, and 400 for the same key with another body; lists by `external_id`; `users/me`, which answers
whoever brings no login as an anonymous user without an id; 401, 403, 404, 422 with `details`, 429 with Retry-After.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pydantic

from tests.fakes import serving

USER, TOKEN = "desk@shop.example", "hush-hush-token"
Answer = tuple[int, dict[str, str], Any]
ANONYMOUS = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
FAILURES: dict[str, Answer] = {
    "403": (403, {}, {"error": {"title": "Forbidden", "message": "You do not have access to this page."}}),
    "404": (404, {}, {"error": "RecordNotFound", "description": "Not found"}),
    "409": (409, {}, {"error": "DatabaseConflict", "description": "A database conflict was encountered."}),
    "422": (
        422,
        {},
        {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {"requester": [{"description": "Requester: Email: is not properly formatted"}]},
        },
    ),
    "429": (429, {"Retry-After": "93"}, "Rate limit exceeded"),
    "429 for a day": (429, {"Retry-After": "86400"}, "Rate limit exceeded"),
    "500": (500, {}, "<html>Something went wrong</html>"),
    "503": (503, {}, {"error": "ServiceUnavailable"}),
    "redirect": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, ""),
    "html": (200, {"Content-Type": "text/html"}, "<html>Please log in</html>"),
    "deep": (201, {}, "[" * 100_000),
}


@dataclass
class Desk:
    """Its tickets, oldest first, and what was asked. `fails` is how the next requests go, such as "503".

    "hang" does nothing until the client has gone; "lost" opens the ticket and says nothing of it, "held" the same, but
    keeps the client waiting. `role` is the user's; `takes_anybody`: who brings no login is answered by `users/me`.
    """

    address: str = ""
    tickets: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    keys: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    role: str = "agent"
    takes_anybody: bool = False
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def place(self) -> str:
        """As TANDEM_ACTION_HOSTS names it."""
        return self.address.removeprefix("http://")

    @property
    def opened(self) -> int:
        """How many tickets there are."""
        return len(self.tickets)

    def two_hours_pass(self) -> None:
        """No key is known any more."""
        self.keys.clear()

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> Answer | None:
        """What a request gets; None closes the connection."""
        self.asked.append((method, path, headers, body))
        fails = self.fails.pop(0) if self.fails else ""
        if fails in FAILURES:
            return FAILURES[fails]
        if fails == "hang":
            self.closing.wait(10)
            return None
        answer = self._answer(method, urlsplit(path), headers, body)
        if fails == "held":
            self.closing.wait(10)
        return None if fails in ("lost", "held") else answer

    def _answer(self, method: str, url: Any, headers: dict[str, str], body: str) -> Answer:
        login = base64.b64encode(f"{USER}/token:{TOKEN}".encode()).decode()
        known = headers.get("authorization") == f"Basic {login}"
        if url.path == "/api/v2/users/me.json" and self.takes_anybody and not known:
            return 200, {}, {"user": ANONYMOUS}
        if not known:
            return 401, {}, {"error": "Couldn't authenticate you"}
        match method, url.path:
            case "GET", "/api/v2/users/me.json":
                return 200, {}, {"user": {"id": 7, "name": "Desk", "email": USER, "role": self.role}}
            case "GET", "/api/v2/tickets.json":
                wanted = parse_qs(url.query).get("external_id", [""])[0]
                found = [one for one in self.tickets if one["external_id"] == wanted]
                return 200, {}, {"tickets": found, "count": len(found), "next_page": None}
            case "POST", "/api/v2/tickets.json":
                return self._create(headers.get("idempotency-key", ""), body)
        return 404, {}, {"error": "RecordNotFound", "description": "Not found"}

    def _create(self, key: str, body: str) -> Answer:
        if key in self.keys:
            before, ticket = self.keys[key]
            if before != body:
                words = "Request parameters don't match the given idempotency key"
                return 400, {}, {"error": "IdempotentRequestError", "description": words}
            return 201, {"x-idempotency-lookup": "hit"}, {"ticket": ticket}
        told = json.loads(body)["ticket"]
        if not told.get("comment", {}).get("body") or "@" not in told.get("requester", {}).get("email", ""):
            return FAILURES["422"]
        ticket = {**told, "id": 4001 + len(self.tickets), "status": "new"}
        self.tickets.append(ticket)
        self.keys[key] = (body, ticket)
        return 201, {"x-idempotency-lookup": "miss"}, {"ticket": ticket}


@contextmanager
def help_desk_server(settings: Any = None) -> Iterator[Desk]:
    """The server, while the block lasts; Django's settings, where given, name it."""
    desk = Desk()

    def answer(*asked: Any) -> serving.Answer | None:
        found = desk.answer(*asked)
        if found is None:
            return None
        status, headers, told = found
        data = told if isinstance(told, str) else json.dumps(told)
        return status, {"Content-Type": "application/json; charset=utf-8", **headers}, data.encode()

    with serving.serving(answer) as desk.address:
        if settings is not None:
            settings.TANDEM = settings.TANDEM.model_copy(update=named(desk))
        try:
            yield desk
        finally:
            desk.closing.set()


def named(desk: Desk, **instead: Any) -> dict[str, Any]:
    """The settings that name it."""
    told = {"ticket_url": desk.address, "ticket_user": USER, "ticket_token": TOKEN, "action_hosts": (desk.place,)}
    told |= instead
    return told | {"ticket_token": pydantic.SecretStr(told["ticket_token"])}
