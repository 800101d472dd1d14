"""A Markdown file with front matter to a document."""

import re
from pathlib import Path

from knowledge.regions import KNOWN

from .document import Document, Reason, Unreadable, slug_of, utf8

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"')
_SINGLE = re.compile(r"'(?:[^']|'')*'")


def read(file: Path, key: str) -> Document:
    """Title, language, region, collection and slug come from the front matter, else from the file and its name.

    `returns.EU.md` is the article `returns` for the region EU; `release-2.1.md` is for no region. Raises Unreadable.
    """
    text = utf8(file).replace("\r\n", "\n")
    match = _FRONT.match(text)
    front = _front_matter(match.group(1)) if match else {}
    body = (text[match.end() :] if match else text).strip()
    name, region = _name_and_region(key.rpartition("/")[2].rpartition(".")[0])
    return Document(
        key=key,
        slug=slug_of(front.get("slug") or name.replace(".", "-"), key),
        title=front.get("title") or _first_heading(body) or name.replace("-", " ").capitalize(),
        body=body,
        language=front.get("language", ""),
        region=front.get("region", region),
        collection=front.get("collection", ""),
        draft=front.get("draft", "").lower() == "true",
    )


def _name_and_region(stem: str) -> tuple[str, str]:
    """Many names hold a dot: what follows it is a region where it is the name of one."""
    name, _dot, region = stem.rpartition(".")
    return (name, region) if name and region in KNOWN else (stem, "")


def _front_matter(text: str) -> dict[str, str]:
    """Lines of `name: value`, read as they stand: a title may hold a colon, and the language `no` is Norwegian.

    Lists and other deeper things, which another tool may keep there, are passed over.
    """
    front = {}
    for line, row in enumerate(text.split("\n"), start=2):
        name, colon, value = row.partition(":")
        if row.startswith((" ", "\t", "-", "#")) or not row.strip():
            continue
        if not colon:
            raise Unreadable(Reason.FRONT_MATTER, line)
        front[name.strip()] = _unquoted(value.strip())
    return front


def _unquoted(value: str) -> str:
    """Without the quotes around the whole of it; others belong to it."""
    if _DOUBLE.fullmatch(value):
        return re.sub(r"\\([\"\\])", r"\1", value[1:-1])
    return value[1:-1].replace("''", "'") if _SINGLE.fullmatch(value) else value


def _first_heading(body: str) -> str:
    first = body.partition("\n")[0]
    return first.lstrip("#").strip() if first.startswith("# ") else ""
