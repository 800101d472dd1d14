"""The Celery application. Rows are the truth; a message is only its wake-up."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")

MOST_WAITING: Final = 1000

logger = logging.getLogger(__name__)
_ringer = ThreadPoolExecutor(1, thread_name_prefix="ringer")


class Application(Celery):
    """Celery's own, but that nobody waits for Redis to take a ring: an ack may be behind it."""

    def send_task(self, *args: Any, **kwargs: Any) -> Any:
        """Ring a task. Through Redis soon, or not at all: then its sweep finds the row."""
        if not settings.TANDEM.is_shared or kwargs.get("producer"):
            return super().send_task(*args, **kwargs)
        if _ringer._work_queue.qsize() < MOST_WAITING:
            _ringer.submit(self._ring, *args, **kwargs)
        return None

    def _ring(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().send_task(*args, **kwargs)
        except (OperationalError, OSError) as error:
            logger.warning("%s is found by its sweep: Redis does not answer: %s", args[0], error)


app = Application("tandem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
