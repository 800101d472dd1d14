"""How a time is written and read in the log and on the wire."""

from datetime import UTC, datetime


def to_ms(moment: datetime) -> datetime:
    """`moment` cut to whole milliseconds, as every row and frame keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-25T09:30:00.123Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment_of(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(text)
