"""What is pasted from Word, Google Docs and web pages to Markdown: headings, lists, tables, links and emphasis stay."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from .converter import Converter

LONGEST: Final = 2_000_000  # characters of HTML: Word writes 20 for each that one sees
DEEPEST: Final = 150  # tags within each other: pages have 30, a document of Word fewer
_KEPT: Final = {
    "p", "div", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "ul", "ol", "li",
    "blockquote", "a", "table", "thead", "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_WORDS_LIST: Final = re.compile(r"mso-list:\s*\S+\s+level(\d)")
_NUMBERED: Final = re.compile(r"\(?\w{1,4}[.)]")
_BOLD: Final = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
_ITALIC: Final = re.compile(r"font-style:\s*italic")
_LIGHT: Final = re.compile(r"font-weight:\s*(?:normal|400)")
_HEADINGS: Final = ["h1", "h2", "h3", "h4", "h5", "h6"]
_BLOCKS: Final = ["p", "div", "ul", "ol", "table", *_HEADINGS]
_BLANK_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Pasted:
    """Markdown, and how many pictures were left out: they lie on other hosts."""

    markdown: str
    pictures: int


def to_markdown(html: str) -> Pasted:
    """The Markdown for a clipboard's HTML; a text that is nested too deep comes without its structure."""
    soup = BeautifulSoup(_with_whole_tags(html[:LONGEST]), "html.parser")
    pictures = len(soup.find_all("img"))
    try:
        _refuse_depths(soup)
        _words_lists(soup)
        _emphasis(soup)
        _nested_lists(soup)
        clean = nh3.clean(
            str(soup),
            tags=_KEPT,
            attributes={"a": {"href"}, "ol": {"start"}, "td": {"colspan"}, "th": {"colspan"}},
            url_schemes=_SCHEMES,
            link_rel=None,
            clean_content_tags={"script", "style", "title", "template"},
        )
        text = Converter(heading_style="ATX", bullets="-", table_infer_header=True).convert(clean)
    except RecursionError:
        text = soup.get_text("\n")
    return Pasted(_BLANK_LINES.sub("\n\n", text.replace("\xa0", " ")).strip(), pictures)


def _refuse_depths(soup: BeautifulSoup) -> None:
    """Raise RecursionError for what no page nests: to take one tag out, the parser walks through all that is in it."""
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depth = depths[id(tag.parent)] + 1
        if depth > DEEPEST:
            raise RecursionError


def _with_whole_tags(html: str) -> str:
    """What begins a tag and never ends it is text: the parser would look for its end to the last letter each time."""
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", "&lt;")


def _words_lists(soup: BeautifulSoup) -> None:
    """Word's lists are paragraphs that carry a level and a marker: make lists of them."""
    for run in list(_runs(soup)):
        open_lists: list[Tag] = []
        for paragraph, level in run:
            marker = _take_marker(paragraph)
            while len(open_lists) > level:
                open_lists.pop()
            while len(open_lists) < level:
                made = soup.new_tag("ol" if _NUMBERED.match(marker) else "ul")
                if not open_lists:
                    paragraph.insert_before(made)
                else:
                    items = open_lists[-1].find_all("li", recursive=False)
                    (items[-1] if items else open_lists[-1]).append(made)
                open_lists.append(made)
            paragraph.name = "li"
            open_lists[-1].append(paragraph.extract())


def _runs(soup: BeautifulSoup) -> Iterator[list[tuple[Tag, int]]]:
    """The stretches of paragraphs that follow each other and are items of lists, each with its level."""
    run: list[tuple[Tag, int]] = []
    for paragraph in soup.find_all("p"):
        found = _WORDS_LIST.search(str(paragraph.get("style", "")))
        if run and (found is None or paragraph.find_previous_sibling() is not run[-1][0]):
            yield run
            run = []
        if found:
            run.append((paragraph, int(found[1])))
    if run:
        yield run


def _take_marker(paragraph: Tag) -> str:
    """Take the bullet or the number out, which Word writes as text."""
    for span in paragraph.find_all("span"):
        if "mso-list" in str(span.get("style", "")).lower():
            text = span.get_text().strip()
            span.decompose()
            return text
    return ""


def _emphasis(soup: BeautifulSoup) -> None:
    """Google Docs says bold and italic by style, and wraps all of it in a `b` that is not bold."""
    none = _no_emphasis(soup)
    for tag in soup.find_all(["b", "i", "span", "font", "del", "strike"]):
        style = str(tag.get("style", ""))
        bold = bool(_BOLD.search(style)) or (tag.name == "b" and not _LIGHT.search(style))
        italic = bool(_ITALIC.search(style)) or (tag.name == "i" and "font-style: normal" not in style)
        if tag.name in ("del", "strike"):
            tag.name = "s"
        elif not (bold or italic) or id(tag) in none:
            tag.unwrap()
        else:
            tag.name = "strong" if bold else "em"
            if bold and italic:
                tag.wrap(soup.new_tag("em"))


def _no_emphasis(soup: BeautifulSoup) -> set[int]:
    """Of all tags, by identity, those that hold nothing, or whole blocks, or stand where everything is bold.

    Found for all at once: a page that closes no tag nests thousands, and none asks all that are within it.
    """
    worded = _around(text for text in soup.find_all(string=True) if text.strip())
    found = _around(soup.find_all(_BLOCKS))
    bold: set[int] = set()
    for tag in soup.find_all(True):
        if tag.parent is not None and (tag.parent.name in (*_HEADINGS, "th") or id(tag.parent) in bold):
            bold.add(id(tag))
        if id(tag) not in worded:
            found.add(id(tag))
    return found | bold


def _around(within: Iterable[PageElement]) -> set[int]:
    """Whatever these stand in, by identity."""
    found: set[int] = set()
    for one in within:
        for tag in one.parents:
            if id(tag) in found:
                break
            found.add(id(tag))
    return found


def _nested_lists(soup: BeautifulSoup) -> None:
    """A list that stands beside the items of another belongs into the item before it; an item's one paragraph is it."""
    for inner in soup.find_all(["ul", "ol"]):
        if inner.parent is not None and inner.parent.name in ("ul", "ol"):
            before = inner.find_previous_sibling("li")
            if before is not None:
                before.append(inner.extract())
    for item in soup.find_all("li"):
        paragraphs = item.find_all("p", recursive=False)
        if len(paragraphs) == 1:
            paragraphs[0].unwrap()
