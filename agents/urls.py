"""The console's addresses, below /console/."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from agents import openapi, views

app_name = "console"
openapi_scheme = openapi.SiteKeyScheme  # drf-spectacular finds it once it is imported
urlpatterns = [
    path("", views.console, name="console"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="console:login"), name="logout"),
    path("assistant/", views.assistant, name="assistant"),
    path("side/<str:conversation>/", views.side_pane, name="side"),
]
