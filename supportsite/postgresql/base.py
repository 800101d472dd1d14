"""PostgreSQL keeps no U+0000, and refuses a query that holds one; SQLite takes it.

Frames with one are refused (docs/protocol.md). Everywhere else, in an address, a form, an imported document, it is
replaced by U+FFFD on its way to the database: what is looked for by such a name is not there, and nothing fails.
"""

from typing import Any, Final

from django.db.backends.postgresql import base
from psycopg import adapt
from psycopg.types.string import StrDumper, StrDumperUnknown

NUL: Final = "\0"
REPLACED: Final = "�"


class Text(StrDumper):
    """A text, told as such."""

    def dump(self, obj: str) -> Any:
        """Its bytes."""
        return super().dump(obj.replace(NUL, REPLACED) if NUL in obj else obj)


class AnyText(StrDumperUnknown):
    """A text whose type the server finds out."""

    def dump(self, obj: str) -> Any:
        """Its bytes."""
        return super().dump(obj.replace(NUL, REPLACED) if NUL in obj else obj)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own but for that."""

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's own."""
        params: dict[str, Any] = super().get_connection_params()
        adapters = adapt.AdaptersMap(params["context"].adapters)
        for dumper in (Text, AnyText):  # in the order of psycopg's own: the last one is taken first
            adapters.register_dumper(str, dumper)
        params["context"] = adapters
        return params
