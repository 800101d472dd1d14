"""Hostile text never becomes a frame; and the page names every frame."""

import json
import re
from pathlib import Path

import pytest

from chat import protocol
from chat.protocol import CONSOLE_FRAMES, WIDGET_FRAMES, BadFrame, check_text, parse

PAGE = Path("docs/protocol.md").read_text("utf-8")


def refused(text, frames=WIDGET_FRAMES) -> str:
    with pytest.raises(BadFrame) as fault:
        parse(text, frames)
    return fault.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "bad_frame"),
        ("", "bad_frame"),
        ("[]", "bad_frame"),
        ("{", "bad_frame"),
        ("[" * 30000, "bad_frame"),
        ('{"type": 1}', "bad_frame"),
        ('{"type": "nonsense"}', "unknown_type"),
        ('{"type": "message", "id": "1"}', "bad_frame"),
        ('{"type": "message", "id": 1, "text": "a"}', "bad_frame"),
        ('{"type": "message", "id": "", "text": "a"}', "bad_frame"),
        ('{"type": "message", "id": "1", "text": "a\\u0000"}', "bad_frame"),
        ('{"type": "message", "id": "1", "text": "\\ud800"}', "bad_frame"),
        ('{"type": "message", "id": "1", "text": "a", "x\\udc00": 1}', "bad_frame"),
        ('{"type": "read", "seq": true}', "bad_frame"),
        ('{"type": "read", "seq": -1}', "bad_frame"),
        ('{"type": "typing", "on": "yes"}', "bad_frame"),
        (json.dumps({"type": "message", "id": "1", "text": "ü" * 33000}, ensure_ascii=False), "too_long"),
    ],
)
def test_bad_frames_get_their_code(text, code):
    assert refused(text) == code


def test_a_whole_surrogate_pair_is_one_character():
    frame = parse('{"type": "message", "id": "1", "text": "\\ud83d\\ude00"}', WIDGET_FRAMES)
    assert frame.text == "😀"


def test_unknown_fields_are_ignored():
    assert parse('{"type": "ping", "n": 3, "colour": "red"}', WIDGET_FRAMES).n == 3


HEAVY = "x" * protocol.MOST_BYTES


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "message", "id": "mine"}',
        '{"type": "message", "id": "mine", "text": "a\\u0000"}',
        '{"type": "message", "id": "mine", "text": "\\ud83d"}',
        '{"type": "message", "id": "mine", "text": "a\0b"}',
        '{"type": "message", "id": "mine", "text": "\\"id\\":\\"other\\"", "x": "\\udc00"}',
        '{"type": "message", "text": "\\"id\\":\\"other\\"", "id" : "mine", "x": }',
        '{"type": "message", "id": "mine", "text": ' + "[" * 30000,
        json.dumps({"type": "message", "text": HEAVY, "id": "mine"}),
        json.dumps({"type": "message", "x": {"id": "other"}, "text": HEAVY, "id": "mine"}),
        '{"type": "message", "id": "mine", "text": "' + HEAVY,
    ],
)
def test_a_fault_names_the_clients_id_so_that_it_can_stop_resending(text):
    with pytest.raises(BadFrame) as fault:
        parse(text, WIDGET_FRAMES)
    assert fault.value.id == "mine"


@pytest.mark.parametrize(
    "text",
    ['{"type": "person", "id": "a\\u0000"}', '{"type": "person", "id": "\\ud83d"}', '{"id": "\ud83d"', '{"id": "a\0"'],
)
def test_an_id_that_no_frame_may_hold_is_not_told_back(text):
    with pytest.raises(BadFrame) as fault:
        parse(text, WIDGET_FRAMES)
    assert fault.value.id is None


@pytest.mark.parametrize("text", ["", " \n", "\u2003\u3000\x85", protocol.WHITE_SPACE])
def test_white_space_alone_is_empty(text):
    with pytest.raises(BadFrame) as fault:
        check_text(text, "1")
    assert fault.value.code == "empty"


@pytest.mark.parametrize("text", ["\u200b", "\ufeff", "\x1c", "a"])
def test_what_only_looks_like_nothing_is_a_message(text):
    check_text(text, "1")


def test_four_thousand_code_points_fit_and_one_more_does_not():
    check_text("  " + "😀" * 4000 + "\n", "1")
    with pytest.raises(BadFrame) as fault:
        check_text("😀" * 4001, "1")
    assert fault.value.code == "too_long"


@pytest.mark.parametrize("frames", [WIDGET_FRAMES, CONSOLE_FRAMES])
def test_the_page_names_every_frame_and_field_that_comes_in(frames):
    half = PAGE.split("## Console socket")[frames is CONSOLE_FRAMES]
    table = half.split("Client to server")[1].split("Server to client")[0]
    for name, model in frames.items():
        row = next((line for line in table.splitlines() if re.search(rf"^\|[^|]*`{name}`", line)), None)
        assert row, f"{name} is not in the page"
        for field in model.model_fields:
            assert f"`{field}" in row, f"{name}.{field} is not in the page"
