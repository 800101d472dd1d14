"""The addresses of the help centre (written by `addresses`) and of the articles in the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from . import article_page, feeds, files, helpful, views
from .api import ArticleViewSet

help_urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("pictures/<str:name>", files.picture, name="picture"),
    path("<slug:site_key>/sitemap.xml", feeds.sitemap, name="sitemap"),
    path("<slug:site_key>/<slug:language>/feed.atom", feeds.Newest(), name="feed"),
    path("<slug:site_key>/<slug:language>/", views.site_index, name="index"),
    path("<slug:site_key>/<slug:language>/<slug:slug>/", article_page.article, name="article"),
    path("<slug:site_key>/<slug:language>/<slug:slug>/helpful/", helpful.rate, name="rate"),
]

_router = SimpleRouter()
_router.register("articles", ArticleViewSet, basename="article")
api_urlpatterns: list[URLPattern | URLResolver] = [*_router.urls]
