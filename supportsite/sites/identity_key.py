"""The key with which an owner's server signs who a customer is: derived, so that no row and no backup holds it."""

from typing import Protocol

from django.utils.crypto import salted_hmac

_SALT = "tandem.identity"


class _Site(Protocol):
    key: str
    identity_key: int


def identity_key(site: _Site) -> str:
    """64 characters, another one for each site and for each number of its key."""
    return salted_hmac(_SALT, f"{site.key}.{site.identity_key}", algorithm="sha256").hexdigest()
