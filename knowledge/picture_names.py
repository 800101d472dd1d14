"""The pictures that a text names: which, and the same text with other addresses in their place."""

import re
from collections.abc import Mapping
from typing import Any, Final

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import normalizeReference, unescapeAll

from .markdown import parser

# An image as CommonMark writes it: in place, or by the name of a definition (`![words][name]`, or its words alone).
_IMAGE: Final = re.compile(
    r"!\[(?P<words>(?:\\.|[^\\\[\]]|\[[^\[\]]*\])*)\]"
    r"(?:\(\s*(?P<to><[^<>\n]*>|[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)"
    r"(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
    r"|\[(?P<name>(?:\\.|[^\\\[\]])*)\]|(?!\())"
)


def named(markdown: str) -> list[str]:
    """The addresses of a text's pictures, each once, in the order of the text, as a browser would be told them."""
    inline = (token for block in parser().parse(markdown) for token in block.children or ())
    return list(dict.fromkeys(str(token.attrGet("src")) for token in inline if token.type == "image"))


def renamed(markdown: str, addresses: Mapping[str, str]) -> str:
    """The same text with other addresses for its pictures; where the new one is '', the picture's words alone.

    A picture by reference is named in place then: links may use its definition too, which stays.
    """
    defined = _definitions(markdown)

    def rename(found: re.Match[str]) -> str:
        if found["to"] is None:
            to, title = defined.get(normalizeReference(found["name"] or found["words"]), ("", ""))
        else:
            to, title = normalizeLink(unescapeAll(found["to"].strip("<>"))), found["title"] or ""
        address = addresses.get(to)
        if address is None:
            return found[0]
        return f"![{found['words']}]({address}{title})" if address else found["words"]

    return _IMAGE.sub(rename, markdown)


def _definitions(markdown: str) -> dict[str, tuple[str, str]]:
    """Address and title of what a text defines for references, as an image in place has them."""
    if "]:" not in markdown:
        return {}
    env: dict[str, Any] = {}
    parser().parse(markdown, env)
    found = env.get("references", {})
    return {name: (one["href"], _quoted(one["title"])) for name, one in found.items()}


def _quoted(title: str) -> str:
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    return f' "{escaped}"' if title else ""
