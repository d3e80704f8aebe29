"""Who a report is from, when a format has no field for the company's name."""

from urllib.parse import urlsplit

from lapwing.report import Email, Person


def provider_of(reporter: Person | None, contact: Person | None, legal_url: str) -> str:
    """The reporting company, from the first of these that the report gives.

    1. the domain of the reporting person's first e-mail address; 2. the host of the company's legal page,
    without `www.`; 3. the domain of the contact person's first e-mail address; 4. the reporting person's
    name, which is where a company without these writes its own; 5. "" — unknown. Domains and hosts are in
    lower case.
    """
    person = reporter or Person()
    name = f"{person.first_name} {person.last_name}".strip()
    return _domain(person.emails) or _host(legal_url) or _domain(contact.emails if contact else []) or name


def _domain(emails: list[Email]) -> str:
    for email in emails:
        domain = email.address.rpartition("@")[2].strip().rstrip(".").lower()
        if "@" in email.address and domain:
            return domain
    return ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.") if "." in host else ""
