"""What a log line may hold: where something broke and what kind of error it was, never the words of a person."""

import logging
import traceback
from types import TracebackType
from typing import Final

from django.db import OperationalError

# Their texts come from the system or from us; any other's may repeat what a customer wrote.
_TELLING: Final = (OSError, OperationalError, ImportError, MemoryError, NotImplementedError)


class Line(logging.Formatter):
    """A line each; the traceback of an error without its text, but for errors that speak of the machine."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The frames of the error and of those that led to it."""
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            text = f": {error}" if isinstance(error, _TELLING) else ""
            lines = [*traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}{text}", *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line.rstrip("\n") for line in lines)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Not a 503 of /healthz: it is asked many times a second until everything is loaded."""
    return getattr(record, "status_code", 0) != 503


def without_traceback(record: logging.LogRecord) -> bool:
    """A request for a host that is not ours is no fault of ours: one line, without what was asked for."""
    record.exc_info = record.exc_text = None
    record.msg, record.args = "a request named a host that is not in TANDEM_URL", ()
    return True
