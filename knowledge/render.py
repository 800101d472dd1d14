"""Markdown to HTML that is safe to show: for the help centre's pages and for the messages of a conversation."""

from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .addresses import is_of_a_file, picture_size
from .markdown import parser, plain

ARTICLE_LINK = "article:"
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_TEXT = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}
_PAGE = _TEXT | _HEADINGS | {"hr", "img", "table", "thead", "tbody", "tr", "th", "td", "div"}
_SCHEMES = {"http", "https", "mailto", "tel"}


def to_html(markdown: str, *, links: Callable[[str], str]) -> str:
    """An article's text as HTML. `links` gives the address of an article's slug; headings carry their anchors.

    Pictures of other hosts, which our policy forbids a browser to load, become links in the reader's language. Of a
    link to a file beside the text, as files have them, the words stay: no page of ours is there.
    """
    reader = parser()
    tokens = reader.parse(markdown)
    for block in tokens:
        block.children = block.children and list(_with_links(block.children, lambda href: not is_of_a_file(href)))
    for token in _inner(tokens):
        href = token.attrGet("href")
        if token.type == "link_open" and isinstance(href, str) and href.startswith(ARTICLE_LINK):
            token.attrSet("href", links(href.removeprefix(ARTICLE_LINK)))
        if token.type == "image":
            _leave_room(token)
    for block in tokens:
        block.children = block.children and list(_without_foreign_pictures(block.children))
    html = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
    return nh3.clean(
        html,
        tags=_PAGE,
        attributes={
            "*": {"id"},
            "a": {"href"},
            "img": {"src", "alt", "width", "height", "loading"},
            "ol": {"start"},
            "div": {"class", "tabindex"},
        },
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def message_html(text: str, *, links: Collection[str] | None = None) -> str:
    """A message's light Markdown as HTML: paragraphs, emphasis, lists and links; line breaks stay.

    Where `links` are given, no other address becomes a link: its words stay.
    """
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "image", "hr"])
    tokens = reader.parse(text)
    if links is not None:
        for block in tokens:
            block.children = block.children and list(_with_links(block.children, links.__contains__))
    return nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=_TEXT,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _with_links(tokens: Sequence[Token], may_stay: Callable[[str], bool]) -> Iterator[Token]:
    """The same inline tokens without the other links, whose words stay. Links do not nest."""
    stays = False
    for token in tokens:
        if token.type == "link_open":
            stays = may_stay(str(token.attrGet("href")))
        if stays or token.type not in ("link_open", "link_close"):
            yield token


def _leave_room(image: Token) -> None:
    """Say how large one of our own pictures is, so that the page does not jump when it comes."""
    if size := picture_size(str(image.attrGet("src"))):
        image.attrs |= {"width": size[0], "height": size[1], "loading": "lazy"}


def _inner(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def shows_foreign_pictures(markdown: str) -> bool:
    """Whether a text asks for a picture that readers see as a link only."""
    return any(token.type == "image" and _is_foreign(token) for token in _inner(parser().parse(markdown)))


def _is_foreign(image: Token) -> bool:
    """Whether a picture is neither a path of this installation nor at its own address. A picture in `data:` is too."""
    source = str(image.attrGet("src") or "")
    if source.startswith(settings.TANDEM.public_url + "/"):
        return False
    try:
        parts = urlsplit(source)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)


def _without_foreign_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    """The same inline tokens, with a link in place of each picture of another host; within a link just the words."""
    links = 0
    for token in tokens:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "image" or not _is_foreign(token):
            yield token
            continue
        words = Token("text", "", 0, content=_("Picture: %(alt)s") % {"alt": plain(token.children) or "–"})
        if links:
            yield words
        else:
            yield Token("link_open", "a", 1, attrs={"href": str(token.attrGet("src"))})
            yield words
            yield Token("link_close", "a", -1)
