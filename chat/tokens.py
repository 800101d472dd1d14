"""A visitor's token: their random id, signed for one site. Whoever holds it reads and writes their conversation."""

import secrets
import time

from django.core import signing

_SALT = "tandem.visitor"
_UNTIL = "~"


def new_visitor_id() -> str:
    """A random id of 128 bits."""
    return secrets.token_hex(16)


def token_of(site_key: str, visitor_id: str, *, until: int | None = None) -> str:
    """The token that says so; `until` (seconds since 1970) it is good, for ever where there is none."""
    ends = "" if until is None else f"{_UNTIL}{until}"
    return signing.Signer(salt=_SALT).sign(f"{site_key}.{visitor_id}{ends}")


def visitor_of(site_key: str, token: str, *, now: float | None = None) -> str | None:
    """The visitor whose token this is, None where it is forged, another site's, or at an end."""
    try:
        named, _, rest = signing.Signer(salt=_SALT).unsign(token).rpartition(".")
    except signing.BadSignature:
        return None
    visitor_id, _, until = rest.partition(_UNTIL)
    is_over = until and int(until) <= (time.time() if now is None else now)
    return visitor_id if named == site_key and not is_over else None
