"""The sentences from which a site's own reader of emotions learns: its owner's, and Tandem's where they wrote none."""

from collections.abc import Mapping, Sequence
from typing import Any

from supportsite.sites.models import Site

from .assistant import language
from .emotion_rows import Emotion, EmotionName
from .signals import exemplars
from .signals.exemplars import Line

Row = Mapping[str, Any]  # of `chat.signals.emotion_fitting.Row`, as JSON


def shipped(name: str, first: str = "en") -> list[str]:
    """What Tandem comes with of one emotion, in every language; those in `first` come first."""
    found = [one for one in exemplars.lines("emotion") if one.label == name]
    return [one.text for one in sorted(found, key=lambda one: one.language != first)]


def sentences(site: Site) -> list[Row]:
    """A site's sentences of every emotion; `own` those that are not Tandem's."""
    ours = exemplars.lines("emotion")
    written = {row.name: row.examples for row in Emotion.objects.filter(site=site)}
    kept = [_row(one, own=False) for one in ours if one.label not in written]
    known = {(one.label, one.text): one for one in ours}
    for name in EmotionName.values:
        for text in written.get(name, ()):
            found = known.get((name, text))
            kept.append(_row(found or Line(text, name, language.likeliest(text, site.locale)), own=found is None))
    return kept


def given(rows: Sequence[tuple[str, str]], site: Site) -> list[Row]:
    """Texts and their emotions from elsewhere, such as an owner's file: each is one of the owner's."""
    return [_row(Line(text, name, language.likeliest(text, site.locale)), own=True) for text, name in rows]


def _row(line: Line, *, own: bool) -> Row:
    return {"text": line.text, "emotion": line.label, "language": line.language, "own": own}
