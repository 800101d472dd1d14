"""Shares, thresholds and scores as people read them."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """0.2 as 20.0 %; a dash where nothing was counted."""
    if share != share:
        return "–"
    return _("%(n)s %%") % {"n": number_format(round(100 * share, 1), decimal_pos=1)}


@register.filter
def figure(value: float) -> str:
    """A threshold to three places, without zeros at its end."""
    return number_format(f"{value:.3f}".rstrip("0").rstrip("."))


@register.filter
def points(difference: float) -> str:
    """0.052 as +5.2, -0.01 as −1.0: how many points of a hundred two shares are apart."""
    value = round(100 * difference, 1)
    return ("−" if value < 0 else "+") + number_format(abs(value), decimal_pos=1)


@register.filter
def stars(score: int) -> str:
    """4 as ★★★★☆."""
    return "★" * score + "☆" * (5 - score)
