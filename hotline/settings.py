"""The only settings file; every difference of a deployment is an environment variable (docs/SETTINGS.md)."""

import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO

from hotline import addresses, environment, language_list
from hotline.databases import database

BASE_DIR = Path(__file__).resolve().parent.parent

environment.refuse_unknown()
DEMO = environment.read_bool("HOTLINE_DEMO")
REHEARSAL = environment.read_bool("HOTLINE_REHEARSAL")
PORT = environment.read_port("HOTLINE_PORT", 8000)
HOST = environment.read("HOTLINE_HOST", "127.0.0.1")
DATA = Path(environment.read("HOTLINE_DATA", str(BASE_DIR / "var"))).absolute()
ORIGINS = addresses.origins(
    environment.read("HOTLINE_ORIGINS", f"http://127.0.0.1:{PORT},http://localhost:{PORT}"), name="HOTLINE_ORIGINS"
)
EXIT_URL = environment.read("HOTLINE_EXIT_URL", "https://www.senamhi.gob.pe/")
environment.refuse_more_than_one("HOTLINE_KEY_FILE", "HOTLINE_KEYS", "HOTLINE_KEY_COMMAND")
KEY_FILE = Path(environment.read("HOTLINE_KEY_FILE", str(DATA / "master.key")))
MASTER_KEYS = environment.take_secret("HOTLINE_KEYS", instead="HOTLINE_KEY_FILE")
KEY_COMMAND = environment.read("HOTLINE_KEY_COMMAND")
STAGE = environment.read_choice("HOTLINE_STAGE", "A" if DEMO else "B", ("A", "B"))
ON_CALL_OPENS = environment.read_bool("HOTLINE_ON_CALL_OPENS", default=True)
CLOSED_SPACE_DAYS = environment.read_days("HOTLINE_CLOSED_SPACE_DAYS", 90, 365)
_witnesses = f"folder:{DATA / 'heads'}" if DEMO else f"print,folder:{DATA / 'heads'}"
WITNESSES = addresses.witnesses(environment.read("HOTLINE_WITNESSES", _witnesses), name="HOTLINE_WITNESSES")
ALARM_MAIL = addresses.mailboxes(environment.read("HOTLINE_ALARM_MAIL"), name="HOTLINE_ALARM_MAIL")
ALARM_HOOK = addresses.hook(environment.read("HOTLINE_ALARM_HOOK"), name="HOTLINE_ALARM_HOOK", on_loopback=DEMO)
_phrases = environment.read("HOTLINE_PHRASES")
PHRASES = Path(_phrases).absolute() if _phrases else None
APPLICATIONS_KEPT = environment.read_days("HOTLINE_APPLICATIONS_KEPT", 90, 365)
LICENCE_LOOKUP = addresses.page(environment.read("HOTLINE_LICENCE_LOOKUP"), name="HOTLINE_LICENCE_LOOKUP")
LOG_LEVEL = environment.read_choice("HOTLINE_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
METRICS_TOKEN = environment.read("HOTLINE_METRICS_TOKEN")
REDIS_URL = addresses.redis(environment.read("REDIS_URL"), name="REDIS_URL")
CONTROLLER = {
    "name": environment.read("HOTLINE_CONTROLLER"),
    "address": environment.read("HOTLINE_CONTROLLER_ADDRESS"),
    "contact": environment.read("HOTLINE_CONTACT"),
    "hosted_in": environment.read("HOTLINE_HOSTED_IN"),
    "signed_by": environment.read("HOTLINE_TEXTS_SIGNED_BY"),
}
PRESS_CONTACT = environment.read("HOTLINE_PRESS_CONTACT") or CONTROLLER["contact"]

DEBUG = False
_given = environment.read("HOTLINE_SECRET_KEY")
SECRET_KEY_IS_GIVEN = bool(_given)
#: Of this process alone until hotline.preparation sets the line's own before anything is served.
SECRET_KEY = _given or secrets.token_urlsafe(48)
SECURE_ORIGINS = all(origin.startswith("https://") for origin in ORIGINS)
ALLOWED_HOSTS = addresses.hosts_of(ORIGINS)
CSRF_TRUSTED_ORIGINS = ORIGINS
ROOT_URLCONF = "hotline.urls"
ASGI_APPLICATION = "hotline.asgi.application"
FORCE_SCRIPT_NAME = ""  # a client's Daphne-Root-Path header must not move our addresses

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "vault",
    "vault.keystore",
    "wire",
    "roster",
    "consent",
    "triage",
    "chat",
    "cases",
    "oversight",
    "reflection",
    "training",
    "directory",
    "campaign",
    "hotline",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # scripts and styles need no policy: 0.6 kB less for each of them
    "csp.middleware.CSPMiddleware",
    "hotline.security_headers.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "hotline.page_language.PageLanguage",
    "hotline.standing.Standing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "roster.second_factor.StaffGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

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
                "hotline.page_context.page",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": database(
        environment.read("DATABASE_URL", f"sqlite:///{DATA / 'line.sqlite3'}"), name="DATABASE_URL", base=BASE_DIR
    ),
    "keystore": database(
        environment.read("HOTLINE_KEYSTORE_URL", f"sqlite:///{DATA / 'keystore.sqlite3'}"),
        name="HOTLINE_KEYSTORE_URL",
        base=BASE_DIR,
        pool=4,
    ),
}
DATABASE_ROUTERS = ["vault.keystore.database_router.KeystoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "wire.ring_layer.RingLayer", "CONFIG": {"host": REDIS_URL}}
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
# Sign-in attempts are counted here, for all nodes alike, and whether or not Redis is there.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "hotline_cache"}}

# One cookie for whoever visits, and a second one for staff (roster/second_factor.py): docs/PROTOCOL.md.
SESSION_ENGINE = "hotline.sessions"
SESSION_COOKIE_NAME = "sid" if DEMO else "__Host-sid"
STAFF_COOKIE_NAME = "sk" if DEMO else "__Host-sk"
SESSION_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds after the last sign of life
STAFF_IDLE_AFTER = 60 * 60  # seconds without a request or an open desk, after which a member signs in again
STAFF_SESSION_LASTS = 12 * 60 * 60  # seconds after which a member signs in again, however busy
CSRF_USE_SESSIONS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie
CSRF_FAILURE_VIEW = "hotline.errors.csrf_failure"

AUTH_USER_MODEL = "roster.Member"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["roster.hashing.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/escritorio/"
LOGOUT_REDIRECT_URL = "/equipo/entrar/"
ACCOUNT_ADAPTER = "roster.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# No limit per address: none ever reaches us, and many phones share one. The proxy limits addresses in its memory.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/300s/key",
    "reset_password": "5/m/key",
    "reset_password_from_key": None,
    "signup": None,
    "request_login_code": None,
    "verify_phone": None,
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses that have no account
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "roster.sign_in_forms.SignInForm",
    "reauthenticate": "roster.sign_in_forms.ConfirmForm",
    "change_password": "roster.sign_in_forms.NewPasswordForm",
    "reset_password": "roster.sign_in_forms.ForgottenAddressForm",
    "reset_password_from_key": "roster.sign_in_forms.ForgottenPasswordForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # members come by invitation; nobody confirms addresses here
MFA_ADAPTER = "roster.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost counts as safe for browsers too
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be off by one step of thirty seconds; each step works once all the same
MFA_FORMS = {
    "authenticate": "roster.totp.CodeAtSignIn",
    "reauthenticate": "roster.totp.CodeAgain",
    "activate_totp": "roster.totp.FirstCode",
    "authenticate_webauthn": "roster.passkeys.KeyAtSignIn",
    "add_webauthn": "roster.passkeys.NewKey",
}
MFA_TOTP_ISSUER = "Por mí, Por ti, Por el Perú"

LANGUAGE_CODE = language_list.SPANISH
LANGUAGES = language_list.LANGUAGES
LANG_INFO.update(language_list.UNKNOWN_TO_DJANGO)
LOCALE_PATHS = [DATA / "locale"]  # what hotline.catalogues makes of locale/ at each start
FORMAT_MODULE_PATH = ["hotline.formats"]
TIME_ZONE = "America/Lima"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hotline.static_storage.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # others get none; with no-referrer browsers post forms as «Origin: null»
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # hotline.security_headers gives it to pages; scripts and styles need none
SECURE_HSTS_SECONDS = 0 if DEMO else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options: frame-ancestors of the policy says it, and more exactly
    "security.W008",  # redirecting to https: the proxy in front does it, plain HTTP never comes here from outside
    "security.W021",  # the browsers' preload list: whoever owns the domain decides it for the whole domain
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024  # the longest note, each letter escaped by a plain form (cases/notes.py)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "hotline.redaction.RedactionFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},  # without any handler Python prints warnings itself, unredacted
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        # django.request writes paths, django.security.DisallowedHost writes hosts: both may name a caller.
        "django.request": {"handlers": [], "propagate": True, "level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "daphne": {"handlers": [], "propagate": True, "level": "WARNING"},  # below that it tells addresses
        "markdown_it": {"handlers": [], "propagate": True, "level": "WARNING"},  # it tells each rule it tries
        "twisted": {"handlers": [], "propagate": True, "level": "WARNING"},  # below that it logs every request
    },
}

_mail = addresses.mail(environment.read("HOTLINE_MAIL_URL"), name="HOTLINE_MAIL_URL")
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.tls, _mail.starttls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _mail.sender
