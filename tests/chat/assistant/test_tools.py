"""A tool's own words about its arguments, read for names and plain types: hostile schemas are read, never run."""

import time

import pytest

from chat.assistant.doing.fields import Field, FieldKind
from chat.assistant.doing.tools import BadArguments, Tool, arguments, filled, input_name, is_same, unfit

SCHEMA = {
    "type": "object",
    "properties": {
        "note": {"type": "string", "pattern": "^(a+)+$"},
        "orderId": {"type": "string"},
        "count": {"type": "integer"},
        "weight": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "gift": {"type": ["boolean", "null"]},
        "lines": {"type": "array"},
        "either": {"type": ["integer", "boolean"]},
        "anything": {},
    },
    "required": ["orderId"],
}


def test_names_and_plain_types_are_read_and_what_is_required_comes_first():
    found = {one.name: (one.type, one.kind) for one in arguments(SCHEMA)}
    assert next(arguments(SCHEMA)).name == "orderId"
    assert found["count"] == ("integer", FieldKind.NUMBER)
    assert found["weight"] == ("number", FieldKind.NUMBER)
    assert found["gift"] == ("boolean", FieldKind.YES_NO)
    assert found["orderId"] == ("string", FieldKind.ORDER)
    assert found["either"][0] == "several"
    assert found["anything"][0] == "string"


def fill(**inputs: str):
    fields = [Field(name, FieldKind.TEXT) for name in inputs]
    return filled(SCHEMA, fields, inputs, {"order_id": "orderId"})


def test_what_a_customer_told_becomes_what_the_tool_takes():
    told = fill(order_id="NP-1", count="3", weight="2.5", gift="no", note="x")
    assert told == {"orderId": "NP-1", "count": 3, "weight": 2.5, "gift": False, "note": "x"}


@pytest.mark.parametrize("name", ["count", "weight"])
def test_a_long_number_keeps_each_of_its_digits(name):
    assert fill(order_id="NP-1", **{name: "10000000000000001"})[name] == 10_000_000_000_000_001


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({"order_id": "NP-1", "count": "2.5"}, "count"),
        ({"order_id": "NP-1", "count": "many"}, "count"),
        ({"order_id": "NP-1", "count": "1_000"}, "count"),
        ({"order_id": "NP-1", "count": "1e5"}, "count"),
        ({"order_id": "NP-1", "weight": "1e5"}, "weight"),
        ({"order_id": "NP-1", "weight": "nan"}, "weight"),
        ({"order_id": "NP-1", "weight": "Infinity"}, "weight"),
        ({"order_id": "NP-1", "weight": "1" * 400 + ".5"}, "weight"),
        ({"order_id": "NP-1", "gift": "perhaps"}, "gift"),
        ({"order_id": "NP-1", "lines": "a"}, "lines"),
        ({"order_id": "NP-1", "either": "1"}, "either"),
        ({"order_id": "NP-1", "unheard_of": "1"}, "unheard_of"),
        ({"count": "1"}, "orderId"),
    ],
)
def test_what_does_not_fit_is_named(inputs, name):
    with pytest.raises(BadArguments) as told:
        fill(**inputs)
    assert told.value.name == name


def test_a_pattern_of_theirs_is_never_run():
    began = time.monotonic()
    fill(order_id="NP-1", note="a" * 60 + "!")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": None},
        {"properties": ["a"]},
        {"properties": {"a": "text"}},
        {"properties": {"a": {"type": {"deep": 1}}}, "required": "a"},
        {"properties": {"a": {"anyOf": "x"}}, "required": [1, None]},
        {"properties": {"a": {"anyOf": [3, None]}}},
        {"$ref": "http://10.0.0.1/schema"},
    ],
)
def test_nonsense_is_read_as_far_as_it_goes(schema):
    assert len(list(arguments(schema))) <= 1


def test_a_name_of_theirs_becomes_one_of_ours():
    assert [input_name(one) for one in ("orderId", "X-Order ID", "42", "été", "a" * 80)] == [
        "order_id", "x_order_id", "in_42", "t", "a" * 40,
    ]  # fmt: skip


def test_what_an_input_is_missing_or_unknown_is_told():
    assert unfit(SCHEMA, ["orderId"]) == ("", "")
    assert unfit(SCHEMA, ["oderId"]) == ("oderId", "orderId")


def test_a_tool_stays_the_same_whatever_it_says_of_itself():
    tool = Tool("find", "Finds.", SCHEMA, True)
    assert is_same(tool.as_json(), Tool("find", "Finds all.", SCHEMA, True))
    assert not is_same(tool.as_json(), Tool("find", "Finds.", SCHEMA, False))
    assert not is_same(tool.as_json(), Tool("find", "Finds.", {**SCHEMA, "required": []}, True))
    assert not is_same({}, tool)
    assert not Tool("find", "", {"description": "x" * 30_000}).is_usable
