"""Addresses of what a page with the widget loads, and of conversations over REST."""

from django.urls import path

from . import api, embed

api_urlpatterns = [
    path("conversations/", api.ConversationList.as_view(), name="conversation_list"),
    path("conversations/<str:conversation>/", api.ConversationDetail.as_view(), name="conversation_detail"),
    path("conversations/<str:conversation>/events/", api.ConversationEvents.as_view(), name="conversation_events"),
]

embed_urlpatterns = [
    path("widget.js", embed.loader, name="widget_script"),
    path("embed/<str:version>/<path:name>", embed.part, name="widget_part"),
]
