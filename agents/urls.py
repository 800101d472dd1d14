"""The addresses of the console, below /console/, and of the insights."""

from django.contrib.auth.views import LogoutView, PasswordResetDoneView
from django.urls import path

from agents import band_page, openapi, people, providers_page, satisfaction_page, views

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
    path("trace/<str:conversation>/", views.trace, name="trace"),
    path("side/<str:conversation>/", views.side_pane, name="side"),
]

# Below /insights/.
insights_urlpatterns = [
    path("models/", providers_page.page, name="models"),
    path("models/<str:site>/", providers_page.page, name="models"),
    path("satisfaction/", satisfaction_page.page, name="satisfaction"),
    path("satisfaction/<str:site>/", satisfaction_page.page, name="satisfaction"),
    path("escalation/", band_page.page, name="escalation"),
    path("escalation/<str:site>/", band_page.page, name="escalation"),
    path("escalation/<str:site>/part/", band_page.part, name="part"),
    path("escalation/<str:site>/progress/", band_page.progress, name="progress"),
    path("escalation/<str:site>/review/", band_page.review, name="review"),
    path("escalation/<str:site>/confirm/", band_page.confirm, name="confirm"),
    path("escalation/<str:site>/use/", band_page.use, name="use"),
    path("escalation/<str:site>/undo/", band_page.undo, name="undo"),
    path("escalation/<str:site>/train/", band_page.train, name="train"),
]
