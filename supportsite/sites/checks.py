"""What the fields of a site may hold, each said in the words of who fills it in."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from supportsite.redaction import orders

from . import audience, hours


def check_origin(value: str) -> None:
    """Raise ValidationError unless `value` is `scheme://host[:port]` and nothing more."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or value != f"{parts.scheme}://{parts.netloc}":
        raise ValidationError(
            _("“%(value)s” is no origin. Write it as https://www.example.com."), params={"value": value}
        )


def check_origins(values: list[str]) -> None:
    """Raise ValidationError unless every value is an origin."""
    for value in values:
        check_origin(value)


def check_order_numbers(values: list[str]) -> None:
    """Raise ValidationError unless every value is a form of order numbers that is always fast to look for."""
    if len(values) > orders.MOST:
        raise ValidationError(_("No more than %(most)s forms."), params={"most": orders.MOST})
    for value in values:
        try:
            orders.expression(value)
        except orders.BadForm:
            raise ValidationError(
                _("“%(value)s” is no form of an order number. Write it as NP-######, with at least three of # @ *."),
                params={"value": value},
            ) from None


def check_zone(value: str) -> None:
    """Raise ValidationError unless `value` is a time zone."""
    if value and not hours.is_zone(value):
        raise ValidationError(_("“%(value)s” is no time zone. Write it as Europe/Berlin."), params={"value": value})


def check_weights(value: dict[str, float]) -> None:
    """Raise ValidationError unless every weight is a number from 0 to 2."""
    if not isinstance(value, dict) or not all(isinstance(one, int | float) and 0 <= one <= 2 for one in value.values()):
        raise ValidationError(_("A weight is a number from 0 to 2."))


def check_hours(values: list[str]) -> None:
    """Raise ValidationError unless every value names hours."""
    for value in values:
        try:
            audience.hours(value)
        except audience.BadHours:
            raise ValidationError(
                _("“%(value)s” names no hours. Write Mon-Fri 09:00-17:00."), params={"value": value}
            ) from None


def check_few(values: list[str]) -> None:
    """Raise ValidationError where a list is longer than anybody needs."""
    if len(values) > audience.MOST or any(len(value) > audience.LONGEST for value in values):
        raise ValidationError(_("No more than %(most)s lines."), params={"most": audience.MOST})
