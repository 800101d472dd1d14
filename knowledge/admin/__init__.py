"""What curators do in the admin: articles with their editor, collections, gaps, and imports."""

from . import articles, collections, gaps, imports

__all__ = ["articles", "collections", "gaps", "imports"]
