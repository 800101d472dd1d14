"""The addresses of agents' sockets."""

from django.urls import path

from agents.sockets import ConsoleConsumer

websocket_urlpatterns = [path("ws/v1/console/", ConsoleConsumer.as_asgi())]
