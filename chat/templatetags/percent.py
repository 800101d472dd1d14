"""Shares and thresholds as people read them."""

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
