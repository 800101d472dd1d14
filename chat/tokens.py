"""A visitor's token: their random id, signed for one site. Whoever holds it reads and writes their conversation."""

import secrets
import time
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

_SALT = "tandem.visitor"
_UNTIL = "~"


@dataclass(frozen=True)
class Held:
    """Whom a token names; for one of a link also the digest of the e-mail address that it went to, and its end."""

    visitor: str
    address: str = ""
    until: int | None = None


def digest(email: str) -> str:
    """What stands for an e-mail address in a link and in the token that it gives."""
    return salted_hmac("tandem.resume", email).hexdigest()[:16]


def new_visitor_id() -> str:
    """A random id of 128 bits."""
    return secrets.token_hex(16)


def token_of(site_key: str, visitor_id: str, *, until: int | None = None, address: str = "") -> str:
    """The token that says so; `until` (seconds since 1970) it is good, for ever where there is none."""
    ends = "" if until is None else f"{_UNTIL}{until}{_UNTIL}{address}"
    return signing.Signer(salt=_SALT).sign(f"{site_key}.{visitor_id}{ends}")


def held_by(site_key: str, token: str, *, now: float | None = None) -> Held | None:
    """Whose token this is, None where it is forged, another site's, or at an end.

    One with an address is good while the visitor has that address, which the caller knows.
    """
    try:
        named, _, rest = signing.Signer(salt=_SALT).unsign(token).rpartition(".")
    except signing.BadSignature:
        return None
    visitor_id, _, limits = rest.partition(_UNTIL)
    until, _, address = limits.partition(_UNTIL)
    is_over = until and int(until) <= (time.time() if now is None else now)
    return Held(visitor_id, address, int(until) if until else None) if named == site_key and not is_over else None
