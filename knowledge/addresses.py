"""Where the help centre's pages and pictures are: the one place that writes their paths."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from django.conf import settings

HELP: Final = "/help/"
PICTURES: Final = f"{HELP}pictures/"
_NAME: Final = rf"{PICTURES}([0-9a-f]{{32}})-(\d{{1,5}})x(\d{{1,5}})\.(png|jpeg|webp)"
_PICTURE: Final = re.compile(rf"{_NAME}\Z")

_ARTICLE: Final = re.compile(rf"{HELP}([^/]+)/([^/]+)/([^/]+)/?\Z")


@dataclass(frozen=True)
class Place:
    """What the path of an article says. `version` is as it was written, empty for today's."""

    site_key: str
    language: str
    slug: str
    region: str = ""
    version: str = ""
    anchor: str = ""


def index_path(site_key: str, language: str) -> str:
    """The list of a site's articles in a language."""
    return f"{HELP}{site_key}/{language}/"


def article_path(
    site_key: str, language: str, slug: str, *, region: str = "", version: int | None = None, anchor: str = ""
) -> str:
    """An article, at a section and as it was in a version where those are given."""
    query = {"region": region} if region else {}
    if version is not None:
        query["v"] = str(version)
    path = f"{index_path(site_key, language)}{slug}/"
    return path + (f"?{urlencode(query)}" if query else "") + (f"#{quote(anchor)}" if anchor else "")


def place_of(path: str) -> Place | None:
    """What `article_path` was given; None for any other address, such as one that names two regions."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    found = _ARTICLE.match(parts.path)
    if found is None or parts.netloc:
        return None
    asked = parse_qs(parts.query, keep_blank_values=True)
    regions, versions = asked.get("region", [""]), asked.get("v", [""])
    if len(regions) > 1 or len(versions) > 1:
        return None
    return Place(found[1], found[2], found[3], regions[0], versions[0], unquote(parts.fragment))


def is_of_a_file(href: str) -> bool:
    """Whether a link names its target by a path from where it stands, as files do: no page of ours is named so."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return bool(parts.path) and not (parts.scheme or parts.netloc or parts.path.startswith("/"))


def own_path(url: str) -> str:
    """The path of an article of ours that an address leads to; empty for whatever else it may be."""
    path = url.removeprefix(settings.TANDEM.public_url)
    return path if place_of(path) is not None else ""


def picture_path(public_id: str, width: int, height: int, kind: str) -> str:
    """A picture; its size is in the name, so that a page leaves room for it without asking."""
    return f"{PICTURES}{public_id}-{width}x{height}.{kind}"


def picture_size(path: str) -> tuple[str, str] | None:
    """Width and height of one of our pictures by its path; None for any other address."""
    found = _PICTURE.match(path)
    return (found[2], found[3]) if found else None


def pictures_in(text: str) -> set[str]:
    """The public ids of our pictures that a text names."""
    return {found[1] for found in re.finditer(_NAME, text)}


def with_pictures_in(folder: str, text: str) -> str:
    """The text with each of our pictures named as a file of a folder, such as `pictures/5f….png`."""
    ours = re.escape(settings.TANDEM.public_url)
    return re.sub(rf"(?:{ours})?{_NAME}", lambda found: f"{folder}{found[1]}.{found[4]}", text)
