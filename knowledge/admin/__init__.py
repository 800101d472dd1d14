"""What curators do in the admin: articles with their editor, collections, imports, and the index to look at."""

from . import articles, collections, editions, imports

__all__ = ["articles", "collections", "editions", "imports"]
