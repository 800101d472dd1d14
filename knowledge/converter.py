"""HTML to Markdown, of what is pasted and of what is imported alike: markdownify, with what it leaves open."""

import re
from typing import Final

from bs4 import Tag
from markdownify import MarkdownConverter

_BREAKS: Final = re.compile(r"[\s()]")
# Words that would begin a block of code, or name an address, where a line begins with them.
_BEGINS_A_BLOCK: Final = re.compile(r"(?m)^(\s*)(~{3,}|`{3,}|\[[^\]\n]+\]:)")


class Converter(MarkdownConverter):
    """A pipe stays in its cell of a table, and a blank or a parenthesis in its address."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Text stays text."""
        escaped = str(super().escape(text, parent_tags))  # type: ignore[misc]
        return _BEGINS_A_BLOCK.sub(r"\1\\\2", escaped)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link whose address ends where it ends."""
        el["href"] = _BREAKS.sub(_keep_whole, str(el.get("href", "")))
        return str(super().convert_a(el, text, parent_tags))  # type: ignore[misc]

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """One cell."""
        return str(
            super().convert_td(  # type: ignore[misc]
                el, text.replace("|", r"\|"), parent_tags
            )
        )

    def convert_th(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """One cell of the head."""
        return str(
            super().convert_th(  # type: ignore[misc]
                el, text.replace("|", r"\|"), parent_tags
            )
        )


def _keep_whole(found: re.Match[str]) -> str:
    """What would end an address in Markdown, so that it does not."""
    return "%20" if found[0].isspace() else f"\\{found[0]}"
