"""Settings. Two variables move the site: LAPWING_HOME (all state; ./var) and DATABASE_URL (SQLite)."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from lapwing_web.closed import close_database, close_folder
from lapwing_web.mailing import mail_settings

env = environ.Env()
HERE = Path(__file__).resolve().parent
HOME = Path(env("LAPWING_HOME", default="var")).resolve()
close_folder(HOME)


def _secret_key() -> str:
    """The key in LAPWING_SECRET_KEY, or one made once and kept under LAPWING_HOME for its owner only."""
    if given := env("LAPWING_SECRET_KEY", default=""):
        return str(given)
    kept = HOME / "secret-key"
    if not kept.exists():
        draft = HOME / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(draft, kept)  # whole or not at all, and the first of several processes wins
        draft.unlink()
    return kept.read_text()


SECRET_KEY = _secret_key()
ENVIRONMENT = os.environ.get("LAPWING_ENVIRONMENT", "test")
if ENVIRONMENT not in ("test", "live"):
    raise ImproperlyConfigured(f"LAPWING_ENVIRONMENT is {ENVIRONMENT!r}: it can be test or live.")
DEBUG = env.bool("LAPWING_DEBUG", default=False)
ALLOWED_HOSTS = env.list("LAPWING_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
BEHIND_TLS = env.bool("LAPWING_BEHIND_TLS", default=False)

DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'lapwing.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    if not str(_database["NAME"]).startswith((":memory:", "file:")):
        close_database(Path(_database["NAME"]))
    _database["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # a file: threads then queue as they do in use
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at the start instead of failing in the middle
        "timeout": 30,
        # A success is said only after the commit, so the commit must be on the disk: FULL, not NORMAL.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True

INSTALLED_APPS = [
    "lapwing_web.audit",
    "lapwing_web.staff",
    "lapwing_web.jobs",
    "lapwing_web.notifications",
    "lapwing_web.clocks",
    "lapwing_web.intake",
    "lapwing_web.casework",
    "lapwing_web.offenders",
    "lapwing_web.insight",
    "lapwing_web.prevention",
    "lapwing_web.front",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_forms_gds",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lapwing_web.front.views.kept_nowhere",
    "lapwing_web.casework.views.telling.words_only",
    "lapwing_web.front.views.readable_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "lapwing_web.staff.views.door.in_order",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lapwing_web.front.views.refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "lapwing_web.urls"
WSGI_APPLICATION = "lapwing_web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lapwing_web.front.views.furniture",
            ],
        },
    }
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = HOME / "uploads"
FILE_UPLOAD_TEMP_DIR = None

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

# Lock the pair of name and address: a guesser does not lock out the officer, nor one officer a whole station.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # the audit has them
AXES_LOCKOUT_TEMPLATE = "lockout.html"

CSRF_FAILURE_VIEW = "lapwing_web.casework.views.telling.refused_by_csrf"
OTP_TOTP_ISSUER = "Lapwing"  # what a phone shows beside the code

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a shift
CSRF_COOKIE_AGE = None  # gone with the browser: it would tell the next person who uses it where somebody was
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# What the front door takes (docs/reporting-api.md).
REQUESTS_A_MINUTE = env.int("LAPWING_REQUESTS_A_MINUTE", default=60_000)  # of one account, in each process
BODIES_AT_ONCE = env.int("LAPWING_BODIES_AT_ONCE", default=12)  # requests with a body, in each process
BODY_WAIT = 5.0  # seconds that one more waits for its turn before it is told to come again
SPARE_BYTES = env.int("LAPWING_SPARE_BYTES", default=2**30)  # of disk, below which nothing more is taken
MOST_WAITING = env.int("LAPWING_MOST_WAITING", default=500_000)  # ordinary jobs

CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


# The vault: what files are sealed to, where they are kept, and the lists they are compared with.
VAULT_KEYS = Path(env("LAPWING_VAULT_KEYS", default=str(HOME / "vault-recipients.txt")))
VAULT = Path(env("LAPWING_VAULT", default=str(HOME / "vault")))
VAULT_S3_BUCKET = env("LAPWING_VAULT_S3_BUCKET", default="")  # set: the objects are there and not in VAULT
VAULT_S3_ENDPOINT = env("LAPWING_VAULT_S3_ENDPOINT", default="") or None
VAULT_S3_REGION = env("LAPWING_VAULT_S3_REGION", default="") or None
VAULT_ROOM = env.int("LAPWING_VAULT_ROOM", default=2 * 2**30)  # bytes to be left free: less, and uploads wait
VAULT_VERIFY_DAYS = env.int("LAPWING_VAULT_VERIFY_DAYS", default=30)  # every object is read once in so many
DOCUMENTS = Path(env("LAPWING_DOCUMENTS", default=str(HOME / "documents")))  # a force's own templates
LISTS = Path(env("LAPWING_LISTS", default=str(HOME / "lists")))

CALENDAR_REQUESTS_A_MINUTE = 30  # of one person's deadlines, in each process

# E-mail: off unless all of it is given (docs/running.md).
_mail = mail_settings(env)
MAIL_ON: bool = _mail["MAIL_ON"]
MAIL_DOMAINS: list[str] = _mail["MAIL_DOMAINS"]
SITE: str = _mail["SITE"]
EMAIL_BACKEND, EMAIL_TIMEOUT, DEFAULT_FROM_EMAIL = (
    _mail[name] for name in ("EMAIL_BACKEND", "EMAIL_TIMEOUT", "DEFAULT_FROM_EMAIL")
)
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    _mail[name] or "" for name in ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
)
EMAIL_USE_TLS, EMAIL_USE_SSL = (bool(_mail.get(name)) for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL"))

JURISDICTION = env("LAPWING_JURISDICTION", default="england_wales")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
