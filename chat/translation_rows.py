"""Translations of messages for agents: made once for each message and language."""

from django.db import models


class Translation(models.Model):
    """A message in another language. `warnings` name what is not the same in both (chat/assistant/translation.py)."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="translations")
    seq = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    text = models.TextField()
    warnings = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq", "language"], name="one_translation_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.seq} in {self.language}"
