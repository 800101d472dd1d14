"""Django's settings. What an owner may choose stands in `environment.py`."""

from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from supportsite import databases
from supportsite.environment import BASE_DIR, read_environment, read_secret
from supportsite.logs import is_worth_a_line, without_traceback

TANDEM = read_environment()
VAR = TANDEM.var
SECRET_KEY = read_secret(TANDEM)
DEBUG = False

_public = urlsplit(TANDEM.public_url)
SECURE = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "localhost", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [TANDEM.public_url]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TANDEM.trusted_proxies else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "daphne",
    "supportsite",
    "supportsite.sites",
    "knowledge",
    "chat",
    "agents",
    "supportsite.admin_site.TandemAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "supportsite.urls"
ASGI_APPLICATION = "supportsite.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Asked before an article is published (knowledge/checks.py).
PUBLISH_CHECKS = ("chat.golden.check",)
# What the floors below ask of the people (supportsite/sites/staffing.py).
STAFFING = {
    "online": "agents.presence.somebody_online",
    "who": "agents.presence.who_is_online",
    "team": "agents.crew.team_for",
    "mail": "agents.letters.is_well",
    "tickets": "agents.tickets.is_well",
}

_redis_url = TANDEM.redis_url.get_secret_value()
DATABASES: dict[str, dict[str, Any]] = {"default": databases.database(TANDEM.database_url.get_secret_value(), VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHANNEL_LAYERS = {"default": databases.channel_layer(_redis_url)}

CELERY_BROKER_URL = _redis_url or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = databases.BROKER_REDIS if _redis_url else databases.BROKER_IN_MEMORY
# A ring that cannot be sent holds up nobody's ack: the sweep finds its row.
CELERY_TASK_PUBLISH_RETRY = not _redis_url
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 1.0
CELERY_TASK_DEFAULT_QUEUE = "tandem"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "turns that are due": {"task": "chat.sweep_turns", "schedule": 2.0, "options": {"expires": 2.0}},
    "cases that end by themselves": {"task": "chat.end_silent_cases", "schedule": 600.0, "options": {"expires": 600.0}},
    "questions to colleagues that nobody answered": {
        "task": "chat.end_inquiries",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "answers that failed": {"task": "chat.tell_gaps", "schedule": 5.0, "options": {"expires": 5.0}},
    "replays that are due": {"task": "chat.sweep_replays", "schedule": 10.0, "options": {"expires": 10.0}},
    "readings of past conversations": {"task": "chat.sweep_reviews", "schedule": 10.0, "options": {"expires": 10.0}},
    "comparisons that are due": {"task": "chat.sweep_comparisons", "schedule": 10.0, "options": {"expires": 10.0}},
    "trainings that are due": {"task": "chat.sweep_trainings", "schedule": 10.0, "options": {"expires": 10.0}},
    "articles to publish": {"task": "knowledge.publish_due", "schedule": 20.0, "options": {"expires": 20.0}},
    "reviews that are due": {"task": "knowledge.remind_of_reviews", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "versions not yet indexed": {"task": "knowledge.sweep_index", "schedule": 2.0, "options": {"expires": 2.0}},
    "gaps to gather": {"task": "knowledge.gather_gaps", "schedule": 5.0, "options": {"expires": 5.0}},
    "gaps that are answered": {"task": "knowledge.close_answered_gaps", "schedule": 60.0, "options": {"expires": 60.0}},
    "articles to look after": {"task": "knowledge.look_after_articles", "schedule": 60.0, "options": {"expires": 60.0}},
    "pages of other sites to ask for": {
        "task": "knowledge.ask_outside_page",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "conversations that wait": {"task": "agents.attend", "schedule": 5.0, "options": {"expires": 5.0}},
    "e-mails that are due": {"task": "agents.send_letters", "schedule": 30.0, "options": {"expires": 30.0}},
    "tickets that are due": {"task": "agents.open_tickets", "schedule": 10.0, "options": {"expires": 10.0}},
    "imports that are due": {"task": "knowledge.sweep_imports", "schedule": 5.0, "options": {"expires": 5.0}},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# smtps:// speaks TLS from the first byte, smtp:// asks for it once a name is to be given.
_mail = urlsplit(TANDEM.smtp_url.get_secret_value())
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp" and bool(_mail.username)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = TANDEM.email_from or f"tandem@{_public.hostname or 'localhost'}"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/console/login/"
LOGIN_REDIRECT_URL = "/console/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "supportsite" / "locale"]
TIME_ZONE = TANDEM.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 60

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["agents.api_keys.SiteKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tandem",
    "DESCRIPTION": "Articles and conversations of one site. A key in the Authorization header says which.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "supportsite.logs.Line"}},
    "filters": {
        "worth": {"()": "django.utils.log.CallbackFilter", "callback": is_worth_a_line},
        "one_line": {"()": "django.utils.log.CallbackFilter", "callback": without_traceback},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["worth"]}},
    "root": {"handlers": ["console"], "level": TANDEM.log_level},
    "loggers": {
        **{
            name: {"level": "WARNING"}
            for name in ("daphne", "httpx", "httpx2", "httpcore", "celery", "kombu", "asyncio", "chromadb")
        },
        "django.request": {"level": "WARNING"},
        "django.security.DisallowedHost": {"filters": ["one_line"]},
    },
}
