"""Settings of the site, in labelled blocks.

What differs between installations comes from the environment through tracker.env; every name and
default is in docs/operations.md.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tracker import env

BASE_DIR = Path(__file__).resolve().parent.parent

# Where it runs

DATA_DIR = env.data_folder(Path(env.env_text("DATA_DIR", str(BASE_DIR / "var"))).absolute(), is_private=True)
PORT = env.env_int("PORT", 8000, low=1, high=65535)
DEBUG = env.env_bool("DEBUG")
SECRET_KEY = env.env_secret("SECRET_KEY") or env.kept_secret(DATA_DIR / "secret-key")
SITE_URL = env.env_text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname or _site.path:
    raise ImproperlyConfigured(
        f"SITE_URL is “{SITE_URL}”; write the address people type, as in https://cases.example.org."
    )
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = [
    *dict.fromkeys([_site.hostname, "localhost", "127.0.0.1", "[::1]", *env.env_list("ALLOWED_HOSTS")])
]

# What it is made of

INSTALLED_APPS = [
    "tracker.accounts",
    "tracker.health",
    "cases",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    # Before CommonMiddleware and CSRF, the first that read a body.
    "tracker.limits.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tracker.accounts.middleware.PreferencesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# What it keeps

DATABASES = {"default": env.database(DATA_DIR / "db.sqlite3")}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.env_text("STATIC_ROOT", str(DATA_DIR / "static"))).absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": env.storage(DATA_DIR / "evidence"),
    "evidence": env.storage(DATA_DIR / "evidence"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Uploads above 1 MB go to a temporary file at once, so that memory stays flat.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(env.data_folder(DATA_DIR / "incoming"))
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
EXHIBIT_MAX_BYTES = env.env_int("EXHIBIT_MAX_MB", 50, low=1, high=10_000) * 1024 * 1024
# Sound and video; they arrive in pieces and are never decoded as a whole in memory.
RECORDING_MAX_BYTES = env.env_int("RECORDING_MAX_MB", 600, low=1, high=100_000) * 1024 * 1024
VERIFY_MAX_BYTES = 1024 * 1024 * 1024
EXHIBIT_MAX_PIXELS = 50_000_000
EXHIBIT_MAX_PAGES = 500
USER_MAX_BYTES = env.env_int("USER_MAX_MB", 5_000, low=1, high=10_000_000) * 1024 * 1024
# Everything that is stored is read again every so many days, at this rate.
SCRUB_DAYS = env.env_int("SCRUB_DAYS", 7, low=1, high=365)
SCRUB_MB_PER_SECOND = env.env_int("SCRUB_MB_PER_SECOND", 4, low=1, high=10_000)

# Work in the background: the broker carries ids and wake-ups, never the truth (ARCHITECTURE.md)

REDIS_URL = env.env_secret("REDIS_URL")
BROKER_DIR = DATA_DIR / "broker"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3600,
        # A page that saved waits a few times this long for a broker that is frozen or unplugged.
        "socket_connect_timeout": 2,
        "socket_timeout": 2,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT = "tracker.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(env.data_folder(BROKER_DIR / "queue")),
        "data_folder_out": str(env.data_folder(BROKER_DIR / "queue")),
        "control_folder": str(env.data_folder(BROKER_DIR / "control")),
        "processed_folder": str(env.data_folder(BROKER_DIR / "processed")),
        "store_processed": True,
    }
CACHES = env.caches(REDIS_URL, is_debug=DEBUG)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
# A task that hangs gives its place back; what it was to do is found again by the tick.
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.5}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.env_int("WORKER_CONCURRENCY", 2, low=1, high=64)
# PDF engines keep what they allocate; a worker child ends before that adds up.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Ticks have a worker of their own: however long case files take, no reminder waits for one.
CELERY_TASK_ROUTES = {"cases.tasks.tick": {"queue": "tick"}}
CELERY_BEAT_SCHEDULER = "tracker.clockwork:Metronome"
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = env.env_int("TICK_SECONDS", 30, low=1, high=60)
CELERY_BEAT_SCHEDULE = {
    # Ticks that no worker took are dropped after an hour: the next one finds all the work. Not sooner,
    # or workers whose clock runs ahead of beat's would drop every tick.
    "tick": {"task": "cases.tasks.tick", "schedule": TICK_SECONDS, "options": {"expires": 3600}},
}

# Who comes in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        # NIST SP 800-63B-4: 15 characters where the password is the only factor; no composition rules.
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cases:today"
ACCOUNT_ADAPTER = "tracker.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"add_email": "tracker.accounts.addresses.AddAddressForm"}
ACCOUNT_SIGNUP_FORM_CLASS = "tracker.accounts.forms.PreferencesSignupForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
# Besides those of log-in and sign-up, which allauth brings: what is shared before a log-in (cases.views).
ACCOUNT_RATE_LIMITS = {"share": "20/h/ip"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# Languages and clocks: stored in UTC, shown in the user's zone

LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Mail

EMAIL_FILE_PATH = str(DATA_DIR / "outbox")
for _name, _value in env.email(EMAIL_FILE_PATH).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = env.env_text("FROM_EMAIL", f"reminders@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whom to tell when stored evidence is not whole; nobody when it is empty.
OPERATOR_EMAIL = env.env_text("OPERATOR_EMAIL")
# How long to wait after the first, the second, and every further try that failed for now.
REMINDER_RETRIES = env.env_minutes("REMINDER_RETRIES", "5,30,60")

# Whom to tell about a weakness (RFC 9116): an address as mailto: or https:
SECURITY_CONTACT = env.env_text("SECURITY_CONTACT", f"mailto:security@{_site.hostname}")

# Case files

TSA_URL = env.env_text("TSA_URL")
TSA_CHAIN = env.env_text("TSA_CHAIN")
SIGNING_KEY_PATH = DATA_DIR / "signing-key.pem"

# Doors and windows

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if IS_HTTPS:
    # Names that browsers refuse unless the cookie is Secure, for this host alone and for every path.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.env_bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 730
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
if env.env_bool("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Or all visitors would share the proxy's address, and one who guesses passwords would lock out the rest.
    ALLAUTH_TRUSTED_PROXY_COUNT = env.env_int("PROXY_COUNT", 1, low=1, high=5)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Logs: to standard error; no addresses, no case contents

_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tracker.logs.LineFormatter", "format": _LINE}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Every tick would be two lines; what went wrong is enough.
        "celery": {"level": "WARNING"},
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # A stranger's wrong address is no event of ours, and its path may hold what is private.
        "django.request": {"level": "ERROR"},
        # Nor are the made-up host names of those who search the net for holes.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "fontTools": {"level": "WARNING"},
    },
}
