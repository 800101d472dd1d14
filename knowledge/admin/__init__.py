"""What curators do in the admin: articles with their editor, and collections."""

from . import articles, collections

__all__ = ["articles", "collections"]
