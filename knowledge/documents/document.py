"""What a reader gives back: documents, or what was wrong and where."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from knowledge.split import Piece

LONGEST_BODY = 4_000_000  # characters: a book of 2,000 pages
MOST_SECTIONS = 20_000
EMBEDDED = "embedded:"  # a picture that was inside the document; its reader has written it to a file of this name
TITLE_LENGTH = 200
SLUG_LENGTH = 120
_UNSTORABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Reason(StrEnum):
    """Why a document could not be imported, or what else a report says of it."""

    NOT_UTF8 = "not_utf8"
    FRONT_MATTER = "front_matter"
    NO_JSON = "no_json"
    NO_OBJECT = "no_object"
    NO_TEXT_FIELD = "no_text_field"
    NO_SLUG = "no_slug"
    NO_LIST = "no_list"
    NO_COLLECTION = "no_collection"
    NOT_AS_EXPORTED = "not_as_exported"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    FIELDS = "fields"
    NO_COLUMN = "no_column"
    ENCRYPTED = "encrypted"
    SCANNED = "scanned"
    CORRUPT = "corrupt"
    OLD_WORD = "old_word"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_FILES = "too_many_files"
    BOMB = "bomb"
    NESTED = "nested"
    NO_ARTICLES = "no_articles"
    SLOW = "slow"
    MEMORY = "memory"
    CRASHED = "crashed"
    UNKNOWN_FORM = "unknown_form"
    FILE_GONE = "file_gone"
    BAD_LINE_ELSEWHERE = "bad_line_elsewhere"
    # of storing
    TWIN = "twin"
    SAME_ID = "same_id"
    TAKEN = "taken"
    EDITED = "edited"
    STILL_PUBLIC = "still_public"
    REFUSED = "refused"
    # of fetching
    BAD_ADDRESS = "bad_address"
    PRIVATE_ADDRESS = "private_address"
    UNREACHABLE = "unreachable"
    STATUS = "status"
    REDIRECTS = "redirects"
    ROBOTS = "robots"
    ROBOTS_AWAY = "robots_away"
    COMPRESSED = "compressed"
    RATE_LIMITED = "rate_limited"
    UNEXPECTED = "unexpected"
    OTHER_HOST = "other_host"
    NO_PAGES = "no_pages"
    PAGES_ELSEWHERE = "pages_elsewhere"
    SAME_PAGE = "same_page"
    LOGIN = "login"
    # what is worth knowing of a document that was imported
    WINDOWS_1252 = "windows_1252"
    STRAY_QUOTE = "stray_quote"
    PAGES_WITHOUT_TEXT = "pages_without_text"
    PICTURES_COPIED = "pictures_copied"
    PICTURES_LEFT_OUT = "pictures_left_out"
    PICTURES_ARE_LINKS = "pictures_are_links"
    LINKS_TURNED = "links_turned"
    LINKS_LOST = "links_lost"
    RESTRICTED = "restricted"
    WITHDRAWN = "withdrawn"
    STAYS_WITHDRAWN = "stays_withdrawn"
    PUBLIC_HERE = "public_here"
    FILED_HERE = "filed_here"
    OTHER_STAYS = "other_stays"
    OWNER_NOT_HERE = "owner_not_here"
    SLUGS_TAKEN = "slugs_taken"
    REPLACEMENT_NOT_HERE = "replacement_not_here"
    DRAFT_LEFT_OUT = "draft_left_out"


Detail = dict[str, str | int]


@dataclass(frozen=True)
class Note:
    """Something about a document that was imported all the same."""

    reason: Reason
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True)
class Text:
    """What of an article is written and found, as a draft holds it."""

    title: str
    body: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filing:
    """What an export of ours tells of an article beside its text: how its curators keep it."""

    collection_titles: dict[str, str] = field(default_factory=dict)  # by language
    tags: tuple[str, ...] = ()
    owner: str = ""  # a user's name
    review_on: str = ""  # a day, as 2027-03-31
    former_slugs: tuple[str, ...] = ()
    draft: Text | None = None  # where it is another text than readers see
    is_withdrawn: bool = False
    withdrawn_because: str = ""
    replaced_by: str = ""  # a slug


@dataclass(frozen=True)
class Document:
    """An article as its source has it, under its name there, `key`. What is empty is the import's to choose."""

    key: str
    slug: str
    title: str
    body: str
    language: str = ""
    region: str = ""
    collection: str = ""
    line: int = 1
    draft: bool = False
    audience: str = ""
    questions: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    pieces: tuple[Piece, ...] = ()
    filing: Filing | None = None  # of our own exports only
    pictures: tuple[str, ...] = ()  # addresses in the body: of the web, beside the file, or `embedded:` and a digest
    links: tuple[str, ...] = ()  # where the links in the body lead
    parts: dict[str, str] = field(default_factory=dict)  # what its source calls a part: the anchor of its heading here

    @property
    def has_draft(self) -> bool:
        """Whether its curators have written what they have not published."""
        return self.filing is not None and self.filing.draft is not None


