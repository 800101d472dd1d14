"""The row of a customer: a visitor whose identity the owner's server vouched for (docs/identity.md)."""

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .identity import LONGEST_EMAIL, LONGEST_ID, LONGEST_NAME, Claims


class Customer(models.Model):
    """Somebody under the owner's own id for them. `home` has their one log, on every device.

    Other visitors that they were before they were known keep logs of their own (`Visitor.customer`).
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="customers", verbose_name=_("site"))
    external_id = models.CharField(_("your id"), max_length=LONGEST_ID)
    home = models.OneToOneField("chat.Visitor", on_delete=models.CASCADE, related_name="home_of")
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True)
    email = models.CharField(_("e-mail"), max_length=LONGEST_EMAIL, blank=True)
    value = models.FloatField(_("value"), null=True)
    made_at = models.DateTimeField(_("first verified"))
    told_at = models.DateTimeField(_("last changed"))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("-made_at",)
        constraints = [models.UniqueConstraint(fields=["site", "external_id"], name="one_customer_per_external_id")]

    def __str__(self) -> str:
        return self.name or self.external_id

    @property
    def shown_value(self) -> str:
        """Their value as a person reads it; empty where the owner's server said none."""
        return "" if self.value is None else number_format(f"{self.value:.15g}", force_grouping=True)

    @property
    def claims(self) -> Claims:
        """What the owner's server said last."""
        return Claims(self.external_id, self.name, self.email, self.value)
