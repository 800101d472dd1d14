"""The login form of the console and of the admin: whoever guesses passwords must wait, and nobody else."""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from .limits import Buckets, counted_as

_A_SECOND: Final = 1 / 60
_NAMES: Final = 10  # how many people's typing errors one address is good for

# By address and name together: a stranger elsewhere cannot lock an owner out. By address alone: one password is not
# tried on every name. This process's memory only.
_attempts = Buckets(capacity=settings.TANDEM.limit_logins, per_second=_A_SECOND, name="logins")
_of_address = Buckets(
    capacity=settings.TANDEM.limit_logins * _NAMES, per_second=_A_SECOND * _NAMES, name="logins of an address"
)


class LimitedLogin(AuthenticationForm):
    """Username and password. Each attempt takes from the burst of its address and name; the right one gives it back."""

    def clean(self) -> dict[str, Any]:
        """Refuse before the password is looked at, so that waiting cannot be guessed around."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not (name and password):
            return super().clean()
        address, now = self._address(), time.monotonic()
        key = f"{address} {name}"
        if wait := _attempts.take(key, now):
            raise _too_many(wait)
        if wait := _of_address.take(address, now):
            _attempts.give_back(key)  # others spent the address's burst: this name has not been tried
            raise _too_many(wait)
        cleaned = super().clean()
        _attempts.forget(key)
        _of_address.give_back(address)
        return cleaned

    def _address(self) -> str:
        return counted_as(self.request.META.get("REMOTE_ADDR", "")) if self.request else ""


class LimitedAdminLogin(LimitedLogin, AdminAuthenticationForm):
    """The same for the admin, which lets staff in only."""


def _too_many(wait: float) -> ValidationError:
    seconds = int(wait) + 1
    text = ngettext(
        "Too many wrong passwords. Try again in %(seconds)d second.",
        "Too many wrong passwords. Try again in %(seconds)d seconds.",
        seconds,
    )
    return ValidationError(text % {"seconds": seconds}, code="too_many")
