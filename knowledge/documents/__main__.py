"""The process in which files are read: a request a line on its input, results a line each on its output.

It is slow work on hostile bytes: it runs outside the web process (whose acks a thread that parses would hold up), with
no secret in its environment, with bounds of memory and file size, and at a low priority. The time is bounded by
`knowledge/reading.py`, which ends the process.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge import link_names, picture_names
from knowledge.split import sections

from . import archive, csv, docx, html, lines, markdown, pdf, sitemap, zendesk
from .document import (
    LONGEST_BODY,
    MOST_SECTIONS,
    TITLE_LENGTH,
    Document,
    Fault,
    Read,
    Reason,
    Unreadable,
    as_json,
    storable,
)

MEMORY = int(sys.argv[1]) if len(sys.argv) > 1 else 1024**3  # bytes
_FILE_BYTES = archive.MOST_BYTES_OF_ONE
_NICE = 10


def main() -> None:
    """Serve until the input ends."""
    _bind()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no result
    for line in sys.stdin:
        for told in _answers(json.loads(line)):
            out.write(json.dumps(told) + "\n")
        out.write('{"end": true}\n')
        out.flush()


def _bind() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)


def _answers(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    key = str(asked["key"])
    try:
        yield from _done(asked["form"], Path(asked["file"]), key, asked["options"])
    except Unreadable as error:
        yield as_json(error.of(key))
    except MemoryError:
        yield as_json(Fault(key, Reason.MEMORY, {"megabytes": MEMORY // 1024 // 1024}))
    except FileNotFoundError:
        yield as_json(Fault(key, Reason.FILE_GONE))
    # The edge of the process: a reader that fails in a way nobody foresaw is a line of the report, not an outage.
    except Exception as error:  # noqa: BLE001
        sys.stderr.write(f"reading {asked['form']}: {type(error).__name__}: {error}\n")
        yield as_json(Fault(key, Reason.CORRUPT))


def _done(form: str, file: Path, key: str, options: dict[str, str]) -> Iterator[dict[str, Any]]:
    match form:
        case "zip":
            for member in archive.unpack(file, key, Path(options["into"])):
                yield as_json(member) if isinstance(member, Fault) else {"member": vars(member)}
        case "sitemap":
            yield {"sitemap": vars(sitemap.read(file))}
        case _:
            for result in _read(form, file, key, options):
                yield as_json(_split(result) if isinstance(result, Document) else result)


def _read(form: str, file: Path, key: str, options: dict[str, str]) -> Read:
    match form:
        case "markdown":
            yield markdown.read(file, key)
        case "html":
            yield html.read(file, key, **options)
        case "pdf":
            yield pdf.read(file, key, **options)
        case "docx":
            yield docx.read(file, key, **options)
        case "csv":
            yield from csv.read(file, key)
        case "lines":
            yield from lines.read(file, key)
        case "zendesk":
            yield from zendesk.read(file, key, **options)
        case _:
            raise Unreadable(Reason.UNKNOWN_FORM)


def _split(document: Document) -> Document | Fault:
    """With its sections, so that nobody else has to split it."""
    if len(document.body) > LONGEST_BODY:
        return Fault(document.key, Reason.TOO_LONG, {"most": LONGEST_BODY}, document.line)
    title = " ".join(storable(document.title).split())[:TITLE_LENGTH]
    body = storable(document.body.replace("\r\n", "\n").replace("\r", "\n"))
    if not (body.strip() or (document.draft and document.filing)):
        return Fault(document.key, Reason.EMPTY, {}, document.line)
    pieces = tuple(sections(title, body))
    if len(pieces) > MOST_SECTIONS:
        return Fault(document.key, Reason.TOO_LONG, {"most": LONGEST_BODY}, document.line)
    document = _without_unstorable(replace(document, title=title, body=body, pieces=pieces))
    draft = document.filing.draft if document.filing else None
    pictures = dict.fromkeys((*picture_names.named(body), *picture_names.named(draft.body if draft else "")))
    return replace(document, pictures=tuple(pictures), links=tuple(link_names.named(body)))


def _without_unstorable(document: Document) -> Document:
    """Title and text have none any more: what no database can hold is left out of the rest too."""
    return replace(
        document,
        language=storable(document.language),
        region=storable(document.region),
        collection=storable(document.collection),
        audience=storable(document.audience),
        questions=tuple(map(storable, document.questions)),
        parts={storable(part): anchor for part, anchor in document.parts.items()},
    )


if __name__ == "__main__":
    main()
