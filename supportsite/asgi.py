"""The ASGI application: HTTP to Django, sockets to the consumers."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from agents.routing import websocket_urlpatterns as console_urlpatterns  # noqa: E402
from chat.routing import websocket_urlpatterns as widget_urlpatterns  # noqa: E402

from .proxies import believe_proxies  # noqa: E402
from .sockets import unknown_socket  # noqa: E402

application = believe_proxies(
    ProtocolTypeRouter(
        {
            "http": django_application,
            "websocket": URLRouter([*widget_urlpatterns, *console_urlpatterns, unknown_socket]),
        }
    )
)
