"""What the hosts that we read from let a robot read: each host's robots.txt, fetched once in a run."""

from typing import Final

import httpx
from protego import Protego

from .documents.document import Reason, Unreadable
from .fetch import AGENT, Fetcher, origin_of

_BYTES: Final = 500 * 1024


class Robots:
    """As RFC 9309 has it: no robots.txt forbids nothing, one that cannot be had forbids all."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[tuple[str, str, int], Protego] = {}

    def admit(self, url: httpx.URL) -> None:
        """Raise Unreadable unless we may ask for it."""
        if not self._of(url).can_fetch(str(url), AGENT):
            raise Unreadable(Reason.ROBOTS, host=url.host)

    def delay(self, url: httpx.URL) -> float | None:
        """Seconds that the host wants between two questions, where it says so. Raises Unreadable."""
        found: float | None = self._of(url).crawl_delay(AGENT)
        return found

    def _of(self, url: httpx.URL) -> Protego:
        origin = origin_of(url)
        if origin not in self._rules:
            answer = self._fetcher.get(str(url.copy_with(raw_path=b"/robots.txt")))
            if answer.status >= 500:
                raise Unreadable(Reason.ROBOTS_AWAY, host=url.host, status=answer.status)
            text = answer.data[:_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""
            self._rules[origin] = Protego.parse(text)
        return self._rules[origin]
