"""Settings of VISTA, read from the environment and from `.env`; docs/deployment.md lists every variable."""

from pathlib import Path
from urllib.parse import urlsplit

import environ

from vista import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)  # the environment always wins over .env


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list, blanks around its entries left out."""
    return [word.strip() for word in env.str(name, default=default).split(",") if word.strip()]


# --- where things are -------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("VISTA_DATA_DIR", default="") or BASE_DIR / "data").resolve()
BASE_URL = env.str("VISTA_BASE_URL", default="http://localhost:8000").rstrip("/")
SERVED_BY_HTTPS = urlsplit(BASE_URL).scheme == "https"

# --- who may call -----------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="")  # an empty one is refused by Django itself
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = words("ALLOWED_HOSTS") or [
    *("localhost", "127.0.0.1", "[::1]"),
    urlsplit(BASE_URL).hostname or "localhost",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
PROXY_SHARED_SECRETS = words("PROXY_SHARED_SECRET")
TRUSTED_PROXIES = words("VISTA_TRUSTED_PROXIES")

# --- the ML analysis feature ------------------------------------------------------------------------------
ML_ANALYSIS_ENABLED = env.bool("ML_ANALYSIS_ENABLED", default=True)
ML_CALLBACK_HMAC_SECRETS = words("ML_CALLBACK_HMAC_SECRET")
ML_ALLOWED_MODELS = words("ML_ALLOWED_MODELS")
ML_SIGNATURE_SCHEMES = words("ML_SIGNATURE_SCHEMES", default="body,timestamped")
ML_SIGNATURE_MAX_SKEW_SECONDS = env.int("ML_SIGNATURE_MAX_SKEW_SECONDS", default=300)
ML_MAX_BODY_BYTES = env.int("ML_MAX_BODY_BYTES", default=64 * 2**20)
ML_MAX_BULK_ANNOTATIONS = env.int("ML_MAX_BULK_ANNOTATIONS", default=100_000)
ML_MAX_ARTIFACT_BYTES = env.int("ML_MAX_ARTIFACT_BYTES", default=512 * 2**20)
ML_UPLOAD_URL_SECONDS = env.int("ML_UPLOAD_URL_SECONDS", default=3600)
ML_FINALIZE_MISSING = env.str("ML_FINALIZE_MISSING", default="report")
ML_STALLED_AFTER_SECONDS = env.int("ML_STALLED_AFTER", default=6 * 3600)

# --- pictures ---------------------------------------------------------------------------------------------
MAX_IMAGE_BYTES = env.int("VISTA_MAX_IMAGE_BYTES", default=100 * 2**20)
MAX_IMAGE_PIXELS = env.int("VISTA_MAX_IMAGE_PIXELS", default=100_000_000)

# --- downloads --------------------------------------------------------------------------------------------
MAX_ARCHIVE_BYTES = env.int("VISTA_MAX_ARCHIVE_BYTES", default=20 * 2**30)

# --- apps -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "vista.apps.VistaConfig",
    "accounts",
    "images",
    "analyses",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "csp",
]
MIDDLEWARE = [
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "vista.middleware.SignedMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vista.middleware.DoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ProxyLoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "vista.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "vista.urls"
WSGI_APPLICATION = "vista.wsgi.application"
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
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'vista.sqlite3'}")}
DATABASE_POOL_SIZE = env.int("VISTA_DB_POOL", default=env.int("VISTA_THREADS", default=8))
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql" and DATABASE_POOL_SIZE:
    # A pool a process: threads share connections, and idle ones are given back. It needs CONN_MAX_AGE = 0.
    DATABASES["default"]["ENGINE"] = "vista.postgresql"
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 10,
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits its turn instead of failing half-way
        "timeout": 20,
        # Pages of a new file hold some masks each. The log is folded into the file every 64 MB and not after each
        # large batch; dirty pages stay in memory.
        "init_command": (
            "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA wal_autocheckpoint=8192; PRAGMA cache_size=-8192;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- background work --------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # analyses/jobs; `manage.py work` does it

# --- files ------------------------------------------------------------------------------------------------
S3_BUCKET = env.str("S3_BUCKET", default="")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("VISTA_STATIC_ROOT", default="") or DATA_DIR / "static").resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": (
        {
            "BACKEND": "vista.storage.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
                "public_endpoint_url": env.str("S3_PUBLIC_ENDPOINT_URL", default="") or None,
                "region_name": env.str("S3_REGION", default="us-east-1"),
            },
        }
        if S3_BUCKET
        else {"BACKEND": "vista.storage.LocalStorage", "OPTIONS": {"location": DATA_DIR / "files"}}
    ),
    "staticfiles": {"BACKEND": "vista.storage.StaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # forms and small JSON; callbacks have ML_MAX_BODY_BYTES
FILE_UPLOAD_PERMISSIONS = 0o640

# --- login and sessions -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "projects"
LOGOUT_REDIRECT_URL = "login"

# --- security headers -------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_BY_HTTPS
if SERVED_BY_HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes talk plain HTTP inside the house
    SECURE_HSTS_SECONDS = 31_536_000
    # Sub-domains and the browsers' preload list are the domain owner's decision, not ours.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "vista.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# --- language and time ------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# --- the API ----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first that is present decides; the key stands first because a session answers 403 instead of 401.
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.ProxyAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["vista.api.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "vista.api.OneRenderer",
    "DEFAULT_PAGINATION_CLASS": "vista.api.IdCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["vista.api.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("VISTA_RATE_LIMIT_USER", default="") or None,
        "pipeline": env.str("VISTA_RATE_LIMIT_PIPELINE", default="") or None,
    },
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS has nothing to tell that the schema does not
    "EXCEPTION_HANDLER": "vista.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # ?format= belongs to the export
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "VISTA",
    "DESCRIPTION": "Pictures, and what machine-learning models say about them.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AnalysisStatus": "analyses.models.Status",
        "JobStatus": "analyses.models.JobStatus",
        "FinalStatus": "analyses.api.serializers.FINAL_STATUSES",
    },
}

# --- logs -------------------------------------------------------------------------------------------------
LOGGING = logs.configuration(level=env.str("VISTA_LOG_LEVEL", default="INFO"), as_json=not DEBUG)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = (
    False  # logs.py does it: guessing among twenty headers costs more than a query
)
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # naming the user would cost a query in every request
logs.configure_structlog()
