"""What a page with the widget loads: the loader at /widget.js, and behind it one script, one sheet and one language.

What only some conversations need (LATER) is loaded once they do.

The sources under static/ are plain modules that a browser can also load one by one. A foreign page gets them joined and
without comments: fewer bytes and no chain of requests. The version is part of the address, so that a browser may keep
what it has for ever.
"""

import hashlib
import logging
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from gzip import decompress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from zopfli import gzip

STATIC: Final = Path(__file__).resolve().parent.parent / "static"
# In the order of their imports; no name at the top of one is at the top of another.
MODULES: Final = (
    "shared/words.js", "shared/events.js", "shared/log.js", "shared/socket.js",
    "widget/store.js", "widget/opinion.js", "widget/sheet.js", "widget/widget.js",
)  # fmt: skip
# By the name that they are asked for. What they import is in widget.js, which is there by then.
LATER: Final = {"rating.js": "widget/rating.js"}
SHEETS: Final = ("css/tokens.css", "css/log.css", "css/widget.css")
FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_A_WHILE: Final = "public, max-age=300"

_COMMENT = re.compile(r"/\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_LINE_START = re.compile(r"\n\s*")
_QUOTED = re.compile(r'("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)')
# Only signs beside which a space or an end of line never means anything; + and - are not among them.
_AROUND_SIGN = re.compile(r" *([=?:,<>&|*{}();!\[\]]) *")
_AFTER_OPENING = re.compile(r"([{;,(\[])\n")
# We end every statement with a semicolon: what closes a block needs nothing before or behind it.
_NEEDLESS = re.compile(r"[;,](?=\})|(?<=\})\n|(?<=\w) (?=[+] \w)|(?<=\w[+]) (?=\w)")
_BEFORE_CLOSING = re.compile(r"\n([})\].?:])")
_IMPORT = re.compile(r'^import \{.*?\} from ".*?";$', re.MULTILINE)
_IMPORTED = re.compile(r'^import \{ (.*?) \} from ".*?";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|class|function|async)", re.MULTILINE)
_AROUND = re.compile(r"\s*([{};,])\s*|(?<=:)\s+")
_LAST_SEMICOLON = re.compile(r";(?=\})")
_OF_A_PAGE = re.compile(r":root[^,{]*,")  # in a shadow root it matches nothing
_PROPERTY = re.compile(r"(--[\w-]+):[^;{}]*(?:;|(?=\}))")
_READ = re.compile(r"var\((--[\w-]+)")

logger = logging.getLogger(__name__)


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The one script of a page; it knows the address of the rest."""
    return _answer(request, "loader.js", FOR_A_WHILE)


@require_safe
def part(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """Something that the loader asked for. A page that was opened before an update gets today's."""
    if name not in parts() or name == "loader.js":
        raise Http404
    return _answer(request, name, FOR_EVER if version == current_version() else FOR_A_WHILE)


@lru_cache(maxsize=1)
def parts() -> dict[str, bytes]:
    """Everything that the widget loads, by name."""
    words = STATIC / "shared/words"
    found = {
        f"words/{path.relative_to(words).as_posix()}": lean_script(path.read_text("utf-8"))
        for path in words.rglob("*.js")
    }
    later = {name: (STATIC / path).read_text("utf-8") for name, path in LATER.items()}
    shared = {name for text in later.values() for names in _IMPORTED.findall(text) for name in names.split(", ")}
    found["widget.js"] = joined([(STATIC / name).read_text("utf-8") for name in MODULES], sorted(shared))
    for name, text in later.items():
        found[name] = lean_script(_IMPORTED.sub(r'import { \1 } from "./widget.js";', text))
    styles = "".join(lean_sheet((STATIC / name).read_text("utf-8")) for name in SHEETS)
    found["widget.css"] = _without_unread(styles, "".join(found.values()))
    loading = lean_script((STATIC / "widget/loader.js").read_text("utf-8"))
    version = _version_of(loading, *found.values())
    found["loader.js"] = loading.replace("/VERSION/", f"/{version}/")
    return {name: text.encode() for name, text in found.items()}


@lru_cache(maxsize=1)
def packed() -> dict[str, bytes]:
    """The same, gzipped as small as it can be: a second or two, kept in var/widget for the processes to come."""
    folder = settings.VAR / "widget"
    files = {name: folder / f"{hashlib.sha256(text).hexdigest()}.gz" for name, text in parts().items()}
    kept = {name: _kept(text, files[name]) for name, text in parts().items()}
    made = {name: kept[name] or gzip.compress(text) for name, text in parts().items()}
    if made != kept:
        try:
            _keep(folder, {files[name]: content for name, content in made.items()})
        except OSError as error:
            logger.warning("The widget's packed files are not kept in %s: %s", folder, error.strerror)
    return made


def _kept(text: bytes, file: Path) -> bytes | None:
    """What an earlier process made of `text`, if it is whole."""
    try:
        content = file.read_bytes()
        return content if decompress(content) == text else None
    except (OSError, EOFError, zlib.error):
        return None


def _keep(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Write them, and remove what an earlier version or a killed process left."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        with NamedTemporaryFile(dir=folder, delete=False) as draft:
            draft.write(content)
        Path(draft.name).replace(file)
    for former in set(folder.iterdir()) - files.keys():
        former.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def current_version() -> str:
    """Changes when anything that the widget loads does."""
    found = re.search(rb"/embed/(\w+)/", parts()["loader.js"])
    assert found
    return found[1].decode()


def joined(modules: list[str], shared: Sequence[str] = ()) -> str:
    """Modules that import each other by name, as one; `shared` are the names that others may import from it."""
    texts = [_EXPORT.sub("", _IMPORT.sub("", text)) for text in modules[:-1]]
    told = f"export {{ {', '.join(shared)} }};" if shared else ""
    return lean_script("\n".join([*texts, _IMPORT.sub("", modules[-1]), told]))


def lean_script(text: str) -> str:
    """A script without comments (/* … */ anywhere, // on lines of their own), indentation and needless space."""
    bare = _LINE_START.sub("\n", _LINE_COMMENT.sub("", _COMMENT.sub("", text))).strip()
    parts = _QUOTED.split(bare)
    return "".join(part if number % 2 else _tight(part) for number, part in enumerate(parts))


def _tight(text: str) -> str:
    """Code between two quoted texts, without the spaces and line ends that mean nothing there."""
    return _NEEDLESS.sub("", _BEFORE_CLOSING.sub(r"\1", _AFTER_OPENING.sub(r"\1", _AROUND_SIGN.sub(r"\1", text))))


def lean_sheet(text: str) -> str:
    """A style sheet for a shadow root, without comments and what is needless there."""
    bare = _AROUND.sub(r"\1", _COMMENT.sub("", text)).strip()
    return _LAST_SEMICOLON.sub("", _OF_A_PAGE.sub("", bare))


def _without_unread(sheet: str, scripts: str) -> str:
    """Without the tokens that neither the sheet nor a script's own styles read: they are the other faces'."""
    read = {*_READ.findall(sheet), *_READ.findall(scripts)}
    kept = _PROPERTY.sub(lambda found: found[0] if found[1] in read else "", sheet)
    return kept if kept == sheet else _without_unread(kept, scripts)


def _version_of(*texts: str) -> str:
    return hashlib.sha256("\0".join(sorted(texts)).encode()).hexdigest()[:12]


def _answer(request: HttpRequest, name: str, kept: str) -> HttpResponse:
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    tag = f'"{hashlib.sha256(parts()[name]).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(
            packed()[name], content_type=f"{kind}; charset=utf-8", headers={"Content-Encoding": "gzip"}
        )
    else:
        response = HttpResponse(parts()[name], content_type=f"{kind}; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = kept
    # Any page may load it: which pages may talk to the site is judged by the socket.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
