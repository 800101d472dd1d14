"""A bar on standard error, where that is a terminal, that tells how far a long piece of work is."""

import sys
from typing import Final, TextIO

WIDTH: Final = 30


class Bar:
    """Call it with what is done and of how much; it writes over its own line, and nothing where nobody looks."""

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self._name, self._stream = name, stream or sys.stderr

    def __call__(self, done: int, total: int) -> None:
        """Show it; at the end the line is closed."""
        if not self._stream.isatty():
            return
        filled = WIDTH * done // max(total, 1)
        self._stream.write(f"\r{self._name:<10} {'█' * filled}{'·' * (WIDTH - filled)} {done}/{total}")
        self._stream.write("\n" if done >= total else "")
        self._stream.flush()
