"""What the assistant asks its colleagues: one question of one conversation, for a few minutes."""

from django.db import models


class Inquiry(models.Model):
    """A question that members were asked. It is open while the conversation's `asked_seq` is its `seq`.

    `seq` is the event that told the customer, `from_seq` to `upto_seq` are the messages that ask. `asked` and `passed`
    hold the public ids of members: who was online then, and who said "not me".
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="inquiries")
    seq = models.PositiveIntegerField()
    from_seq = models.PositiveIntegerField()
    upto_seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    asked = models.JSONField(default=list)
    passed = models.JSONField(default=list)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="one_inquiry_per_event")]

    def __str__(self) -> str:
        return f"{self.seq} until {self.due_at}"
