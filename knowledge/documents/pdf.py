"""A PDF to a document whose sections know their page: `p. 12` is a heading, and so part of what is found and cited.

PDFium reads the file: on a manual of 193 pages it took 0.7 s where pypdf took 10 s, and it kept the spaces between
words that pypdf lost in text set by TeX.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from .document import TITLE_LENGTH, Document, Note, Reason, Unreadable, slug_of, stem_of, storable
from .running import without_running_lines

MOST_PAGES = 3_000
DEEPEST = 3  # levels of the outline that become headings
_LEADER = re.compile(r"(\.\s?){4,}\s*[\divxlc]*$|(\s\.){3,}\s*[\divxlc]+$")
_NEW_PARAGRAPH = re.compile(r"([•◦▪‣●∙·*–—-]\s|\(?[a-zA-Z\d]{1,3}[.)]\s|§\s?\d)")
_BULLET = re.compile(r"[•◦▪‣●∙·]\s*")
_ENDS = re.compile(r"[.!?:;…。！？][\"'”’)\]]*\d{0,2}$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")
_SYNTAX = re.compile(r"([\\`*_\[\]<])")
_BLOCK_SYNTAX = re.compile(r"^(#{1,6}(?=\s)|[+>=~-]|\d{1,9}(?=[.)]\s))")
_NUMBER = re.compile(r"^[\dA-Z§][\w.§-]{0,12}[.:]?\s+")
_NO_TITLE = re.compile(r"untitled|unbenannt|microsoft word|\.(docx?|tex|indd|pdf|odt)$|^\W*$", re.IGNORECASE)
_CARRIED = 600  # characters of a sentence that goes on over the page's end


@dataclass
class _Page:
    """A page's paragraphs in order; before paragraph n stand the headings `above[n]`, as (level, title)."""

    name: str
    lines: list[str]
    outline: list[tuple[int, str]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    above: dict[int, list[tuple[int, str]]] = field(default_factory=dict)


def read(file: Path, key: str, *, page_name: str = "p. %s") -> Document:
    """The text under its outline, page by page. `page_name` says how a page is called. Raises Unreadable."""
    try:
        with pypdfium2.PdfDocument(file) as document:
            title = str(document.get_metadata_value("Title") or "").strip()
            pages = _pages(document, page_name)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            Reason.ENCRYPTED if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD else Reason.CORRUPT
        ) from error
    bare = [page.name for page in pages if not page.lines]
    if len(bare) == len(pages):
        raise Unreadable(Reason.SCANNED, pages=len(pages))
    for page, lines in zip(pages, without_running_lines([page.lines for page in pages]), strict=True):
        page.lines = lines
        _fill(page)
    _join_over_pages(pages)
    notes = (Note(Reason.PAGES_WITHOUT_TEXT, {"count": len(bare), "pages": ", ".join(bare[:8])}),) if bare else ()
    name = stem_of(key)
    return Document(
        key=key,
        slug=slug_of(name, key),
        title=storable(name.replace("-", " ").replace("_", " ") if _NO_TITLE.search(title) else title)[:TITLE_LENGTH],
        body="\n\n".join(_markdown(pages)),
        notes=notes,
    )


def _pages(document: pypdfium2.PdfDocument, page_name: str) -> list[_Page]:
    if len(document) > MOST_PAGES:
        raise Unreadable(Reason.TOO_MANY_PAGES, count=len(document), most=MOST_PAGES)
    pages = [_Page(page_name % _number(document, index), _lines(document, index)) for index in range(len(document))]
    for entry in document.get_toc():
        target = entry.get_dest() if entry.level < DEEPEST else None
        index = target.get_index() if target else None
        title = " ".join(storable(entry.get_title() or "").split())
        if index is not None and 0 <= index < len(pages) and title:
            pages[index].outline.append((entry.level, title[:TITLE_LENGTH]))
    return pages


def _number(document: pypdfium2.PdfDocument, index: int) -> str:
    """The page's place in the file, and beside it what is printed on it where that is another."""
    label = storable(document.get_page_label(index) or "").strip()[:20]
    place = str(index + 1)
    return place if label in ("", place) else f"{place} ({label})"


