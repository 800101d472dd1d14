"""An article's text to sections: one for each heading, long ones cut between paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from .markdown import parser, plain

LONGEST = 1200
HEADING_LENGTH = 300
_PATH = " › "


@dataclass(frozen=True)
class Piece:
    """What is embedded, found and cited. `heading` is the path of headings down to it, empty before the first."""

    heading: str
    anchor: str
    text: str


def embedded_text(title: str, heading: str, text: str) -> str:
    """What the models read of a section: the titles above it, then its own words."""
    return "\n".join(part for part in (title, heading, text) if part)


def sections(title: str, markdown: str) -> list[Piece]:
    """The sections of an article in their order; one with only its title where the text is empty."""
    pieces = [
        Piece(part.heading, part.anchor, "\n".join(chunk))
        for part in _parts(parser().parse(markdown))
        for chunk in _chunks(part.paragraphs)
    ]
    return pieces or [Piece("", "", title)]


@dataclass
class _Part:
    heading: str = ""
    anchor: str = ""
    paragraphs: list[str] = field(default_factory=list)


def _parts(tokens: Sequence[Token]) -> Iterator[_Part]:
    part, above = _Part(), dict[int, str]()
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            yield part
            level = int(token.tag[1])
            above = {k: v for k, v in above.items() if k < level} | {level: plain(tokens[index + 1].children).strip()}
            part = _Part(_PATH.join(above.values())[:HEADING_LENGTH], str(token.attrGet("id")))
        elif token.type in ("fence", "code_block"):
            part.paragraphs.append(token.content.strip())
        elif token.type == "table_open":
            part.paragraphs.extend(_table_rows(tokens[index:]))
        elif token.type == "inline" and _is_paragraph(tokens, index):
            part.paragraphs.append(plain(token.children).strip())
    yield part


def _is_paragraph(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index - 1].type == "paragraph_open"


def _table_rows(tokens: Sequence[Token]) -> Iterator[str]:
    """Each row as a line that can be read by itself: `Express: 1 to 2 days, Price: 9 €`."""
    heads: list[str] = []
    cells: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "table_close":
            return
        if token.type == "inline":
            (heads if tokens[index - 1].type == "th_open" else cells).append(plain(token.children).strip())
        elif token.type == "tr_close" and cells:
            named = [f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=False) if cell]
            yield "; ".join(named) + "."
            cells = []


def _chunks(paragraphs: Sequence[str]) -> Iterator[list[str]]:
    """Paragraphs together up to LONGEST characters; one paragraph is never cut."""
    chunk: list[str] = []
    for paragraph in filter(None, paragraphs):
        if chunk and sum(map(len, chunk)) + len(paragraph) > LONGEST:
            yield chunk
            chunk = []
        chunk.append(paragraph)
    if chunk:
        yield chunk
