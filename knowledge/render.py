"""Markdown to HTML that is safe to show: for the help centre's pages and for the messages of a conversation."""

from collections.abc import Callable, Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .markdown import parser

ARTICLE_LINK = "article:"
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_TEXT = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}
_PAGE = _TEXT | _HEADINGS | {"hr", "img", "table", "thead", "tbody", "tr", "th", "td", "div"}
_SCHEMES = {"http", "https", "mailto", "tel"}


def to_html(markdown: str, *, links: Callable[[str], str]) -> str:
    """An article's text as HTML. `links` gives the address of an article's slug; headings carry their anchors."""
    reader = parser()
    tokens = reader.parse(markdown)
    for token in _inner(tokens):
        href = token.attrGet("href")
        if token.type == "link_open" and isinstance(href, str) and href.startswith(ARTICLE_LINK):
            token.attrSet("href", links(href.removeprefix(ARTICLE_LINK)))
    html = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
    return nh3.clean(
        html,
        tags=_PAGE,
        attributes={
            "*": {"id"},
            "a": {"href"},
            "img": {"src", "alt"},
            "ol": {"start"},
            "div": {"class", "tabindex"},
        },
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def message_html(text: str) -> str:
    """A message's light Markdown as HTML: paragraphs, emphasis, lists and links; line breaks stay."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "image", "hr"])
    return nh3.clean(
        reader.render(text),
        tags=_TEXT,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _inner(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()
