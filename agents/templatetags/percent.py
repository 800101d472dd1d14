"""A share as people read it."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """0.2 as 20.0 %; a dash where nothing was counted."""
    if share != share:
        return "–"
    return _("%(n)s %%") % {"n": number_format(100 * share, decimal_pos=1)}
