"""A tool of an MCP server as an owner picks it, and what is filled in. All that the server says of it is hostile.

A tool's schema is read for the names and the plain types of its arguments, and never run as a schema: a pattern in it
could keep a thread busy for ever.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chat.assistant.doing.fields import Field, FieldKind

LARGEST: Final = 20_000  # characters of a schema
LONGEST_NAME: Final = 128
LONGEST_TOLD: Final = 600  # characters of what it says of itself that a page shows
MOST_ARGUMENTS: Final = 40
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGN: Final = re.compile(r"[^a-z0-9]+")
_WHOLE: Final = re.compile(r"-?[0-9]{1,300}\Z")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,300}\.[0-9]{1,300}\Z")


class BadArguments(ValueError):
    """What is filled in does not fit the tool: `name` is the argument."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Argument:
    """One argument of a tool, as far as it can be filled in; `kind` is what we would ask a customer for."""

    name: str
    type: str
    required: bool
    kind: FieldKind


@dataclass(frozen=True)
class Tool:
    """What a server tells of a tool. `read_only` is its own word that it changes nothing."""

    name: str
    about: str
    schema: Mapping[str, Any]
    read_only: bool = False

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """Those that its schema names."""
        return tuple(arguments(self.schema))

    @property
    def is_usable(self) -> bool:
        """Whether it could be an action: with a name and a schema of a size that anybody reads."""
        return 0 < len(self.name) <= LONGEST_NAME and len(json.dumps(self.schema)) <= LARGEST

    def as_json(self) -> dict[str, Any]:
        """What is kept of it. A tool that says something else later is not called until an owner has looked."""
        return {"about": self.about[:LONGEST_TOLD], "schema": dict(self.schema), "read_only": self.read_only}


def is_same(told: Mapping[str, Any], tool: Tool) -> bool:
    """Whether a tool takes and changes what it did when it was picked; how it praises itself is no matter."""
    return told.get("schema") == dict(tool.schema) and bool(told.get("read_only")) is tool.read_only


def arguments(schema: Mapping[str, Any]) -> Iterator[Argument]:
    """What a schema names, those that are required first."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return
    needed = {str(name) for name in required} if isinstance(required, list) else set()
    order = sorted(map(str, properties), key=lambda name: name not in needed)
    for name in order[:MOST_ARGUMENTS]:
        said = properties[name] if isinstance(properties[name], dict) else {}
        type_ = _type(said)
        yield Argument(name[:LONGEST_NAME], type_, name in needed, _kind(name, type_, said))


def input_name(argument: str) -> str:
    """A short name in our form for an argument: orderId becomes order_id."""
    plain = _SIGN.sub("_", _CAPITAL.sub("_", argument).lower()).strip("_")[:40].strip("_")
    return plain if plain[:1].isalpha() else f"in_{plain}"[:40].strip("_")


def filled(
    schema: Mapping[str, Any], fields: Sequence[Field], inputs: Mapping[str, str], called: Mapping[str, str]
) -> dict[str, Any]:
    """The arguments for these inputs; `called` names the argument where it is another. Raises BadArguments."""
    known = {one.name: one for one in arguments(schema)}
    found = {}
    for field in fields:
        name = called.get(field.name) or field.name
        if name not in known:
            raise BadArguments(name)
        found[name] = _value(known[name], inputs[field.name])
    if missing := [one.name for one in known.values() if one.required and one.name not in found]:
        raise BadArguments(missing[0])
    return found


def unfit(schema: Mapping[str, Any], named: Sequence[str]) -> tuple[str, str]:
    """An argument that is named and that the tool does not know, and one that it needs and that is not named."""
    known = list(arguments(schema))
    unknown = next((name for name in named if name not in {one.name for one in known}), "")
    return unknown, next((one.name for one in known if one.required and one.name not in named), "")


def _value(argument: Argument, written: str) -> Any:
    match argument.type:
        case "string":
            return written
        case "boolean" if written in ("yes", "no"):
            return written == "yes"
        case "integer" | "number":
            return _number(argument, written)
    raise BadArguments(argument.name)


def _number(argument: Argument, written: str) -> int | float:
    """As it is written, digit by digit: a float on the way would make another order number of a long one."""
    if _WHOLE.match(written):
        return int(written)
    if argument.type == "number" and _DECIMAL.match(written):
        return float(written)
    raise BadArguments(argument.name)


def _type(said: Mapping[str, Any]) -> str:
    """The one plain type of a property that may also be null; "string" where none is told, else what it is called."""
    told = said.get("type")
    either = said.get("anyOf")
    if told is None and isinstance(either, list):
        types = [one.get("type") for one in either if isinstance(one, dict)]
    else:
        types = list(told) if isinstance(told, list) else [told]
    plain = [str(one)[:40] for one in types if one not in (None, "null")]
    return plain[0] if len(plain) == 1 else "string" if not plain or "string" in plain else "several"


def _kind(name: str, type_: str, said: Mapping[str, Any]) -> FieldKind:
    form, plain = said.get("format"), name.lower()
    if type_ in ("integer", "number"):
        return FieldKind.NUMBER
    if type_ == "boolean":
        return FieldKind.YES_NO
    if form == "email" or "mail" in plain:
        return FieldKind.EMAIL
    if form in ("date", "date-time") or "date" in plain:
        return FieldKind.DATE
    return FieldKind.ORDER if "order" in plain else FieldKind.TEXT
