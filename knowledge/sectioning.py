"""A version's text as the sections that are indexed and cited."""

import hashlib
from collections.abc import Sequence

from .models import Section, SectionKind, Version
from .split import Piece, embedded_text, sections


def sections_of(version: Version, pieces: Sequence[Piece] | None = None) -> list[Section]:
    """The sections of a version in their order, not stored: those of its text, then the questions that it answers.

    `pieces` are those of its text, where they were cut already.
    """
    made = [
        Section(version=version, heading=piece.heading, anchor=piece.anchor, text=piece.text)
        for piece in pieces or sections(version.title, version.body)
    ]
    made += [Section(version=version, kind=SectionKind.QUESTION, text=question) for question in version.questions]
    for position, section in enumerate(made):
        section.position, section.digest = position, digest_of(embedded_text(*section.titles(), section.text))
    return made


def digest_of(text: str) -> str:
    """The name of a text among the vectors."""
    return hashlib.sha256(text.encode()).hexdigest()
