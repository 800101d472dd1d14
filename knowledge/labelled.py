"""Labelled data in JSON Lines, as an owner brings it: every line is checked before any work begins."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Unusable(Exception):
    """Why data cannot be evaluated or trained on, for whoever brought it."""


class BadLine(Unusable):
    """What is wrong in a file: the file, the line, the field, and what was expected there."""

    def __init__(self, file: Path, line: int, name: str, expected: str) -> None:
        super().__init__(f"{file}:{line}: {name}: expected {expected}")
        self.file, self.line, self.name, self.expected = file, line, name, expected


@dataclass(frozen=True)
class Field:
    """What a field must be, in words and as a check."""

    expected: str
    fits: Callable[[Any], bool]
    required: bool = True


TEXT = Field("a text that is not empty", lambda value: isinstance(value, str) and bool(value.strip()))
MAYBE_TEXT = Field("a text", lambda value: value is None or isinstance(value, str), required=False)
NAMES = Field("a list of texts", lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value))
FLAG = Field("true or false", lambda value: isinstance(value, bool))


def read(file: Path, fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """The objects of a file, each with its `line`. Raises BadLine at the first that is not as `fields` say."""
    rows = []
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            row = _object(file, number, line)
            _check(file, number, row, fields)
            rows.append(row | {"line": number})
    if not rows:
        raise BadLine(file, 1, "line", "at least one JSON object")
    return rows


def digest(files: Iterable[Path]) -> str:
    """The SHA-256 of the files' bytes, one after the other."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BadLine(file, error.object.count(b"\n", 0, error.start) + 1, "line", "UTF-8") from error
    except OSError as error:
        raise BadLine(file, 0, "file", f"a file that can be read ({error.strerror})") from error


def _object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(file, number, "line", f"a JSON object ({error.msg} at character {error.pos + 1})") from error
    if not isinstance(row, dict):
        raise BadLine(file, number, "line", "a JSON object")
    return row


def _check(file: Path, number: int, row: Mapping[str, Any], fields: Mapping[str, Field]) -> None:
    for name, field in fields.items():
        if name not in row and not field.required:
            continue
        value = row.get(name)
        if not field.fits(value):
            raise BadLine(file, number, name, f"{field.expected}, found {json.dumps(value)[:60]}")
        if not _storable(value):
            raise BadLine(file, number, name, "text without U+0000 and lone surrogates")


def _storable(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return not any(
        isinstance(one, str) and ("\0" in one or any("\ud800" <= c <= "\udfff" for c in one)) for one in texts
    )
