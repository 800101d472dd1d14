"""The links of a text: where they lead, and the same text with other addresses in their place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from .markdown import parser

# A paragraph beyond this is left as it is: one that opens a thousand spans of code would be looked at for minutes.
LONGEST: Final = 20_000
# The address of a link, with what stands before it; code, in which nothing is a link; an address that is its own link.
_LINK: Final = re.compile(
    r"(?<![\\`])(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
    r"|(?<!\\)\]\(\s*(?P<to><[^<>\n]*>|[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)"
    r"|(?<!\\)<(?P<bare>[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*)>",
    re.DOTALL,
)
_DEFINED: Final = re.compile(r"\]:\s*(?P<to><[^<>\n]*>|[^\s<>]+)")
_MARKS: Final = re.compile(r"([\\`*_\[\]])")


def named(markdown: str) -> list[str]:
    """The addresses of a text's links, each once, in the order of the text, as a browser would be told them."""
    return list(dict.fromkeys(address for block in parser().parse(markdown) for address in _addresses(block)))


def renamed(markdown: str, addresses: Mapping[str, str]) -> str:
    """The same text with other addresses for its links; words and titles stay, and so does whatever is code."""
    env: dict[str, Any] = {}
    blocks = [block for block in parser().parse(markdown, env) if any(one in addresses for one in _addresses(block))]
    defined = [one["map"] for one in env.get("references", {}).values() if one["href"] in addresses]
    lines = markdown.split("\n")
    for start, end in {
        (block.map[0], block.map[1]) for block in blocks if block.map
    }:  # a row has a block for each cell
        _rewrite(lines, start, end, _LINK, addresses)
    for start, end in defined:
        _rewrite(lines, start, end, _DEFINED, addresses)
    return "\n".join(lines)


def _rewrite(lines: list[str], start: int, end: int, link: re.Pattern[str], addresses: Mapping[str, str]) -> None:
    """Within these lines, of which there are as many afterwards."""
    text = "\n".join(lines[start:end])
    if len(text) <= LONGEST:
        lines[start:end] = link.sub(lambda found: _with_address(found, addresses), text).split("\n")


def _with_address(found: re.Match[str], addresses: Mapping[str, str]) -> str:
    given = found.groupdict()
    written = given["to"] or given.get("bare")
    address = addresses.get(normalizeLink(unescapeAll(written.strip("<>")))) if written else None
    if address is None:
        return found[0]
    if given["to"]:
        start, end = (place - found.start() for place in found.span("to"))
        return f"{found[0][:start]}{address}{found[0][end:]}"
    words = _MARKS.sub(r"\\\1", str(written))
    return f"[{words}]({address})"


def _addresses(block: Token) -> Iterator[str]:
    for token in block.children or ():
        if token.type == "link_open":
            yield str(token.attrGet("href"))
