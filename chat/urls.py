"""Addresses of what a page with the widget loads, and of conversations over REST."""

from django.urls import path

from . import api, widget_files

api_urlpatterns = [
    path("conversations/", api.ConversationList.as_view(), name="conversation_list"),
    path("conversations/<str:conversation>/", api.ConversationDetail.as_view(), name="conversation_detail"),
    path("conversations/<str:conversation>/events/", api.ConversationEvents.as_view(), name="conversation_events"),
]

widget_urlpatterns = [
    path("widget.js", widget_files.loader, name="widget_script"),
    path("embed/<str:version>/<path:name>", widget_files.part, name="widget_part"),
]
