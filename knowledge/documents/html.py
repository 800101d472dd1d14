"""HTML to Markdown: a file, a page of the web, or a piece of either."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from knowledge.converter import Converter
from knowledge.markdown import anchor_of

from .document import EMBEDDED, Document, Note, Reason, Unreadable, language_code, slug_of, stem_of

_NEVER = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "form",
          "button", "input", "select", "textarea", "dialog", "nav", "footer", "link", "meta")  # fmt: skip
_HIDDEN = '[hidden], [aria-hidden="true"], [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"]'
_SCHEMES = ("http", "https", "mailto", "tel", "article")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_DATA = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MOST_PARTS = 1_000
_LONGEST_PART = 200
_BRACKETS = re.compile(r"[\[\]\\\s]+")
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def read(file: Path, key: str, *, address: str = "", charset: str = "", into: str = "", moved: str = "") -> Document:
    """The page's main part. With `address`, where it was fetched, links become absolute. Raises Unreadable.

    What pictures the page itself holds are written to the folder `into`. With `moved`, it was another page that was
    asked for: one that asks for a password is not what was meant then.
    """
    try:
        page = BeautifulSoup(_text(file.read_bytes(), charset), "html.parser")
        if moved and page.select_one("input[type=password]"):
            raise Unreadable(Reason.LOGIN)
        return _read(page, key, address, into)
    except RecursionError as error:
        raise Unreadable(Reason.NESTED) from error


@dataclass(frozen=True)
class Converted:
    """Markdown, what is worth knowing of it, and the anchors of its headings by what the page calls its parts."""

    body: str
    notes: tuple[Note, ...]
    parts: dict[str, str]


def to_markdown(html: str, address: str = "", into: str = "") -> Converted:
    """A piece of HTML as Markdown."""
    return _converted(BeautifulSoup(html, "html.parser"), address, into)


def _read(page: BeautifulSoup, key: str, address: str, into: str) -> Document:
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
    converted = _converted(main, _base(page, address), into)
    if not converted.body:
        raise Unreadable(Reason.EMPTY)
    name = _name_in(address) if address else stem_of(key)
    return Document(
        key=key,
        slug=slug_of(name, key),
        title=title or named or name,
        body=converted.body,
        language=language_code(str(language or "")),
        notes=converted.notes,
        parts=converted.parts,
    )


def _base(page: BeautifulSoup, address: str) -> str:
    """From where the page's links lead: its address, unless it names another one."""
    named = page.find("base", href=True)
    base = _address(named["href"], address) if named else ""
    return base if base.startswith(("http://", "https://")) else address


def _only_article(page: BeautifulSoup) -> Tag | None:
    articles = page.find_all("article", limit=2)
    return articles[0] if len(articles) == 1 else None


def _converted(root: Tag, address: str, into: str) -> Converted:
    _open_forms(root)
    _open_folds(root)
    for tag in [*_asides(root), *root.find_all(_NEVER), *root.select(_HIDDEN)]:
        tag.decompose()
    left_out = _pictures(root, address, into)
    parts = _parts(root)
    for link in root.find_all("a"):
        target = _address(link.get("href"), address)
        if target:
            link["href"] = target
        else:
            link.unwrap()
    converter = Converter(
        heading_style="ATX", bullets="-", table_infer_header=True, autolinks=False, keep_inline_images_in=["td", "th"]
    )
    notes = (Note(Reason.PICTURES_LEFT_OUT, {"count": left_out}),) if left_out else ()
    return Converted(_BLANK_LINES.sub("\n\n", converter.convert_soup(root)).strip(), notes, parts)


def _open_folds(root: Tag) -> None:
    """What a reader opens by its heading is text (WAI-ARIA's accordion); a box behind a mere button is none."""
    for button in root.find_all("button"):
        if not (button.find_parent(_HEADINGS) or button.find(_HEADINGS)):
            continue
        for name in str(button.get("aria-controls") or "").split():
            shown = root.find(id=name)
            if isinstance(shown, Tag) and shown.name not in _NEVER and shown.get("role") in (None, "region"):
                del shown["hidden"], shown["aria-hidden"]
        button.unwrap()


def _open_forms(root: Tag) -> None:
    """A form that most of the page is in is the page (ASP.NET's), and no form to fill in."""
    whole = len(root.get_text())
    for form in root.find_all("form"):
        if 2 * len(form.get_text()) > whole:
            form.unwrap()


def _asides(root: Tag) -> list[Tag]:
    """What stands beside the text; a callout within a page's main part or its article belongs to it."""
    if root.name in ("main", "article") or root.get("role") == "main":
        return []
    return [aside for aside in root.find_all("aside") if not aside.find_parent(["main", "article"])]


def _parts(root: Tag) -> dict[str, str]:
    """By each `id` or name the anchor of the heading that it is, holds, or stands right before; else of that above."""
    taken: dict[str, int] = {}
    parts: dict[str, str] = {}
    above, waiting = "", list[str]()
    for one in root.descendants:
        if isinstance(one, Tag):
            waiting += [
                str(one[name]) for name in ("id", "name") if one.get(name) and (name == "id" or one.name == "a")
            ]
            if one.name in _HEADINGS:
                above = anchor_of(one.get_text(), taken)
            else:
                continue
        elif not isinstance(one, NavigableString) or not one.strip():
            continue
        if above:
            parts |= {name[:_LONGEST_PART]: above for name in waiting if len(parts) < _MOST_PARTS and name not in parts}
        waiting = []
    return parts


def _pictures(root: Tag, address: str, into: str) -> int:
    """Each keeps its words and its address alone. Returns how many were left out, as they have no address."""
    left_out = 0
    for picture in root.find_all("img"):
        source = str(picture.get("src") or "").strip()
        target = _embedded(source, into) if source[:5].lower() == "data:" else _picture(source, address)
        words = _BRACKETS.sub(" ", str(picture.get("alt") or "")).strip()
        if target:
            picture.attrs = {"src": target, "alt": words}
        else:
            left_out += 1
            picture.replace_with(words)
    return left_out


def _picture(source: str, base: str) -> str:
    """The address of a picture of the web, or of a file beside this one; else ''."""
    target = _address(source, base)
    return target if source and urlsplit(target).scheme.lower() in ("http", "https", "") else ""


def _embedded(source: str, into: str) -> str:
    """The name of a picture that the page holds, now a file in `into`; '' for what is none."""
    found = _DATA.match(source)
    if not found or not into:
        return ""
    try:
        data = base64.b64decode(source[found.end() :])
    except ValueError:
        return ""
    name = hashlib.sha256(data).hexdigest()
    folder = Path(into)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return EMBEDDED + name


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
