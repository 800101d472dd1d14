"""Where the help centre's pages are: the one place that writes their paths."""

from urllib.parse import quote, urlencode

HELP = "/help/"


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
