"""Reads a help centre of Zendesk Guide by its API: every article in one language."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
from django.conf import settings

from .documents.document import Reason, Result, Unreadable
from .fetch import Fetcher, origin_of, parsed
from .work import WholeRun, Work, patiently

MOST_PAGES: Final = 2_000  # 30 articles each
_LOCALE = re.compile(r"/hc/([a-z]{2,3}(?:-[a-z0-9]{2,8})*)(?:/|\Z)", re.IGNORECASE)


@dataclass
class HelpCentre:
    """The Help Center API: cursor pagination by links.next, Basic authentication with a token where we have one."""

    work: Work
    fetcher: Fetcher

    def results(self) -> Iterator[Result]:
        """Each article. Raises WholeRun."""
        try:
            url = parsed(self.work.imported.source)
            found = _LOCALE.search(url.path)
            locale = found.group(1).lower() if found else self.work.imported.language
            base = url.copy_with(raw_path=f"/api/v2/help_center/{locale}/".encode())
            sections = [row for page in self._pages(base, "sections") for row in _rows(page, "sections")]
            for number, page in enumerate(self._pages(base, "articles")):
                yield from self._articles(page, sections, str(url), number)
        except Unreadable as error:
            raise WholeRun(error.reason, error.detail) from error

    def _articles(self, page: dict[str, Any], sections: list[Any], address: str, number: int) -> Iterator[Result]:
        rows = _rows(page, "articles")
        self.work.expected += len(rows)
        kept = self.work.folder / "page.json"
        kept.write_text(json.dumps({"articles": rows, "sections": sections}), "utf-8")
        yield from self.work.reader.read(kept, form="zendesk", key=f"page {number + 1}", address=address)
        kept.unlink(missing_ok=True)

    def _pages(self, base: httpx.URL, listed: str) -> Iterator[dict[str, Any]]:
        address = str(base.join(f"{listed}.json").copy_merge_params({"page[size]": "30"}))
        asked: set[str] = set()
        while address and address not in asked and len(asked) < MOST_PAGES:
            asked.add(address)
            page = self._ask(address)
            yield page
            more = page.get("meta", {}).get("has_more") if isinstance(page.get("meta"), dict) else False
            links = page.get("links")
            address = str(links.get("next") or "") if more and isinstance(links, dict) else ""
            if address and origin_of(parsed(address)) != origin_of(base):
                raise Unreadable(Reason.OTHER_HOST, address=address[:300])
        if address:
            self.work.whole = False

    def _ask(self, address: str) -> dict[str, Any]:
        answer = patiently(self.work, lambda: self.fetcher.get(address, auth=_token_for(address)))
        if answer.status != 200:
            raise Unreadable(Reason.STATUS, status=answer.status)
        try:
            page = json.loads(answer.data)
        except (ValueError, RecursionError) as error:
            raise Unreadable(Reason.UNEXPECTED, host=parsed(address).host) from error
        if not isinstance(page, dict):
            raise Unreadable(Reason.UNEXPECTED, host=parsed(address).host)
        return page


def _token_for(address: str) -> tuple[str, str] | None:
    """The owner's token, for the host that it is meant for."""
    chosen = settings.TANDEM
    token = chosen.zendesk_token.get_secret_value()
    url = parsed(address)
    if not token or chosen.zendesk_host not in (url.host, f"{url.host}:{url.port}") or not _is_safe(url):
        return None
    return f"{chosen.zendesk_user}/token", token


def _is_safe(url: httpx.URL) -> bool:
    return url.scheme == "https" or f"{url.host}:{url.port or 80}" in settings.TANDEM.import_hosts


def _rows(page: dict[str, Any], listed: str) -> list[Any]:
    rows = page.get(listed)
    if not isinstance(rows, list):
        raise Unreadable(Reason.NO_ARTICLES)
    return rows
