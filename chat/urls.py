"""Addresses of what a page with the widget loads, and of conversations over REST."""

from django.contrib import admin
from django.urls import path

from . import api, curation, replay_page, resume, strategy_page, widget_files

api_urlpatterns = [
    path("conversations/", api.ConversationList.as_view(), name="conversation_list"),
    path("conversations/<str:conversation>/", api.ConversationDetail.as_view(), name="conversation_detail"),
    path("conversations/<str:conversation>/events/", api.ConversationEvents.as_view(), name="conversation_events"),
]

# Pages of the admin, for who is let into it.
curation_urlpatterns = [
    path("", admin.site.admin_view(curation.try_it), name="try_it"),
    path("add/", admin.site.admin_view(curation.add_question), name="add_question"),
    path("gaps/<int:pk>/draft/", admin.site.admin_view(curation.draft_from_gap), name="draft_from_gap"),
    path("replays/<int:pk>/", admin.site.admin_view(replay_page.page), name="replay"),
    path("replays/<int:pk>/progress/", admin.site.admin_view(replay_page.progress), name="replay_progress"),
    path("replays/of/<int:article>/", admin.site.admin_view(replay_page.latest), name="replays"),
    path("replays/of/<int:article>/<slug:of>/", admin.site.admin_view(replay_page.begin), name="begin_replay"),
    path("strategies/", admin.site.admin_view(strategy_page.page), name="strategies"),
    path("strategies/begin/", admin.site.admin_view(strategy_page.begin), name="compare"),
    path("strategies/<int:pk>/progress/", admin.site.admin_view(strategy_page.progress), name="compare_progress"),
    path("strategies/<int:pk>/stop/", admin.site.admin_view(strategy_page.stop), name="compare_stop"),
    path("strategies/confirm/", admin.site.admin_view(strategy_page.confirm), name="strategy_confirm"),
    path("strategies/use/", admin.site.admin_view(strategy_page.use), name="strategy_use"),
    path("strategies/undo/", admin.site.admin_view(strategy_page.undo), name="strategy_undo"),
]

widget_urlpatterns = [
    path("resume/", resume.page, name="resume"),
    path("widget.js", widget_files.loader, name="widget_script"),
    path("embed/<str:version>/<path:name>", widget_files.part, name="widget_part"),
]
