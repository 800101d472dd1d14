"""What an import reads, as one stream of documents and faults: files, a page or a sitemap, a Zendesk help centre."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils import translation
from django.utils.translation import gettext

from . import import_files
from .documents.archive import Member
from .documents.document import Document, Fault, Reason, Result, Unreadable
from .documents.sitemap import Sitemap
from .fetch import Fetched, Fetcher, parsed
from .help_centre import HelpCentre
from .keeping import fitting
from .reading import SINGLE, form_of
from .robots import Robots
from .work import WholeRun, Work, patiently

MOST_ADDRESSES: Final = 5_000
_BETWEEN_S: Final = 0.1
_LONGEST_DELAY_S: Final = 10.0
_FORMS: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/markdown": "markdown",
}
_XML: Final = frozenset({"application/xml", "text/xml", "application/gzip", "application/x-gzip"})


def files(work: Work) -> Iterator[Result]:
    """Each file, and each file of each archive."""
    found = list(import_files.listed(work.imported))
    if not found:
        raise WholeRun(Reason.FILE_GONE, {})
    several = len(found) > 1 or bool(work.imported.path and Path(work.imported.path).is_dir())
    work.beside = {key: file for file, key in found if import_files.is_picture(key)}
    wanted = [(file, key) for file, key in found if not several or import_files.is_article(key)]
    work.expected += len(wanted)
    for file, key in wanted:
        if form_of(key) == "zip":
            yield from _archive(work, file, key)
        else:
            yield from _file(work, file, key)


def web(work: Work) -> Iterator[Result]:
    """One page, or every page that a sitemap names."""
    fetcher = Fetcher()
    try:
        yield from _Web(work, fetcher, Robots(fetcher)).results()
    finally:
        fetcher.close()


def zendesk(work: Work) -> Iterator[Result]:
    """Every article of a help centre in one language, by its API."""
    fetcher = Fetcher()
    try:
        yield from HelpCentre(work, fetcher).results()
    finally:
        fetcher.close()


def _file(work: Work, file: Path, key: str) -> Iterator[Result]:
    form = form_of(key)
    if form in SINGLE and fitting(key) in work.before:
        return
    results = work.reader.read(file, form=form, key=key, **_options(work, form))
    yield from _whole(list(results)) if form == "lines" and work.imported.path else results


def _whole(results: list[Result]) -> Iterator[Result]:
    """What a command is given as articles.jsonl is stored whole or not at all: a script must not go on with a part."""
    ids: dict[tuple[str, str, str], Document] = {}
    faults = [result for result in results if isinstance(result, Fault)]
    for result in results:
        if isinstance(result, Document):
            first = ids.setdefault((result.slug.casefold(), result.language, result.region), result)
            if first is not result:
                key = f"{result.key} @{result.line}"
                faults.append(Fault(key, Reason.SAME_ID, {"line": first.line}, result.line))
    yield from faults or results
    if faults:
        yield from (Fault(d.key, Reason.BAD_LINE_ELSEWHERE, {}, d.line) for d in ids.values())


def _options(work: Work, form: str) -> dict[str, str]:
    match form:
        case "pdf":
            with translation.override(work.imported.language):
                # Translators: the number of a page, as a source under an answer names it.
                return {"page_name": gettext("p. %s")}
        case "html" | "docx":
            return {"into": str(work.embedded)}
        case _:
            return {}


def _archive(work: Work, file: Path, key: str) -> Iterator[Result]:
    members = list(work.reader.unpack(file, key=key, into=work.folder / f"{file.name}.unpacked"))
    pictures = (m for m in members if isinstance(m, Member) and import_files.is_picture(m.key))
    work.beside |= {picture.key: Path(picture.file) for picture in pictures}
    wanted = [member for member in members if isinstance(member, Fault) or import_files.is_article(member.key)]
    work.expected += len(wanted) - 1
    for member in wanted:
        if isinstance(member, Fault):
            yield member
        elif form_of(member.key) == "zip":
            yield Fault(member.key, Reason.UNKNOWN_FORM)
        else:
            yield from _file(work, Path(member.file), member.key)
            Path(member.file).unlink(missing_ok=True)


@dataclass
class _Web:
    """One run over a page or a sitemap."""

    work: Work
    fetcher: Fetcher
    robots: Robots
    seen: set[str] = field(default_factory=set)  # where pages were found in the end
    moved: dict[str, list[str]] = field(default_factory=dict)  # where an address led, and which ones led there

    def results(self) -> Iterator[Result]:
        try:
            source = str(parsed(self.work.imported.source))
            first = self._get(source)
            addresses = self._addresses(first) if _is_sitemap(first) else []
        except Unreadable as error:
            raise WholeRun(error.reason, error.detail) from error
        self.work.expected = len(addresses) or 1
        if not addresses:
            self.work.whole = False  # what vanished is told by the answer for it alone
            yield from self._of(source, first)
        for address in addresses:
            yield from self._at(address)
        for place, led in self.moved.items():
            yield from self._led(place, led)

    def _at(self, address: str, *, whatever: bool = False) -> Iterator[Result]:
        """One page. One that leads elsewhere waits until it is known which others lead there; unless `whatever`."""
        if fitting(address) in self.work.before:
            return
        try:
            fetched = self._get(address)
            if fetched.status == 200 and _is_elsewhere(address, fetched) and not whatever:
                self.moved.setdefault(fetched.address, []).append(address)
            else:
                yield from self._of(address, fetched)
        except Unreadable as error:
            yield error.of(address)

    def _led(self, place: str, led: list[str]) -> Iterator[Result]:
        """A page that moved is read where it is; where several lead to one page it is none of them: one to log in."""
        if len(led) == 1:
            yield from self._at(led[0], whatever=True)
        elif place not in self.seen:
            yield from (Fault(one, Reason.SAME_PAGE, {"count": len(led), "address": place[:300]}) for one in led)

    def _of(self, address: str, fetched: Fetched) -> Iterator[Result]:
        if fetched.status == 200:
            yield from self._page(address, fetched)
        else:
            yield Fault(address, Reason.STATUS, {"status": fetched.status})

    def _get(self, address: str) -> Fetched:
        url = parsed(address)
        delay = self.robots.delay(url)
        self.work.pause(min(delay if delay is not None else _BETWEEN_S, _LONGEST_DELAY_S))
        return patiently(self.work, lambda: self.fetcher.get(address, admit=self.robots.admit))

    def _page(self, address: str, fetched: Fetched) -> Iterator[Result]:
        """The key is the address that was asked for; another one that leads to the same page is passed over."""
        if fetched.address != address:
            self.work.led.append((address, fetched.address))
        if fetched.address in self.seen:
            return
        self.seen.add(fetched.address)
        form = _FORMS.get(fetched.content_type) or ("" if fetched.content_type else "html")
        if not form:
            yield Fault(address, Reason.UNKNOWN_FORM)
            return
        kept = self.work.folder / "page"
        kept.write_bytes(fetched.data)
        options = _options(self.work, form)
        if form == "html":
            options |= {"address": fetched.address, "charset": fetched.charset}
            options |= {"moved": "yes"} if _is_elsewhere(address, fetched) else {}
        yield from self.work.reader.read(kept, form=form, key=address, **options)
        kept.unlink(missing_ok=True)

    def _addresses(self, first: Fetched) -> list[str]:
        """The pages of a sitemap and of those that it names, one level deep, on its own host."""
        host = parsed(first.address).host
        top = self._read_sitemap(first)
        pages, maps = list(top.pages), [address for address in top.sitemaps if _host(address) == host]
        for address in maps:
            if len(pages) > MOST_ADDRESSES:
                break
            further = self._get(address)
            if further.status != 200:
                raise Unreadable(Reason.STATUS, status=further.status)
            pages += self._read_sitemap(further).pages
        ours = [str(parsed(address)) for address in dict.fromkeys(pages) if _host(address) == host]
        if len(ours) < len(set(pages)) or len(maps) < len(top.sitemaps) or len(ours) > MOST_ADDRESSES:
            self.work.whole = False
        if not ours and pages:
            raise Unreadable(Reason.PAGES_ELSEWHERE, host=host, other=_host(pages[0]))
        if not ours:
            raise Unreadable(Reason.NO_PAGES, host=host)
        return ours[:MOST_ADDRESSES]

    def _read_sitemap(self, fetched: Fetched) -> Sitemap:
        kept = self.work.folder / "sitemap"
        kept.write_bytes(fetched.data)
        found = self.work.reader.sitemap(kept, key=fetched.address)
        if isinstance(found, Fault):
            raise WholeRun(found.reason, found.detail)
        return found


def _is_sitemap(fetched: Fetched) -> bool:
    head = fetched.data[:2000].lstrip().lower()
    named = fetched.content_type in _XML or parsed(fetched.address).path.endswith((".xml", ".xml.gz"))
    return (
        (named and not head.startswith((b"<!doctype html", b"<html"))) or b"<urlset" in head or b"<sitemapindex" in head
    )


def _is_elsewhere(address: str, fetched: Fetched) -> bool:
    """Whether redirects led to another page, and not only to another spelling of its address."""
    asked, found = parsed(address), parsed(fetched.address)
    return (asked.path.rstrip("/"), asked.query) != (found.path.rstrip("/"), found.query)


def _host(address: str) -> str:
    try:
        return parsed(address).host
    except Unreadable:
        return ""
