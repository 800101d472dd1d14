"""The addresses of chat's sockets."""

from django.urls import path

from .widget import WidgetConsumer

websocket_urlpatterns = [path("ws/v1/widget/", WidgetConsumer.as_asgi())]
