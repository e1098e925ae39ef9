"""Django's settings, fed by `environment.py`; nothing here reads the environment itself."""

import logging
from urllib.parse import unquote, urlsplit

from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF

from vitrine import __version__
from vitrine.config import embedded
from vitrine.config.environment import ENVIRONMENT, ROOT
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.work import Format

DEBUG = ENVIRONMENT.debug
DATA_DIR = ENVIRONMENT.data_dir
KEEPS_IN_DATA_DIR = not (ENVIRONMENT.database_url and ENVIRONMENT.aws_bucket_name)
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)

INSTALLED_APPS = [
    "vitrine.config.apps.ConfigConfig",
    "vitrine.access.apps.AccessConfig",
    "vitrine.catalog.apps.CatalogConfig",
    "vitrine.processing.apps.ProcessingConfig",
    "vitrine.insight.apps.InsightConfig",
    "vitrine.outreach.apps.OutreachConfig",
    "vitrine.privacy.apps.PrivacyConfig",
    "vitrine.api.apps.ApiConfig",
    "vitrine.console.apps.ConsoleConfig",
    "vitrine.storefront.apps.StorefrontConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "vitrine.config.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vitrine.config.static_files.PackedPages",
    "vitrine.access.calling.remember_request",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vitrine.config.policy.ContentPolicy",
    "vitrine.config.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "vitrine.console.languages.Languages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vitrine.api.problems.Answers",
]

ROOT_URLCONF = "vitrine.config.urls"
APPEND_SLASH = False  # every path of the API answers with and without its slash, without a redirect
AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "vitrine" / "locale"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

# --- Database and Redis: the ones named in the environment, else our own under DATA_DIR -----------------------

_servers = embedded.ensure()


REPLICA_CONNECT_S = "2"  # the primary can answer in its place
_DATABASE_PATIENCE = {"connect_timeout": "5", "tcp_user_timeout": "15000"}  # seconds, milliseconds


