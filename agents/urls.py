"""The console's addresses, below /console/."""

from django.contrib.auth.views import LogoutView, PasswordResetDoneView
from django.urls import path

from agents import openapi, people, views

app_name = "console"
openapi_scheme = openapi.SiteKeyScheme  # drf-spectacular finds it once it is imported
urlpatterns = [
    path("", views.console, name="console"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="console:login"), name="logout"),
    path("assistant/", views.assistant, name="assistant"),
    path("people/", people.people, name="people"),
    path("people/<str:site>/", people.people, name="people"),
    path("forgot/", people.Forgot.as_view(), name="forgot"),
    path("forgot/sent/", PasswordResetDoneView.as_view(template_name="console/forgot_sent.html"), name="forgot_sent"),
    path("password/<uidb64>/<token>/", people.SetPassword.as_view(), name="set_password"),
    path("transfer/<str:conversation>/", views.transfer, name="transfer"),
    path("side/<str:conversation>/", views.side_pane, name="side"),
]
