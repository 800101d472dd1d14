"""The rows of tiers: a site's light and strong model with their prices, and what a day has cost."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from supportsite.sites.models import Site

from .prices import TierName

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = Decimal(100_000)


class TierOf(models.TextChoices):
    """The tiers that there are."""

    LIGHT = TierName.LIGHT.value, _("light")
    STRONG = TierName.STRONG.value, _("strong")


def _price(name: "StrOrPromise") -> models.DecimalField:  # type: ignore[type-arg]
    limits = [MinValueValidator(Decimal(0)), MaxValueValidator(MOST)]
    return models.DecimalField(name, max_digits=10, decimal_places=4, validators=limits)


class Tier(models.Model):
    """A model of a site with its price. Its key never stands here: it comes from the environment."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tiers", verbose_name=_("site"))
    name = models.CharField(_("tier"), max_length=6, choices=TierOf)
    model = models.CharField(
        _("model"),
        max_length=120,
        validators=[RegexValidator(r"\A[a-z_]+:\S+\Z", _("Write it as vendor:model, such as openai:gpt-4o."))],
        help_text=_("As TANDEM_MODEL takes it: openai:gpt-4o, anthropic:claude-…, ollama:llama3:8b."),
    )
    url = models.CharField(
        _("address"),
        max_length=300,
        blank=True,
        help_text=_("Only for a server of your own: one of the addresses that TANDEM_TIER_URLS lists."),
    )
    price_in = _price(_("price per million tokens in"))
    price_out = _price(_("price per million tokens out"))
    context = models.PositiveIntegerField(
        _("context in tokens"),
        default=8192,
        validators=[MinValueValidator(2000), MaxValueValidator(10_000_000)],
        help_text=_("How much it reads at once, its answer included. Older lines and further sections are left out."),
    )
    timeout = models.FloatField(
        _("timeout in seconds"),
        default=20.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(60)],
        help_text=_("To the first word, and between two. Then the other tier is asked."),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_tier_of_a_name")]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.model}"


class DaySpent(models.Model):
    """What a site's calls of one day cost, in billionths of the prices' unit.

    Calls that are under way count with what they may cost at most. `refused` is the last one that did not fit.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    spent = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="one_sum_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.spent}"
