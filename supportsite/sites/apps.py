"""The ground floor: whose it is and who may do what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Sites, members, teams and the one table of rights."""

    name = "supportsite.sites"
    label = "sites"
    verbose_name = _("Sites")