def _lines(document: pypdfium2.PdfDocument, index: int) -> list[str]:
    page = document[index]
    try:
        text = page.get_textpage()
        try:
            said = text.get_text_bounded()
        finally:
            text.close()
    finally:
        page.close()
    # U+FFFE and U+00AD stand for a hyphen at a line's end, which joins the word.
    said = said.replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\xad\r\n", "").replace("\xad", "")
    lines = (" ".join(storable(line).split()) for line in said.splitlines())
    return [line for line in lines if line and not _LEADER.search(line)]


def _fill(page: _Page) -> None:
    """Lines to paragraphs, with the outline's entries before the line that is their title, else on the page's top."""
    wide = sorted(map(len, page.lines))[int(len(page.lines) * 0.8)] if page.lines else 0
    waiting = list(page.outline)
    start = 0
    while waiting:
        found = next((i for i in range(start, len(page.lines)) if _is_title(page.lines[i], waiting[0][1])), None)
        if found is not None:
            page.paragraphs += _paragraphs(page.lines[start:found], wide)
            start = found + 1
        page.above.setdefault(len(page.paragraphs), []).append(waiting.pop(0))
    page.paragraphs += _paragraphs(page.lines[start:], wide)


def _is_title(line: str, title: str) -> bool:
    bare, wanted = line.casefold(), title.casefold()
    return bare == wanted or _NUMBER.sub("", line, count=1).casefold() in (wanted, _NUMBER.sub("", title).casefold())


def _paragraphs(lines: Sequence[str], wide: int) -> list[str]:
    paragraphs: list[str] = []
    before = ""
    for line in lines:
        if not before or _begins(line, before, wide):
            paragraphs.append(line)
        elif before.endswith("-") and line[:1].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        else:
            paragraphs[-1] += " " + line
        before = line
    return paragraphs


def _begins(line: str, before: str, wide: int) -> bool:
    """Whether a paragraph begins here: the line before was short for its page, or this one begins as items do."""
    if _NEW_PARAGRAPH.match(line):
        return True
    ended = bool(_ENDS.search(before))
    return len(before) < wide * (0.85 if ended else 0.5) and (ended or not line[:1].islower())


def _join_over_pages(pages: Sequence[_Page]) -> None:
    """A sentence belongs to the page that it begins on, so that nothing is cited by half."""
    for page, following in pairwise(pages):
        if not page.paragraphs or not following.paragraphs or 0 in following.above:
            continue
        if _ENDS.search(page.paragraphs[-1]) or _NEW_PARAGRAPH.match(following.paragraphs[0]):
            continue
        end = _SENTENCE_END.search(following.paragraphs[0])
        if end and end.end() <= _CARRIED:
            page.paragraphs[-1] += " " + following.paragraphs[0][: end.end()]
            following.paragraphs[0] = following.paragraphs[0][end.end() :].strip()


def _markdown(pages: Sequence[_Page]) -> Iterator[str]:
    """Headings of the outline as they come, and under each the page that its text stands on."""
    depth = 0
    for page in pages:
        named = False
        for place, paragraph in enumerate(page.paragraphs):
            for level, title in page.above.get(place, ()):
                depth = min(level, depth) + 1
                yield f"{'#' * (depth + 1)} {_escaped(title)}"
                named = False
            if not paragraph:
                continue
            if not named:
                yield f"{'#' * (depth + 2)} {page.name}"
                named = True
            yield _item(paragraph)
        for level, title in page.above.get(len(page.paragraphs), ()):
            depth = min(level, depth) + 1
            yield f"{'#' * (depth + 1)} {_escaped(title)}"


def _item(paragraph: str) -> str:
    bullet = _BULLET.match(paragraph)
    if bullet and len(paragraph) > bullet.end():
        return "- " + _escaped(paragraph[bullet.end() :])
    return _escaped(paragraph)


def _escaped(text: str) -> str:
    """Text that stays text in Markdown."""
    return _BLOCK_SYNTAX.sub(
        lambda m: m[1][:-1] + "\\" + m[1][-1] if not m[1].isdigit() else m[1], _SYNTAX.sub(r"\\\1", text)
    )
