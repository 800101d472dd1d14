"""Who an owner's server says that a customer is: a JWT, signed with the site's key. Pure but for that key.

What is refused is refused in plain English: it is read by whoever writes the code that signs.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from supportsite.redaction.span import Kind
from supportsite.sites.identity_key import identity_key

ALGORITHM: Final = "HS256"
LONGEST: Final = 4096  # characters of a token
LONGEST_ID: Final = 200
LONGEST_NAME: Final = 200
LONGEST_EMAIL: Final = 254
LASTS: Final = timedelta(hours=24)
LEEWAY: Final = timedelta(minutes=1)  # of clocks that are not quite right
MOST_VALUE: Final = 1e15
_SHORTEST: Final = 6  # characters of an id that is looked for in texts: a shorter one is any number


class _Site(Protocol):
    key: str
    identity_key: int


class BadIdentity(ValueError):
    """A token that says nothing. The text is for the owner's developer, and holds no secret."""


@dataclass(frozen=True)
class Claims:
    """What the owner's server vouches for. `id` is its own name for the customer, `value` what they are worth to it."""

    id: str
    name: str = ""
    email: str = ""
    value: float | None = None

    @property
    def known(self) -> tuple[tuple[Kind, str], ...]:
        """What of it is personal wherever it is written, for the redaction."""
        told = ((Kind.NAME, self.name), (Kind.EMAIL, self.email), (Kind.ID, self.id))
        return tuple((kind, one) for kind, one in told if len(one) >= (_SHORTEST if kind is Kind.ID else 1))


def read(site: _Site, token: str, *, now: float) -> Claims:
    """The claims of a token that is this site's and still good at `now` (seconds since 1970). Raises BadIdentity."""
    told = _signed(token, identity_key(site))
    _check_times(told, now)
    return Claims(
        id=_text(told, "sub", LONGEST_ID, required=True),
        name=_text(told, "name", LONGEST_NAME),
        email=_email(told),
        value=_value(told),
    )


def _signed(token: str, key: str) -> Mapping[str, Any]:
    if len(token) > LONGEST:
        raise BadIdentity(f"The identity token has more than {LONGEST} characters. Put only the claims below into it.")
    try:
        payload = jwt.PyJWS(algorithms=[ALGORITHM]).decode(token, key, algorithms=[ALGORITHM])
    except jwt.InvalidAlgorithmError as error:
        raise BadIdentity(f"The identity token is not signed with {ALGORITHM}, the only algorithm taken.") from error
    except jwt.InvalidSignatureError as error:
        raise BadIdentity(
            "The identity token is signed with another key. Use the newest one of this very site (admin, Sites, "
            "Verified customers), as the text that is shown there."
        ) from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadIdentity("The identity is no JWT: three parts in base64url, with dots between them.") from error
    try:
        told = json.loads(payload, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadIdentity("The claims of the identity token are no JSON.") from error
    if not isinstance(told, dict):
        raise BadIdentity("The claims of the identity token are one JSON object.")
    return told


def _no_number(written: str) -> float:
    raise ValueError(written)


def _check_times(told: Mapping[str, Any], now: float) -> None:
    expires, leeway = _seconds(told, "exp"), LEEWAY.total_seconds()
    if expires is None:
        raise BadIdentity("The claim “exp” is missing: the time at which the identity token ends, at most a day away.")
    if expires <= now - leeway:
        raise BadIdentity("The identity token has expired. Sign a new one for each page, and call identify with it.")
    if expires > now + LASTS.total_seconds() + leeway:
        raise BadIdentity("The claim “exp” is more than 24 hours away, or is in milliseconds: write seconds.")
    for name in ("iat", "nbf"):
        begins = _seconds(told, name)
        if begins is not None and begins > now + leeway:
            raise BadIdentity(f"The claim “{name}” is in the future. Is your server's clock right?")


def _seconds(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if value is None:
        return None
    if not _is_number(value):
        raise BadIdentity(f"The claim “{name}” is a number: seconds since 1970.")
    return float(value)


def _text(told: Mapping[str, Any], name: str, most: int, *, required: bool = False) -> str:
    value = told.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise BadIdentity(
            f"The claim “{name}” is a text" + (", your own id of the customer." if required else ", or is left out.")
        )
    if len(value) > most:
        raise BadIdentity(f"The claim “{name}” has more than {most} characters.")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise BadIdentity(f"The claim “{name}” holds U+0000 or half a surrogate pair.")
    if required and not value.strip():
        raise BadIdentity(f"The claim “{name}” is empty: it is your own id of the customer.")
    return value if required else " ".join(value.split())


def _email(told: Mapping[str, Any]) -> str:
    address = _text(told, "email", LONGEST_EMAIL)
    if not address:
        return ""
    try:
        EmailValidator(allowlist=["localhost"])(address)
    except ValidationError as error:
        raise BadIdentity("The claim “email” is no e-mail address. Leave it out where there is none.") from error
    return address


def _value(told: Mapping[str, Any]) -> float | None:
    value = told.get("value")
    if value is None:
        return None
    if not _is_number(value) or not 0 <= value <= MOST_VALUE:
        raise BadIdentity("The claim “value” is a number from 0, such as what the customer spends in a year.")
    return float(value)


def _is_number(value: object) -> bool:
    """A bool is none, and neither is what is too large to be told from infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
