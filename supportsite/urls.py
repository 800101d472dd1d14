"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from agents.urls import insights_urlpatterns
from chat.urls import api_urlpatterns as chat_api
from chat.urls import curation_urlpatterns, widget_urlpatterns
from knowledge.urls import api_urlpatterns as knowledge_api
from knowledge.urls import help_urlpatterns

from . import demo_orders, readiness, views
from .schema import Schema

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", readiness.healthz, name="healthz"),
    path("demo/orders/cancel", demo_orders.cancel, name="demo_cancel"),
    path("demo/orders/<str:number>", demo_orders.order, name="demo_order"),
    *widget_urlpatterns,
    path("console/", include("agents.urls")),
    path("insights/", include((insights_urlpatterns, "insights"))),
    path("admin/try/", include((curation_urlpatterns, "curation"))),
    path("admin/", admin.site.urls),
    path("help/", include((help_urlpatterns, "help"))),
    path("api/v1/schema/", Schema.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    path("api/v1/", include([*knowledge_api, *chat_api])),
    path("favicon.ico", RedirectView.as_view(url="/static/shop/icon.svg")),
]
