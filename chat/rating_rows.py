"""The row of a rating: what a customer thinks of a case, and who had answered them in it (docs/log.md)."""

from django.db import models

from supportsite.sites.models import Member


class Rating(models.Model):
    """The customer's latest word on a case; the log keeps the earlier ones.

    `seq` is its `rated` event. `by_person`: the customer met somebody in the case, `member` who that was; without,
    the assistant alone answered. A member who is gone leaves their ratings to people as a whole.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="ratings")
    case = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField()
    by_person = models.BooleanField()
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = [models.UniqueConstraint(fields=["conversation", "case"], name="one_rating_per_case")]
        indexes = [models.Index(fields=["at"], name="ratings_by_time")]

    def __str__(self) -> str:
        return f"{self.score} of 5"