def _database(url: str, **patience: str) -> dict[str, object]:
    """Django's words for a PostgreSQL URL; a socket's folder may stand in `host=` of the query."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "")) or (parts.hostname or ""),
        "PORT": parts.port or "",
        # An address may say otherwise; sslmode, sslrootcert and the like pass through, too.
        "OPTIONS": {
            **_DATABASE_PATIENCE,
            **patience,
            **{name: unquote(value) for name, value in query.items()},
        },
        # As fast as Django's pool, and safe in a worker that forks.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(_servers.database_url)}
if ENVIRONMENT.database_replica_url:
    DATABASES["replica"] = _database(ENVIRONMENT.database_replica_url, connect_timeout=REPLICA_CONNECT_S)
DATABASE_ROUTERS = ["vitrine.catalog.replica.Router"]
REDIS_URL = _servers.redis_url

# --- Files --------------------------------------------------------------------------------------------------------

AWS_BUCKET_NAME = ENVIRONMENT.aws_bucket_name
AWS_ENDPOINT_URL = ENVIRONMENT.aws_endpoint_url
AWS_UPLOAD_URL = ENVIRONMENT.aws_upload_url
AWS_REGION = ENVIRONMENT.aws_region
AWS_TAG_ORIGINALS = ENVIRONMENT.aws_tag_originals
CDN_URL = ENVIRONMENT.cdn_url
PUBLIC_URL = ENVIRONMENT.public_url
FILE_URLS = ENVIRONMENT.file_urls
FILE_URL_STEP_S = ENVIRONMENT.file_url_hours * 3600
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_bytes
UPLOAD_LIFE_S = 24 * 3600  # bytes that never became a version
DELETED_DAYS = ENVIRONMENT.deleted_days
EVENTS_DAYS = ENVIRONMENT.events_days
STORAGE_PRICE = ENVIRONMENT.storage_price
BODIES_AT_ONCE = 4  # half a process's threads may wait for senders; the others serve
LISTENERS_AT_ONCE = 8  # a process's threads for those who are told as it happens, beside the ones that serve
THREADS = 8 + LISTENERS_AT_ONCE  # of each web process
ANNOUNCEMENTS_DAYS = 30  # what happened, and how it was delivered; retries end long before
AUDIT_DAYS = ENVIRONMENT.audit_days
AUDIT_KEPT_DAYS = ENVIRONMENT.audit_kept_days
LOG_DAYS = ENVIRONMENT.log_days
OLD_VERSIONS_DAYS = ENVIRONMENT.old_versions_days
EXPORT_DAYS = ENVIRONMENT.export_days
ANSWER_LIFE_S = 24 * 3600  # what was answered to a request with an Idempotency-Key
KEPT_READS_S = 600  # how long Redis keeps an answer about a product; who reads asks the database all the same
ERASURES_DAYS = 3 * 365  # that somebody was erased, to show that it was done; not who it was
RETENTION_RUNS_DAYS = 400  # what each night's sweep took
PRIVACY_CONTACT = ENVIRONMENT.privacy_contact
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # everything in a request that is not the model file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# Only the API takes files, and streams them itself; a large one sent anywhere else is dropped, not put on our disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_dir
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # unused: models live in the blob store
    "staticfiles": {"BACKEND": "vitrine.config.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG  # else what it finds there goes before the packed files of STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG
VIEWER_DIST = ROOT / "viewer" / "dist"

# --- Jobs ---------------------------------------------------------------------------------------------------------

JOB_LEASE_S = ENVIRONMENT.job_lease_s
JOB_ATTEMPTS = 3
JOB_SWEEP_S = max(1.0, JOB_LEASE_S / 3)  # how often each worker looks for stranded jobs
JOB_RING_AGAIN_S = JOB_LEASE_S  # how long a queued job waits before it is rung for again
COOKS = ENVIRONMENT.cooks
PIPELINE = Bench(node=ENVIRONMENT.node, chromium=ENVIRONMENT.chromium, converter=ENVIRONMENT.converter_python)

# --- Webhooks, and mail: on the console unless a server is named ------------------------------------------------

WEBHOOKS_TO = ENVIRONMENT.webhooks_to
_mail = urlsplit(ENVIRONMENT.email_url or "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'console'}.EmailBackend"
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from

# --- Security: everything that says who may reach us, and from where --------------------------------------------

TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
RATE_LIMITS = ENVIRONMENT.rate_limits
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
TLS = ENVIRONMENT.tls
_public = (PUBLIC_URL or "").startswith("https://")
_secure = _public or TLS
# Believed of anybody where the outside comes by https only: who lies about it gets cookies that a browser drops and an
# HSTS that it ignores, and fools nobody else. On plain http it is believed of a proxy of ours alone.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _public or TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = ENVIRONMENT.https_redirect
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # a balancer asks the machine itself
SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_SECURE = _secure
# Browsers take this prefix only with Secure, for the whole host and from no subdomain: nobody can slip one in.
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "vitrine.api.problems.csrf_page"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
# Never for a certificate of our own: a browser would keep asking this machine for https when TLS=1 is gone.
SECURE_HSTS_SECONDS = 31_536_000 if _public else 0
# Neither subdomains nor the preload list: what stands beside us under a shop's domain is the shop's to decide.
# E001: see choose_settings.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "async.E001"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OIDC_ISSUER = ENVIRONMENT.oidc_issuer or ""
OIDC_CLIENT_ID = ENVIRONMENT.oidc_client_id or ""
OIDC_CLIENT_SECRET = ENVIRONMENT.oidc_client_secret or ""
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

# CORS. Published products, their files and the element may be read from any page: those answers say so themselves
# (`Access-Control-Allow-Origin: *`, never with credentials). Pages that call with a login must come from an origin
# in CORS_ORIGINS, and send their token in the Authorization header.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOWED_ORIGINS = list(ENVIRONMENT.cors_origins)
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Location", "Retry-After", "Server-Timing", "X-Request-ID", "Idempotent-Replayed"),
    *("RateLimit", "RateLimit-Policy", "Deprecation", "Sunset"),
]
CORS_PREFLIGHT_MAX_AGE = 86_400

# Files may have another address than the page that shows them.
_own_origins = [url for url in (PUBLIC_URL, CDN_URL) if url]
# The viewer's decoders are WebAssembly, its textures blobs, its workers blobs.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        # model-viewer 4.4.0 has one inline <style>; this is its hash
        "style-src": [SELF, "'sha256-PXtZZkJMMyc18o/DN1ZEFOJ2qEGq95IQbVaJFMOXOb0='"],
        "img-src": [SELF, "data:", "blob:", *_own_origins],
        "font-src": [SELF],
        "connect-src": [SELF, "blob:", *_own_origins],
        "worker-src": ["blob:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vitrine.api.authentication.TokenAuthentication",
        "vitrine.api.authentication.KeyAuthentication",
        "vitrine.api.authentication.ConsoleAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["vitrine.api.limiting.Limits"],
    "DEFAULT_PERMISSION_CLASSES": ["vitrine.api.permissions.ByTheTable"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["vitrine.api.parsers.Json"],
    "DEFAULT_SCHEMA_CLASS": "vitrine.api.schema.Described",
    "EXCEPTION_HANDLER": "vitrine.api.problems.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `format` is a filter of ours
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vitrine",
    "VERSION": __version__,
    "DESCRIPTION": "Self-hosted 3D and AR product assets: one upload, everything a product page needs.",
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["vitrine.api.permissions.ByTheTable"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["vitrine.api.schema.one_path_each"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "vitrine.api.schema.tell_problems",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "FileFormat": [(one.value, one.value) for one in Format],
        "StateEnum": [(one, one) for one in ("waiting", "delivered", "failed")],
        "ExportState": [(one, one) for one in ("waiting", "ready", "failed")],
    },
}

# --- Logs: one line an event, on standard error ------------------------------------------------------------------

DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = (
    logging.DEBUG
)  # the line at a request's end says all that this one does
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "vitrine.config.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level.upper()},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "botocore": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
