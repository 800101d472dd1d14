"""HTML to Markdown: a file, a page of the web, or a piece of either."""

import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from markdownify import ATX, MarkdownConverter

from .document import Document, Note, Reason, Unreadable, language_code, slug_of, stem_of

_NEVER = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "form",
          "button", "input", "select", "textarea", "dialog", "nav", "aside", "footer", "link", "meta")  # fmt: skip
_HIDDEN = '[hidden], [aria-hidden="true"], [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"]'
_SCHEMES = ("http", "https", "mailto", "tel", "article")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def read(file: Path, key: str, *, address: str = "", charset: str = "") -> Document:
    """The page's main part. With `address`, where it was fetched, links become absolute. Raises Unreadable."""
    try:
        return _read(_text(file.read_bytes(), charset), key, address)
    except RecursionError as error:
        raise Unreadable(Reason.NESTED) from error


def to_markdown(html: str, address: str = "") -> tuple[str, tuple[Note, ...]]:
    """A piece of HTML as Markdown, and what is worth knowing of it."""
    return _converted(BeautifulSoup(html, "html.parser"), address)


def _read(html: str, key: str, address: str) -> Document:
    page = BeautifulSoup(html, "html.parser")
    language = page.html.get("lang") if page.html else ""
    named = page.title.get_text(" ", strip=True) if page.title else ""
    main = page.select_one("main, [role=main]") or _only_article(page) or page.body or page
    if main is page.body:
        for banner in main.find_all("header", recursive=False):
            banner.decompose()
    heading = main.find("h1")
    title = heading.get_text(" ", strip=True) if heading else ""
    if heading:
        heading.decompose()
    body, notes = _converted(main, address)
    if not body:
        raise Unreadable(Reason.EMPTY)
    name = _name_in(address) if address else stem_of(key)
    return Document(
        key=key,
        slug=slug_of(name, key),
        title=title or named or name,
        body=body,
        language=language_code(str(language or "")),
        notes=notes,
    )


def _only_article(page: BeautifulSoup) -> Tag | None:
    articles = page.find_all("article", limit=2)
    return articles[0] if len(articles) == 1 else None


def _converted(root: Tag, address: str) -> tuple[str, tuple[Note, ...]]:
    for tag in [*root.find_all(_NEVER), *root.select(_HIDDEN)]:
        tag.decompose()
    left_out, linked = _pictures(root, address)
    for link in root.find_all("a"):
        target = _address(link.get("href"), address)
        if target:
            link["href"] = target
        else:
            link.unwrap()
    converter = MarkdownConverter(heading_style=ATX, bullets="-", table_infer_header=True, autolinks=False)
    notes = [Note(Reason.PICTURES_LEFT_OUT, {"count": left_out})] if left_out else []
    notes += [Note(Reason.PICTURES_ARE_LINKS, {"count": linked})] if linked else []
    return _BLANK_LINES.sub("\n\n", converter.convert_soup(root)).strip(), tuple(notes)


def _pictures(root: Tag, address: str) -> tuple[int, int]:
    """Pictures become links to where they are, or go: no page of ours loads anything from another host."""
    left_out = linked = 0
    for picture in root.find_all("img"):
        target = _address(picture.get("src"), address)
        words = str(picture.get("alt") or "").strip()
        if target and urlsplit(target).scheme in ("http", "https"):
            linked += 1
            picture.replace_with(_link(picture, target, words or _name_in(target)))
        else:
            left_out += 1
            picture.replace_with(words)
    return left_out, linked


def _link(inside: Tag, target: str, words: str) -> Tag | str:
    if inside.find_parent("a"):
        return words
    link = Tag(name="a", attrs={"href": target})
    link.string = words
    return link


def _address(value: object, base: str) -> str:
    """An address that may be followed, absolute where we know where the page was; else ''."""
    try:
        target = urljoin(base, str(value or "").strip())
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SCHEMES and (parts.scheme or base or target.startswith("//")):
        return ""
    return target.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def _name_in(address: str) -> str:
    """What an address calls its page: its path, without an ending."""
    parts = urlsplit(address)
    path = re.sub(r"\.(html?|php|aspx?|md|pdf|docx)$", "", unquote(parts.path).strip("/"), flags=re.IGNORECASE)
    name = path.removesuffix("/index").replace("/", "-") or parts.hostname or "page"
    return f"{name}-{parts.query}" if parts.query else name


def _text(data: bytes, charset: str) -> str:
    found = _CHARSET.search(data[:4096])
    for name in (charset, found.group(1).decode("ascii") if found else "", "utf-8-sig"):
        try:
            return data.decode(name) if name else data.decode("utf-8-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")
