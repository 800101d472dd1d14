"""The owner's help desk, by the Tickets API of Zendesk Support: opens a ticket, finds one again, tries the login."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from knowledge.documents.document import Reason, Unreadable
from knowledge.fetch import Fetched, Fetcher

SECONDS: Final = 14.0
LARGEST: Final = 1024 * 1024
AGENT: Final = "TandemTickets"
_TICKETS: Final = "/api/v2/tickets.json"
_ME: Final = "/api/v2/users/me.json"
_PASSING: Final = frozenset({408, 409, 425, 429})  # and whatever is 500 or more
_OF_DESK: Final = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405})  # each ticket would be refused so
_LARGEST_NUMBER: Final = 2**63 - 1
_OPENING_ROLES: Final = ("agent", "admin")


class Failed(Exception):
    """The help desk did not do it. `why` is a code: a status, or one of `knowledge.fetch`.

    `permanent`: to ask again changes nothing. `of_desk`: it says nothing of this ticket, any other would fail too.
    `after`: seconds that the help desk asks to wait.
    """

    def __init__(self, why: str, *, permanent: bool, of_desk: bool, after: float = 0.0) -> None:
        super().__init__(why)
        self.why, self.permanent, self.of_desk, self.after = why, permanent, of_desk, after


@dataclass(frozen=True)
class HelpDesk:
    """Where tickets are opened, and in whose name. `place` is its host and port."""

    url: str
    place: str
    user: str
    token: str

    @property
    def host(self) -> str:
        """As people read it."""
        return self.place.removesuffix(":443")

    def open(self, body: str, *, key: str) -> int:
        """Open the ticket that `body` tells of (JSON); its number. The same `key` again opens none for two hours.

        Raises Failed.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        number = _number(self._ask("POST", _TICKETS, headers, body.encode()).get("ticket"))
        if number is None:  # there may be one: it is looked for before the next try
            raise Failed("no_number", permanent=False, of_desk=True)
        return number

    def find(self, external_id: str) -> int | None:
        """The number of the first ticket with this id of ours, None where there is none. Raises Failed."""
        found = self._ask("GET", f"{_TICKETS}?{urlencode({'external_id': external_id})}", {}).get("tickets")
        if not isinstance(found, list):
            raise Failed("no_list", permanent=False, of_desk=True)
        ours = [one for one in found if isinstance(one, dict) and one.get("external_id") == external_id]
        return min(filter(None, map(_number, ours)), default=None)

    def check(self) -> None:
        """Whether the login is one that may open tickets; none is opened. Raises Failed.

        Where no login is taken for none, Zendesk answers all the same, with a user who has no id.
        """
        me = self._ask("GET", _ME, {}).get("user")
        if not isinstance(me, dict) or not isinstance(me.get("id"), int):
            raise Failed("401", permanent=True, of_desk=True)
        if me.get("role") not in _OPENING_ROLES:
            raise Failed("no_agent", permanent=True, of_desk=True)

    def link(self, number: int) -> str:
        """Where agents of the help desk read a ticket."""
        return f"{self.url}/agent/tickets/{number}"

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> dict[str, Any]:
        secret = base64.b64encode(f"{self.user}/token:{self.token}".encode()).decode()
        sent = {"Authorization": f"Basic {secret}", "Accept": "application/json", **headers}
        own = [self.place] if self.place in settings.TANDEM.action_hosts else ()
        fetcher = Fetcher(seconds=SECONDS, largest=LARGEST, agent=AGENT, inside=False, hosts=own)
        try:
            return _read(fetcher.send(method, self.url + path, headers=sent, body=body))
        except Unreadable as error:
            is_ours = error.reason is Reason.PRIVATE_ADDRESS
            raise Failed(error.reason.value, permanent=is_ours, of_desk=True) from error
        finally:
            fetcher.close()


def help_desk() -> HelpDesk | None:
    """The one that the settings name; None where they name none."""
    chosen = settings.TANDEM
    token = chosen.ticket_token.get_secret_value()
    return HelpDesk(chosen.ticket_url, chosen.ticket_place, chosen.ticket_user, token) if token else None


def _number(ticket: object) -> int | None:
    """The number that a ticket says it has, if it is one that a row can keep."""
    number = ticket.get("id") if isinstance(ticket, dict) else None
    return number if isinstance(number, int) and 0 < number <= _LARGEST_NUMBER else None


def _read(answer: Fetched) -> dict[str, Any]:
    if answer.status not in (200, 201):
        passing = answer.status in _PASSING or answer.status >= 500
        after = answer.retry_after if passing and "retry-after" in answer.headers else 0.0
        of_desk = passing or answer.status in _OF_DESK
        raise Failed(str(answer.status), permanent=not passing, of_desk=of_desk, after=after)
    try:
        told = json.loads(answer.data)
    except (ValueError, RecursionError) as error:
        raise Failed("not_json", permanent=False, of_desk=True) from error
    return told if isinstance(told, dict) else {}
