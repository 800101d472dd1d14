"""The addresses of the help centre and of the articles in the API."""

help_urlpatterns = []
api_urlpatterns = []
