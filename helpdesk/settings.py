"""One settings file; everything that differs between places comes from the environment.

A bad value stops the start with its name. A secret may also be given as NAME_FILE (a path to read it from).
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
PLATFORM_DOMAIN = env.str("PLATFORM_DOMAIN", default="localhost").lower()
PORT = env.int("PORT", default=8000)
HTTPS = env.bool("HTTPS", default=not (DEMO or DEBUG))

_DEMO_KEY = "demo-only-key-that-guards-nothing-but-invented-people-0123456789"
SECRET_KEY = env.str("SECRET_KEY", default=_DEMO_KEY if DEMO or DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: set it, or DEMO=1 to try the product with demo data.")
# What seals one-time codes and provider keys in the database; its own key, so that SECRET_KEY can be changed.
SEAL_KEYS = env.list("SEAL_KEYS", default=[])

# Hosts are checked against the Tenant and Domain tables (tenants.middleware), which know more than a list could.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
# Addresses of the reverse proxy whose X-Forwarded-For / -Proto we believe; empty: nobody's.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "captcha",
    "persian",
    "web",
    "tenants",
    "notifications",
    "accounts",
    "departments",
    "tickets",
    "helpdesk.panels",
    "helpdesk.console",
    "helpdesk.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.middleware.SecurityHeaders",
    # Under the headers, so that static files carry them too.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantHost",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.Origin",
    "accounts.middleware.SessionGuard",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenants.middleware.Scope",
    "web.middleware.DomainErrors",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
FORM_RENDERER = "web.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "helpdesk.panels.context.navigation",
            ],
            "string_if_invalid": "",
        },
    },
]

# Data ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'peygir.sqlite3'}")}
POSTGRES = DATABASES["default"]["ENGINE"].endswith("postgresql")
if POSTGRES:
    # The pool is for web processes only, and opened after fork (deploy/ sets DB_POOL there).
    if env.int("DB_POOL", default=0):
        DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
            "min_size": 1,
            "max_size": env.int("DB_POOL"),
        }
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode
else:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DEMO and (POSTGRES or PLATFORM_DOMAIN != "localhost"):
    raise ImproperlyConfigured(
        "DEMO=1 shows everybody's letters: it refuses PostgreSQL and any PLATFORM_DOMAIN but localhost."
    )

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
            "KEY_PREFIX": "peygir",
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
# "": Django streams files itself; "accel": the proxy does, told by X-Accel-Redirect.
SENDFILE = env.str("SENDFILE", default="")
S3_BUCKET = env.str("S3_BUCKET", default="")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static-built")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "web.finders.PackageFinder"]
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY", default=""),
            "secret_key": env.str("S3_SECRET_KEY", default=""),
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {"BACKEND": "web.storage.StaticFiles"},
}
# Pages: forms without files. Files come through transfer views, which stream them to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_TEMP_DIR = env.str("UPLOAD_TEMP_DIR", default="") or None

# People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.TenantBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_NAME = "__Host-peygir" if HTTPS else "peygir"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
# Idle and absolute limits of a session, in seconds, by side (TRUST 4).
SESSION_IDLE_STAFF = env.int("SESSION_IDLE_STAFF", default=12 * 3600)
SESSION_IDLE_CUSTOMER = env.int("SESSION_IDLE_CUSTOMER", default=14 * 24 * 3600)
SESSION_ABSOLUTE = env.int("SESSION_ABSOLUTE", default=30 * 24 * 3600)
# Seconds in which an answer of ours may be taken back, where the tenant has chosen nothing (tickets.TicketRules).
UNDO_SECONDS = env.int("UNDO_SECONDS", default=15)
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "web.views.csrf_failure"

# Safety -------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# Work in the background ---------------------------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # A killed task is back in seconds, not at the default hour.
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
    }
    CELERY_REDIS_SOCKET_TIMEOUT = 1.0
    CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 1.0
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # lines of the worker are written as ours are
CELERY_TASK_DEFAULT_QUEUE = "normal"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Every entry expires after its interval: a worker that was away does not wake to a queue of old rings.
    "deliver": {"task": "notifications.deliver", "schedule": 60, "options": {"expires": 55}},
    "sweep-files": {"task": "tenants.sweep_files", "schedule": 3600, "options": {"expires": 3500}},
    "resume-imports": {"task": "departments.resume_imports", "schedule": 60, "options": {"expires": 55}},
    "settle-tickets": {"task": "tickets.settle", "schedule": 300, "options": {"expires": 290}},
    "turn-clocks": {"task": "tickets.turn_clocks", "schedule": 60, "options": {"expires": 55}},
    "silent-tickets": {"task": "tickets.silence", "schedule": 900, "options": {"expires": 850}},
    "purge-bin": {"task": "tickets.purge", "schedule": 3600, "options": {"expires": 3500}},
    "return-transfers": {"task": "tickets.return_transfers", "schedule": 300, "options": {"expires": 290}},
    "send-answers": {"task": "tickets.send_due", "schedule": 60, "options": {"expires": 55}},
    "tell-low-ratings": {"task": "tickets.tell_low", "schedule": 60, "options": {"expires": 55}},
    "sweep-drafts": {"task": "tickets.sweep_drafts", "schedule": 3600, "options": {"expires": 3500}},
    "sweep-captcha": {"task": "web.sweep_captcha", "schedule": 600, "options": {"expires": 550}},
    "sweep-sessions": {"task": "accounts.sweep", "schedule": 3600, "options": {"expires": 3500}},
    # Half past eight in Tehran: a letter about money comes in working hours.
    "contract-reminders": {
        "task": "accounts.contract_reminders",
        "schedule": crontab(hour="5", minute="0"),
        "options": {"expires": 12 * 3600},
    },
}

# Letters ------------------------------------------------------------------------------------------------------
KAVENEGAR_API_KEY = env.str("KAVENEGAR_API_KEY", default="")
KAVENEGAR_BASE_URL = env.str("KAVENEGAR_BASE_URL", default="https://api.kavenegar.com")
KAVENEGAR_SENDER = env.str("KAVENEGAR_SENDER", default="")
KAVENEGAR_OTP_TEMPLATE = env.str("KAVENEGAR_OTP_TEMPLATE", default="")
EMAIL_FROM = env.str("EMAIL_FROM", default=f"noreply@{PLATFORM_DOMAIN}")
EMAIL_TIMEOUT = 10
if env.str("EMAIL_URL", default=""):
    _mail = env.email_url("EMAIL_URL")
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
    EMAIL_CONFIGURED = True
else:
    EMAIL_CONFIGURED = False

# The security code (web/captcha.py) ------------------------------------------------------------------------------
CAPTCHA_CHALLENGE_FUNCT = "web.captcha.sum_challenge"
# The same letters as the pages; where only collected files are at hand, the copy among them.
_FONTS = (
    BASE_DIR / "node_modules" / "vazirmatn" / "fonts" / "ttf" / "Vazirmatn-Bold.ttf",
    STATIC_ROOT / "vendor" / "Vazirmatn-Bold.ttf",
)
CAPTCHA_FONT_PATH = str(next((font for font in _FONTS if font.exists()), _FONTS[-1]))
CAPTCHA_FONT_SIZE = 38
# Drawn with the digit before it, so that it stands where a plus stands.
CAPTCHA_PUNCTUATION = "+"
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_arcs",)
CAPTCHA_IMAGE_SIZE = (168, 56)
CAPTCHA_LETTER_ROTATION = (-14, 14)
CAPTCHA_BACKGROUND_COLOR = "#f6f5f1"
CAPTCHA_FOREGROUND_COLOR = "#201e1a"
CAPTCHA_2X_IMAGE = False
CAPTCHA_TIMEOUT = 10  # minutes

# Persian ------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"
DEFAULT_CHARSET = "utf-8"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            # Tracebacks without what the exceptions say; while developing, with.
            "()": "logging.Formatter" if DEBUG else "web.logs.Line",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # web.failures tells of every failure, with the page's name; Django's line has the path, which holds codes.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "ERROR"},
    },
}
