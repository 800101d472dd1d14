"""A visitor's token: their random id, signed for one site. Whoever holds it reads and writes their conversation."""

import secrets

from django.core import signing

_SALT = "tandem.visitor"


def new_visitor_id() -> str:
    """A random id of 128 bits."""
    return secrets.token_hex(16)


def token_of(site_key: str, visitor_id: str) -> str:
    """The token that says so."""
    return signing.Signer(salt=_SALT).sign(f"{site_key}.{visitor_id}")


def visitor_of(site_key: str, token: str) -> str | None:
    """The visitor whose token this is, None where it is forged or another site's."""
    try:
        named, _, visitor_id = signing.Signer(salt=_SALT).unsign(token).rpartition(".")
    except signing.BadSignature:
        return None
    return visitor_id if named == site_key else None
