"""A request to a server of the owner's choice: what it needs, how it is written, and what came back."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

import httpx
import jsonschema

from chat.assistant.doing import fields
from chat.assistant.doing.fields import Field
from knowledge.documents.document import Unreadable
from knowledge.fetch import origin_of, parsed

MCP: Final = "MCP"  # the method of an action that is a tool of an MCP server
SECRET: Final = re.compile(r"\$(ACTION_[A-Z0-9_]{1,60})")
_DOLLAR: Final = re.compile(r"\$\w*")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")
_VALUE: Final = re.compile(r"[\x20-\x7e]{1,1000}\Z")
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-type", "accept", "accept-encoding", "cookie",
     "idempotency-key", "user-agent", "upgrade", "te", "trailer", "expect", "proxy-authorization"}
)  # fmt: skip
_FIELD: Final = re.compile(r"\{([^{}]*)\}")


class Identity(StrEnum):
    """What must be known of the customer."""

    NONE = "none"
    EMAIL = "email"  # the answer names the same address as the customer
    CUSTOMER = "customer"  # a customer whose identity is verified


class BadInput(ValueError):
    """These inputs do not fit the schema. `names` are those that do not."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


class BadAction(ValueError):
    """What an owner wrote cannot be asked; `what` is the place and `why` a code for the form."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what, self.why = what, why


class NoSecret(Exception):
    """A header names a variable of the environment that is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Action:
    """One thing that may be asked of a server. `reply` and `asks` are texts by language (doing/replies.py).

    `url` and `headers` hold `{input}` and `$ACTION_NAME`: a secret is put in when the request is sent, not before.
    With the method MCP it is the `tool` of the server at `url`, which was `told` so when it was picked; `arguments`
    names those that are called otherwise than their inputs.
    """

    id: int
    name: str
    does: str
    method: str
    url: str
    inputs: tuple[Field, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = Identity.NONE
    email_path: str = ""
    timeout: float = 10.0
    changes: bool = False
    asks: Mapping[str, str] = field(default_factory=dict)
    reply: Mapping[str, str] = field(default_factory=dict)
    tool: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_tool(self) -> bool:
        """Whether it is a tool of an MCP server."""
        return self.method == MCP

    @property
    def target(self) -> str:
        """What is asked, for the ledger."""
        return f"{self.url}#{self.tool}" if self.is_tool else self.url

    @property
    def host(self) -> str:
        """The one host that it asks, with its port where that is not the usual one; empty where there is none."""
        try:
            return _address(self.url).netloc.decode("ascii")
        except BadAction:
            return ""

    @property
    def place(self) -> str:
        """Host and port, as TANDEM_ACTION_HOSTS and TANDEM_ACTION_SECRETS name it. Raises BadAction."""
        _scheme, _host, port = origin_of(url := _address(self.url))
        return f"{url.raw_host.decode('ascii')}:{port}"

    @property
    def secrets(self) -> frozenset[str]:
        """The variables of the environment that its headers name."""
        return frozenset(name for value in self.headers.values() for name in SECRET.findall(value))

    @property
    def needs_customer(self) -> bool:
        """Whether it is for verified customers only: so it says, or it takes what only their identity tells."""
        return self.identity is Identity.CUSTOMER or any(one.kind in fields.OF_CUSTOMER for one in self.inputs)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its inputs."""
        return fields.schema(self.inputs)


@dataclass(frozen=True)
class Request:
    """What is sent; `headers` still name their secrets."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Acted:
    """What came of it: `values` of the answer, or why there are none.

    `fault` is a code; empty where an answer came. A server that says 404 has answered: `found` is False.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    found: bool = True
    fault: str = ""
    status: int = 0
    ms: float = 0.0
    again: bool = False  # it was done before, and not now
    sent: bool = True  # false where it certainly never left
    request: Request | None = None

    @property
    def may_have_happened(self) -> bool:
        """Whether a request that failed may have changed something all the same."""
        refused = 300 <= self.status < 500
        return bool(self.fault) and self.sent and not refused


Judged = Callable[[Acted], Acted]


class Act(Protocol):
    """Asks a server, or does what the customer confirmed: `asked` is the seq of the message that asked for their yes.

    `wanted` are the paths that anybody reads of the answer: nothing else of it is kept. `judged` says of what should
    have changed something what its answer is worth, before it is kept whether it was done.
    """

    def __call__(
        self, action: Action, inputs: Mapping[str, str], wanted: frozenset[str], asked: int | None, judged: Judged, /
    ) -> Awaitable[Acted]: ...


async def cannot_act(
    action: Action, inputs: Mapping[str, str], wanted: frozenset[str], asked: int | None, judged: Judged, /
) -> Acted:
    """Where nothing outside is asked."""
    return Acted(fault="nobody_to_ask")


def check(action: Action) -> None:
    """Raise BadAction where it could never be asked."""
    _address(action.url)
    try:
        bare = urlsplit(action.url)
    except ValueError as error:
        raise BadAction("url", "address") from error
    if bare.fragment:
        raise BadAction("url", "address")
    if "{" in bare.netloc or "{" in bare.scheme or re.search(r"[\s\\]", action.url):
        raise BadAction("url", "host")
    if action.is_tool and "{" in action.url:
        raise BadAction("url", "tool")
    names = {one.name for one in action.inputs}
    if unknown := set(_FIELD.findall(action.url)) - names:
        raise BadAction("url", f"{{{min(unknown)}}}")
    for name, value in action.headers.items():
        if not _HEADER.match(name) or name.lower() in _OURS or not _VALUE.match(value):
            raise BadAction("headers", name)
        if any(not SECRET.fullmatch(dollar) for dollar in _DOLLAR.findall(value)):
            raise BadAction("headers", value)


def _address(written: str) -> httpx.URL:
    """An address with "x" for each input. Raises BadAction where it is none, or names a port that there is not."""
    try:
        url = parsed(_FIELD.sub("x", written))
    except Unreadable as error:
        raise BadAction("url", "address") from error
    if not 0 < origin_of(url)[2] < 65_536 or url.port == 0:
        raise BadAction("url", "address")
    return url


def request(action: Action, inputs: Mapping[str, str]) -> Request:
    """The request for these inputs. Raises BadInput where they do not fit the schema."""
    judge = jsonschema.Draft202012Validator(action.schema)
    if wrong := [str(error.path[0]) if error.path else error.validator for error in judge.iter_errors(dict(inputs))]:
        raise BadInput(sorted(set(map(str, wrong))))
    if dots := [name for name, value in inputs.items() if not value.strip("./ ")]:
        raise BadInput(dots)  # "..": no part of a path that leads elsewhere
    if action.is_tool:
        called = {action.arguments.get(name) or name: value for name, value in inputs.items()}
        body = json.dumps({"name": action.tool, "arguments": called}, sort_keys=True).encode()
        return Request(MCP, action.url, dict(action.headers), body)
    url = _FIELD.sub(lambda found: quote(inputs[found[1]], safe=""), action.url)
    if action.method == "GET":
        return Request("GET", url, dict(action.headers))
    return Request(action.method, url, dict(action.headers), json.dumps(dict(inputs), sort_keys=True).encode())


def with_secrets(headers: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The headers as they are sent. Raises NoSecret."""

    def secret(found: re.Match[str]) -> str:
        value = environment.get(found[1], "")
        if not _VALUE.match(value):
            raise NoSecret(found[1])
        return value

    return {name: SECRET.sub(secret, value) for name, value in headers.items()}
