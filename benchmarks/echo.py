"""The floor: a stock Channels consumer that sends back what it gets, for a stock Daphne. No part of Tandem."""

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

settings.configure(
    SECRET_KEY="only for the benchmark",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["channels"],
)
django.setup()


class Echo(AsyncWebsocketConsumer):
    """As the tutorial writes it."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Send it back."""
        await self.send(text_data=text_data)


application = ProtocolTypeRouter({"websocket": Echo.as_asgi()})
