"""Publishing at a planned time: what the draft is then."""

import logging
from datetime import datetime

from . import publish
from .models import Article

logger = logging.getLogger(__name__)


def publish_due(*, now: datetime) -> int:
    """Publish every draft whose time has come; how many.

    One that cannot be waits no longer, and stays a draft; one that cannot be checked is tried again at the next look.
    """
    done = 0
    for number in Article.objects.filter(publish_at__lte=now).order_by("publish_at").values_list("pk", flat=True):
        done += _publish_one(number, now)
    return done


def _publish_one(number: int, now: datetime) -> bool:
    article = Article.objects.filter(pk=number, publish_at__lte=now).first()
    if article is None:
        return False
    done = False
    try:
        publish.publish(article=article, by=article.publish_by, now=now)
        done = True
    except publish.StaleDraft:
        return False  # somebody is writing: what the draft is at the next look
    except publish.NotChecked:
        logger.warning("article %s waits: golden questions cannot be asked now", number)
        return False
    except publish.Refused as error:
        Article.objects.filter(pk=number).update(held_back_because=str(error))
        logger.warning("article %s was to be published and golden questions stand against it", number)
    except publish.NothingToPublish as error:
        logger.warning("article %s was to be published and cannot be: %s", number, error)
    # But not what somebody has planned meanwhile.
    Article.objects.filter(pk=number, publish_at__lte=now).update(publish_at=None, publish_by=None)
    return done
