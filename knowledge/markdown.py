"""Reads Markdown: one parser for the pages and for what is indexed, so that both name a heading's anchor alike."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_PUNCTUATION = re.compile(r"[^\w\s-]")
_SPACE = re.compile(r"[\s_-]+")
ANCHOR_LENGTH = 100


@dataclass(frozen=True)
class Reference:
    """A link in a text: its address, its words, the anchor of the heading above it and the words around it."""

    address: str
    words: str
    place: str
    quote: str


def anchor_of(heading: str, taken: dict[str, int]) -> str:
    """A heading's anchor, unlike those in `taken`; letters of every script stay.

    `taken` keeps for each anchor the last number that was put behind it: of thousands of equal headings none asks anew.
    """
    folded = unicodedata.normalize("NFKC", heading).lower()
    base = _SPACE.sub("-", _PUNCTUATION.sub("", folded)).strip("-")[:ANCHOR_LENGTH] or "section"
    anchor, number = base, taken.get(base, 1)
    while anchor in taken:
        number += 1
        anchor = f"{base}-{number}"
    taken[anchor] = 1
    taken[base] = number
    return anchor


def plain(tokens: Sequence[Token] | None) -> str:
    """The words of inline tokens, without marks and addresses."""
    words = []
    for token in tokens or ():
        if token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif token.type == "image":
            words.append(plain(token.children))
        else:
            words.append(token.content)
    return "".join(words)


def _mark_headings(state: StateCore) -> None:
    """Give every heading its anchor, and keep level 1 for the page's own title."""
    taken: dict[str, int] = {}
    for opening, inline, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor_of(plain(inline.children), taken))
            if opening.tag == "h1":
                opening.tag = closing.tag = "h2"


def parser() -> MarkdownIt:
    """CommonMark with tables and strike-through; HTML in the text stays text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.core.ruler.push("mark_headings", _mark_headings)
    return reader


def references(markdown: str) -> Iterator[Reference]:
    """The links of a text, in their order."""
    place = ""
    for token in parser().parse(markdown):
        if token.type == "heading_open":
            place = str(token.attrGet("id"))
        for address, words in _addresses(token.children or ()):
            yield Reference(address, words, place, plain(token.children).strip())


def _addresses(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for number, token in enumerate(tokens):
        if token.type == "link_open":
            end = next(n for n in range(number, len(tokens)) if tokens[n].type == "link_close")
            yield str(token.attrGet("href")), plain(tokens[number + 1 : end])
