"""Where e-mail goes, read once from the environment: off unless all of it is given, and never in clear."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

OFF = "dummymail://"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECURE = ("smtp+tls", "smtp+ssl")


def mail_settings(env: Any) -> dict[str, Any]:
    """Django's settings of mail, with MAIL_ON. ImproperlyConfigured for half of it, and for mail in clear."""
    url, site = env("EMAIL_URL", default=""), env("LAPWING_SITE", default="").rstrip("/")
    sender, domains = env("LAPWING_MAIL_FROM", default=""), env.list("LAPWING_MAIL_DOMAINS", default=[])
    found: dict[str, Any] = env.email_url_config(url or OFF)
    found |= {"EMAIL_TIMEOUT": 10, "SITE": site, "MAIL_ON": bool(url)}
    found |= {"DEFAULT_FROM_EMAIL": sender, "MAIL_DOMAINS": [name.lower().lstrip("@") for name in domains]}
    if not url:
        return found
    if not (site.startswith(("https://", "http://127.0.0.1", "http://localhost")) and sender and domains):
        raise ImproperlyConfigured(
            "EMAIL_URL is set, so LAPWING_SITE (https://…, what links in an e-mail begin with), "
            "LAPWING_MAIL_FROM (whom it is from) and LAPWING_MAIL_DOMAINS (where it may go, as "
            "example.police.uk) must be too."
        )
    try:
        validate_email(parseaddr(sender)[1])
    except ValidationError as error:
        raise ImproperlyConfigured(f"LAPWING_MAIL_FROM is not an e-mail address: {sender!r}.") from error
    parts = urlsplit(url)
    if parts.scheme not in SECURE and not (parts.scheme == "smtp" and parts.hostname in LOOPBACK):
        raise ImproperlyConfigured(
            "EMAIL_URL begins with smtp+tls:// or smtp+ssl://; smtp:// is for this machine."
        )
    return found
