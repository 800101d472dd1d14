"""A Word document to a document, by way of HTML."""

import zipfile
from pathlib import Path

import mammoth

from . import archive, html
from .document import Document, Reason, Unreadable, slug_of, stem_of

_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted .docx, or a .doc of old
_TITLE = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read(file: Path, key: str, *, into: str = "") -> Document:
    """Headings, lists, tables and links stay; pictures are written to the folder `into`. Raises Unreadable."""
    with file.open("rb") as source:
        if source.read(4) == _OLE:
            raise Unreadable(Reason.OLD_WORD)
        archive.refuse_bombs(file)
        try:
            page = mammoth.convert_to_html(source, style_map=_TITLE).value
        except RecursionError as error:
            raise Unreadable(Reason.NESTED) from error
        # mammoth has no error of its own: a broken document fails wherever the code first needs what is missing.
        except (zipfile.BadZipFile, KeyError, IndexError, ValueError, AttributeError, TypeError, SyntaxError) as error:
            raise Unreadable(Reason.CORRUPT) from error
    return _document(page, key, into)


def _document(page: str, key: str, into: str) -> Document:
    converted = html.to_markdown(page, into=into)
    body = converted.body
    if not body:
        raise Unreadable(Reason.EMPTY)
    title = stem_of(key).replace("-", " ").replace("_", " ").strip().capitalize()
    first, _end, rest = body.partition("\n")
    if first.startswith("# "):
        title, body = first[2:].replace("\\", "").strip(), rest.strip() or first
    slug = slug_of(stem_of(key), key)
    return Document(key=key, slug=slug, title=title, body=body, notes=converted.notes, parts=converted.parts)
