"""What curators do in the admin: articles with their editor, collections, gaps, care, and imports."""

from . import articles, care, collections, gaps, imports

__all__ = ["articles", "care", "collections", "gaps", "imports"]
