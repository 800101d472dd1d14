"""An article's text to sections: one for each heading, long ones cut between paragraphs, else between sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from .markdown import parser, plain

# To be raised with every change of how articles are cut: sites are then cut anew, beside what is searched.
VERSION = 1
# Long enough to be read by itself, short enough that one vector says what is in it; measured in docs/retrieval.md.
PART = 300
HEADING_LENGTH = 300
_PATH = " › "
# A sentence ends where a full stop follows more than an abbreviation, and no small letter follows it.
_END = re.compile(r"(?:(?<=[^\W_]{4})[.!?…؟]|।)[\"”’»“)\]]*\s+(?![a-zß-öø-ÿа-я])|[。！？][」』”]*")
_SENTENCE = 1200
_WORD = re.compile(r"\S{1,600}\s*|\s+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")


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
        Piece(part.heading, part.anchor, chunk)
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


def _chunks(paragraphs: Sequence[str]) -> Iterator[str]:
    """The text of the paragraphs in parts of about PART, as even as its paragraphs and sentences allow."""
    pieces = [piece for paragraph in filter(None, paragraphs) for piece in _pieces(paragraph)]
    total = sum(map(_size, pieces))
    wanted = max(1, round(total / PART))
    chunk, size, left = "", 0, wanted - 1
    for piece in pieces:
        # Whole sentences fall short of their share, and what they leave must not pile up in the last part.
        if chunk and (left or size > 2 * PART) and size + _size(piece) / 2 > total / wanted:
            yield chunk.strip()
            chunk, size, left = "", 0, max(0, left - 1)
        chunk, size = chunk + piece, size + _size(piece)
    if chunk.strip():
        yield chunk.strip()


def _pieces(paragraph: str) -> list[str]:
    """What must stay together: a short paragraph, else its sentences, each with the space behind it."""
    ends = [end.end() for end in _END.finditer(paragraph)] if _size(paragraph) > PART else []
    cuts = [0, *ends, len(paragraph)]
    sentences = [paragraph[a:b] for a, b in pairwise(cuts) if a < b]
    words = [
        word
        for sentence in sentences
        for word in (_WORD.findall(sentence) if len(sentence) > _SENTENCE else [sentence])
    ]
    words[-1] += "\n"
    return words


def _size(text: str) -> int:
    """How much a text says, in letters of an alphabet: a Chinese character says about as much as three."""
    return len(text) if text.isascii() else len(text) + 2 * sum(map(len, _UNSPACED.findall(text)))
