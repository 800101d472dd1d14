"""The pictures that a text names: which, and the same text with other addresses in their place."""

import re
from collections.abc import Mapping
from typing import Final

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import unescapeAll

from .markdown import parser

# An image as CommonMark writes it in place; one by reference stays as it is.
_IMAGE: Final = re.compile(
    r"!\[(?P<words>(?:\\.|[^\\\[\]]|\[[^\[\]]*\])*)\]"
    r"\(\s*(?P<to><[^<>\n]*>|[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)"
    r"(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)


def named(markdown: str) -> list[str]:
    """The addresses of a text's pictures, each once, in the order of the text, as a browser would be told them."""
    inline = (token for block in parser().parse(markdown) for token in block.children or ())
    return list(dict.fromkeys(str(token.attrGet("src")) for token in inline if token.type == "image"))


def renamed(markdown: str, addresses: Mapping[str, str]) -> str:
    """The same text with other addresses for its pictures; where the new one is '', the picture's words alone."""

    def rename(found: re.Match[str]) -> str:
        address = addresses.get(normalizeLink(unescapeAll(found["to"].strip("<>"))))
        if address is None:
            return found[0]
        return f"![{found['words']}]({address}{found['title'] or ''})" if address else found["words"]

    return _IMAGE.sub(rename, markdown)
