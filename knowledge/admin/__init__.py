"""What curators do in the admin: articles with their editor, collections, gaps, care, imports, the index."""

from . import approved, articles, care, collections, editions, gaps, imports

__all__ = ["approved", "articles", "care", "collections", "editions", "gaps", "imports"]
