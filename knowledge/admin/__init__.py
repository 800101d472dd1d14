"""What curators do in the admin: articles with their editor, collections, and imports."""

from . import articles, collections, imports

__all__ = ["articles", "collections", "imports"]
