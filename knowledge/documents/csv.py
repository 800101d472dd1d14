"""A table of articles or of questions and answers, as spreadsheets and other help desks export it."""

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from .document import Document, Note, Read, Reason, Unreadable, language_code, slug_of, stem_of
from .html import to_markdown

# A field's names in the exports that we know of; the first column that has one of them counts.
COLUMNS = {
    "title": ("title", "question", "name", "subject", "heading", "frage", "titel", "titre", "título", "pregunta"),
    "body": (
        "body",
        "answer",
        "text",
        "content",
        "article",
        "description",
        "antwort",
        "inhalt",
        "réponse",
        "respuesta",
    ),
    "id": ("id", "slug", "key", "number"),
    "language": ("language", "locale", "lang", "sprache"),
    "region": ("region", "market"),
    "collection": ("collection", "category", "section", "folder", "kategorie"),
}
LONGEST_RECORD = 2_000  # lines: a quote that is opened and not closed must not swallow the rest of the file
_FIELD_CHARACTERS = 2_000_000
_SEPARATOR = re.compile(r"\"?sep=([,;\t|:])\"?[\r\n]*\Z", re.IGNORECASE)  # a first line that Excel understands
_TAG = re.compile(r"</?(p|div|ul|ol|li|h[1-6]|br|a|table|strong|em|span)\b[^>]*>", re.IGNORECASE)


def read(file: Path, key: str) -> Read:
    """A document for each row below the head. A row that does not fit is a fault, and the next one goes on."""
    csv.field_size_limit(_FIELD_CHARACTERS)
    text, notes = _text(file.read_bytes())
    lines = list(io.StringIO(text, newline=""))  # a cell may hold what str.splitlines takes for a line's end
    said = _SEPARATOR.match(lines[0]) if lines else None
    start = 1 if said else 0
    delimiter = said[1] if said else _delimiter(lines[0] if lines else "")
    head, start = _record(lines, start, delimiter, width=0)[:2]
    columns = _columns(head)
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        number = start + 1
        row, start, stray = _record(lines, start, delimiter, width=len(head))
        more = (*notes, Note(Reason.STRAY_QUOTE)) if stray else notes
        try:
            yield _document(row, columns, len(head), key, number, more)
        except Unreadable as error:
            error.line = number
            yield error.of(f"{key}:{number}")


def _record(lines: Sequence[str], start: int, delimiter: str, *, width: int) -> tuple[list[str], int, bool]:
    """The row that begins at `start`, where the next one begins, and whether a stray quote was read as a letter."""
    for strict in (True, False):
        reader = csv.reader(islice(lines, start, start + LONGEST_RECORD), delimiter=delimiter, strict=strict)
        try:
            row = next(reader)
        except csv.Error:
            row = []
        # A quote that is never closed would take the next rows in, as long as the number of fields fits.
        taken = "".join(lines[start : start + reader.line_num])
        if row and (not width or len(row) == width) and (strict or taken.count('"') % 2 == 0):
            return row, start + max(reader.line_num, 1), False
    plain = next(csv.reader([lines[start]], delimiter=delimiter, quoting=csv.QUOTE_NONE))
    if len(plain) == width and '"' in lines[start]:
        return plain, start + 1, True
    return row or plain, start + 1 if reader.line_num > 1 else start + max(reader.line_num, 1), False


def _document(
    row: list[str], columns: dict[str, int], width: int, key: str, number: int, notes: tuple[Note, ...]
) -> Document:
    if len(row) != width:
        raise Unreadable(Reason.FIELDS, expected=width, found=len(row))
    value = {name: row[place].strip() for name, place in columns.items()}
    for name in ("title", "body"):
        if not value[name]:
            raise Unreadable(Reason.NO_TEXT_FIELD, field=name)
    html = to_markdown(value["body"]) if _TAG.search(value["body"]) else None
    language = language_code(value.get("language", ""))
    named = value.get("id") or value["title"]
    return Document(
        key="#".join(filter(None, (key, named[:200], language, value.get("region", "")))),
        slug=slug_of(f"{stem_of(key)}-{named}" if value.get("id", "").isdigit() else named[:100], f"{key}#{named}"),
        title=value["title"],
        body=html.body if html else value["body"],
        language=language,
        region=value.get("region", "").upper(),
        collection=value.get("collection", ""),
        line=number,
        notes=(*notes, *html.notes) if html else notes,
        parts=html.parts if html else {},
    )


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Where each field stands. Raises Unreadable where there is no title or no text."""
    names = [name.strip().strip('"').lower() for name in head]
    found = {
        field: min(names.index(known) for known in known_as if known in names)
        for field, known_as in COLUMNS.items()
        if any(known in names for known in known_as)
    }
    for field in ("title", "body"):
        if field not in found:
            raise Unreadable(Reason.NO_COLUMN, 1, field=field, names=", ".join(COLUMNS[field][:4]))
    return found


def _delimiter(head: str) -> str:
    return max(",;\t|", key=head.count)


def _text(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """UTF-8, UTF-16 where it says so, else Windows-1252, which holds Latin-1's letters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), (Note(Reason.WINDOWS_1252),)
