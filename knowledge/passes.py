"""A pass: what lets a verified customer open an article that is not for everyone, at one address and for a while.

It is signed and kept nowhere. It stands in the address, and addresses are forwarded, logged and kept by browsers: so it
opens nothing else, is soon over, and ends with the identity key that its site had (docs/identity.md).
"""

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.utils.crypto import constant_time_compare, salted_hmac

from supportsite.sites.models import Site

from .addresses import Place, article_path, own_path, place_of

LASTS_S: Final = 2 * 3600
NAME: Final = "pass"
_SALT: Final = "tandem.article-pass"
_SIGNS: Final = 32  # hexadecimal ones of the signature: 128 bits


@dataclass(frozen=True)
class Pass:
    """One that was signed for this very address; `until` in seconds since 1970. It may be over."""

    until: int

    @property
    def is_over(self) -> bool:
        """Whether it opens nothing any more."""
        return self.until <= time.time()


def begin(now: float | None = None) -> Pass:
    """One that begins now."""
    return Pass(int(time.time() if now is None else now) + LASTS_S)


def with_pass(site: Site, address: str, given: Pass) -> str:
    """The address with its pass; as it was, where it is not that of an article of the site."""
    path = own_path(address)
    place = place_of(path) if path else None
    if place is None or place.site_key != site.key:
        return address
    parts = urlsplit(path)
    told = urlencode({NAME: word_of(site, place, given)})
    query = f"{parts.query}&{told}" if parts.query else told
    host = address[: len(address) - len(path)]
    return f"{host}{parts.path}?{query}" + (f"#{parts.fragment}" if parts.fragment else "")


def word_of(site: Site, place: Place, given: Pass) -> str:
    """The pass as text, for this article, region and version."""
    return f"{given.until}-{_signature(site, place, given.until)}"


def read(site: Site, place: Place, word: str) -> Pass | None:
    """The pass that `word` is for the very article, region and version that will be shown; None where it is none."""
    until, _dash, signature = word.partition("-")
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return None
    made = _signature(site, place, int(until))
    return Pass(int(until)) if constant_time_compare(signature, made) else None


def _signature(site: Site, place: Place, until: int) -> str:
    """Of what the address means, never of how it is written: two readers of one address may not read it alike."""
    path = article_path(site.key, place.language, place.slug)
    what = "\n".join((str(site.identity_key), path, place.region, place.version, str(until)))
    return salted_hmac(_SALT, what, algorithm="sha256").hexdigest()[:_SIGNS]