@dataclass(frozen=True)
class Fault:
    """What was wrong with one document, and in which line of its file (0: no line)."""

    key: str
    reason: Reason
    detail: Detail = field(default_factory=dict)
    line: int = 0


Result = Document | Fault


class Unreadable(Exception):
    """A file, or one line of it, that is no article."""

    def __init__(self, reason: Reason, line: int = 0, **detail: str | int) -> None:
        super().__init__(reason)
        self.reason, self.line, self.detail = reason, line, detail

    def of(self, key: str) -> Fault:
        """As the report's line for `key`."""
        return Fault(key, self.reason, self.detail, self.line)


def utf8(file: Path) -> str:
    """The file's text. Raises Unreadable with the line of the first byte that is no UTF-8."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(Reason.NOT_UTF8, data.count(b"\n", 0, error.start) + 1) from error


def storable(text: str) -> str:
    """Without what no database and no page can hold."""
    return _UNSTORABLE.sub("", text)


def storable_detail(detail: Detail) -> Detail:
    """A reason's detail, in which a source may be quoted, likewise."""
    return {name: storable(value) if isinstance(value, str) else value for name, value in detail.items()}


def slug_of(name: str, key: str) -> str:
    """A slug from a file's name or an address; with the key's hash where its letters are of another script.

    "Как включить VPN?" and "Сколько стоит VPN?" are two articles.
    """
    slug = slugify(name)[-SLUG_LENGTH:].strip("-_")
    if slug and not any(map(_is_left_out, name)):
        return slug
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:10]
    return f"{slug[: SLUG_LENGTH - len(digest) - 1] or 'article'}-{digest}"


def _is_left_out(letter: str) -> bool:
    """Whether a slug has nothing of a letter."""
    return letter.isalpha() and not unicodedata.name(letter, "LATIN").startswith("LATIN")


def stem_of(key: str) -> str:
    """The file's name in a key, without folders and without its ending."""
    return Path(key.rpartition("/")[2]).stem


def language_code(tag: str) -> str:
    """`en` of `en-US`: the region of a page's language says where it was written, not for whom."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()


def as_json(result: Result) -> dict[str, Any]:
    """A result on its way between two processes."""
    if isinstance(result, Fault):
        return {"fault": {**vars(result)}}
    notes = [vars(note) for note in result.notes]
    pieces = [[piece.heading, piece.anchor, piece.text] for piece in result.pieces]
    filing = asdict(result.filing) if result.filing else None
    return {"document": {**vars(result), "notes": notes, "pieces": pieces, "filing": filing}}


def from_json(told: dict[str, Any]) -> Result:
    """The other way. Raises KeyError, TypeError or ValueError for what is neither."""
    if "fault" in told:
        fault = told["fault"]
        return Fault(**{**fault, "reason": Reason(fault["reason"])})
    document = told["document"]
    notes = tuple(Note(Reason(note["reason"]), note["detail"]) for note in document["notes"])
    pieces = tuple(Piece(*piece) for piece in document["pieces"])
    lists = {name: tuple(document[name]) for name in ("questions", "pictures", "links")}
    filing = _filing(document["filing"]) if document["filing"] else None
    return Document(**{**document, "notes": notes, "pieces": pieces, "filing": filing, **lists})


def _filing(told: dict[str, Any]) -> Filing:
    draft = told["draft"]
    lists = {name: tuple(told[name]) for name in ("tags", "former_slugs")}
    text = Text(draft["title"], draft["body"], tuple(draft["questions"])) if draft else None
    return Filing(**{**told, **lists, "draft": text})


Read = Iterator[Result]
