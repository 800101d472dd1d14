"""What a log line may hold: where something broke and what kind of error it was, never the words of a person."""

import logging
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Final

from django.db import OperationalError

# Their texts come from the system; any other's may repeat what a customer wrote.
_TELLING: Final = (OSError, OperationalError, ImportError, MemoryError)


class Line(logging.Formatter):
    """A line each; the traceback of an error without its text, but for errors that speak of the machine."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The message without an error's text: libraries put it there, where the traceback follows anyway."""
        record.message = _message(record)
        return super().formatMessage(record)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The frames of the error and of those that led to it."""
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            lines = [*traceback.format_tb(error.__traceback__), _told(error), *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line.rstrip("\n") for line in lines)


def _told(error: BaseException) -> str:
    """Its kind, and its text where that is the system's: an OSError without a number is a library's own, as of SMTP."""
    is_telling = isinstance(error, _TELLING) and not (isinstance(error, OSError) and error.errno is None)
    return f"{type(error).__qualname__}: {error}" if is_telling else type(error).__qualname__


def _message(record: logging.LogRecord) -> str:
    """Daphne hands the error over as an argument, Celery its text as `exc`, asyncio a second line that repeats it."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    args = record.args
    if isinstance(args, Mapping):
        args = {**args, "exc": _told(error)} if error and "exc" in args else args
    elif args:
        args = tuple(_told(arg) if isinstance(arg, BaseException) else arg for arg in args)
    message = str(record.msg) % args if args else str(record.msg)
    return message.partition("\n")[0] if error else message


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Not a 503 of /healthz: it is asked many times a second until everything is loaded."""
    return getattr(record, "status_code", 0) != 503


def without_traceback(record: logging.LogRecord) -> bool:
    """A request for a host that is not ours is no fault of ours: one line, without what was asked for."""
    record.exc_info = record.exc_text = None
    record.msg, record.args = "a request named a host that is not in TANDEM_URL", ()
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
