"""The project: settings, addresses, server and tasks. Celery's app is made as Django starts."""

from .celery import app as celery_app

__all__ = ["celery_app"]
