"""Articles of Zendesk Guide, from an export or from a page of its API: both have the list `articles`."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .document import Document, Note, Read, Reason, Unreadable, language_code, utf8
from .html import to_markdown


def read(file: Path, key: str, *, address: str = "") -> Read:
    """A document for each article. A draft, and one that not everybody may see, is never published by an import."""
    try:
        told = json.loads(utf8(file))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(Reason.NO_JSON, why=str(error)[:100]) from error
    rows = told.get("articles") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise Unreadable(Reason.NO_ARTICLES)
    sections = _names(told, "sections") if isinstance(told, dict) else {}
    for place, row in enumerate(rows, start=1):
        try:
            yield _document(row, sections, address)
        except Unreadable as error:
            yield error.of(f"{key}:{place}")


def _document(row: Any, sections: dict[str, str], address: str) -> Document:
    if not isinstance(row, dict):
        raise Unreadable(Reason.NO_OBJECT)
    number = str(row.get("id") or "")
    if not number.isdigit():
        raise Unreadable(Reason.NO_TEXT_FIELD, field="id")
    title, html = row.get("title") or row.get("name"), row.get("body")
    for name, value in (("title", title), ("body", html)):
        if not isinstance(value, str) or not value.strip():
            raise Unreadable(Reason.NO_TEXT_FIELD, field=name)
    page = str(row.get("html_url") or address)
    try:
        converted = to_markdown(str(html), page)
    except RecursionError as error:
        raise Unreadable(Reason.NESTED) from error
    if not converted.body:
        raise Unreadable(Reason.EMPTY)
    locale = str(row.get("locale") or "")
    restricted = row.get("user_segment_id") is not None or bool(row.get("user_segment_ids"))
    return Document(
        key=f"zendesk:{_host(page) or _host(address)}:{number}:{locale.lower()}",
        slug=number,  # the same in every language, which a title is not
        title=str(title).strip(),
        body=converted.body,
        language=language_code(locale),
        collection=sections.get(str(row.get("section_id")), ""),
        line=0,
        draft=bool(row.get("draft")) or restricted,
        notes=(*converted.notes, Note(Reason.RESTRICTED)) if restricted else converted.notes,
        parts=converted.parts,
    )


def _host(page: str) -> str:
    try:
        return urlsplit(page).hostname or ""
    except ValueError:  # whatever an export holds there
        return ""


def _names(told: dict[str, Any], listed: str) -> dict[str, str]:
    rows = told.get(listed)
    found = rows if isinstance(rows, list) else []
    return {
        str(row["id"]): str(row["name"]) for row in found if isinstance(row, dict) and "id" in row and "name" in row
    }
