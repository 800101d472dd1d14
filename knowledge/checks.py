"""What other parts hold against publishing a text: the checks that settings name, as knowledge knows none of them."""

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Article


class Check(Protocol):
    """Says what stands against publishing this text of an article, in the reader's words; empty: nothing."""

    def __call__(self, article: Article, /, *, title: str, body: str, questions: Sequence[str]) -> Sequence[str]: ...


def faults(article: Article, *, title: str, body: str, questions: Sequence[str]) -> list[str]:
    """What stands against publishing this text; nothing against what readers see already, or against no text."""
    shown = article.published
    if not body.strip() or (shown and (shown.title, shown.body, shown.questions) == (title, body, questions)):
        return []
    found: list[str] = []
    for path in settings.PUBLISH_CHECKS:
        check: Check = import_string(path)
        found += check(article, title=title, body=body, questions=questions)
    return found
