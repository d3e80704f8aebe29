"""Reports of every shape for properties to be tried on: dull, synthetic, and sometimes nonsense."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields, replace

from lapwing.report import (
    Device,
    Email,
    EstimatedLocation,
    Incident,
    Instant,
    IpEvent,
    NamedValue,
    Person,
    Phone,
    PostalAddress,
    Report,
    ReportedFile,
)

maybe = st.sampled_from([True, False, None])
text = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "unknown", "subject-000123", "billing", "login", "EXIF", "\x00", "\ud800", "ﬁ", "İ"]
    ),
)
addresses = st.one_of(
    text,
    st.sampled_from(["192.0.2.1", "2001:db8::1", "198.51.100.7:40001", "100.64.0.1", "10.0.0.1", "[::1]:80"]),
)
instants = st.one_of(
    st.none(),
    st.builds(
        lambda at: Instant(at.isoformat(), utc=at, zone="stated"), st.datetimes(timezones=st.just(UTC))
    ),
    st.builds(lambda at: Instant(at.isoformat(), local=at), st.datetimes()),
    st.just(Instant("not a time", zone="unreadable")),
)


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=2)


ip_events = st.builds(
    IpEvent,
    address=addresses,
    event=text,
    at=instants,
    port=st.one_of(st.none(), st.integers(0, 65535)),
    possible_proxy=maybe,
)
emails = st.builds(Email, address=st.one_of(text, st.just("Subject-1@Example.com")), verified=maybe)
phones = st.builds(
    Phone,
    number=st.one_of(text, st.sampled_from(["07700 900123", "+44 20 7946 0123", "9" * 300])),
    country_calling_code=st.one_of(text, st.sampled_from(["44", "+1", "999999"])),
    verified=maybe,
)
places = st.builds(
    PostalAddress,
    postcode=st.one_of(text, st.just("LA9 4AB")),
    city=text,
    country=st.sampled_from(["", "GB", "FR"]),
    kind=text,
)
urls = st.one_of(
    text, st.sampled_from(["https://example.com/u/1", "example.com", "http://[", "//", "x" * 900])
)
devices = st.builds(Device, kind=text, value=text)


def people(associates: st.SearchStrategy[list[Person]]) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        role=st.sampled_from(["subject", "victim", "recipient", "reporter", "contact", "associate"]),
        first_name=text,
        account_id=text,
        service=text,
        screen_name=st.one_of(text, st.just("Subject-000123")),
        profile_urls=several(urls),
        emails=several(emails),
        phones=several(phones),
        addresses=several(places),
        ip_events=several(ip_events),
        devices=several(devices),
        payment_ids=several(text),
        identity_documents=several(text),
        estimated_location=st.one_of(
            st.none(), st.builds(EstimatedLocation, city=text, country=text, verified=maybe)
        ),
        access_to_children=maybe,
        convicted_sex_offender=maybe,
        associates=associates,
    )


files = st.builds(
    ReportedFile,
    hashes=st.dictionaries(st.sampled_from(["md5", "sha1"]), text, max_size=2),
    viewed_by_provider=maybe,
    viewed_stated=st.booleans(),
    annotations=several(st.sampled_from(["viral", "adult", "clothed", "infant", "potential_meme"])),
    known_list=text,
    ip_events=several(ip_events),
    details=several(st.builds(NamedValue, name=text, value=text, kind=text)),
)
incidents = st.builds(
    Incident,
    kind=st.sampled_from(["web_page", "chat", "peer_to_peer"]),
    urls=several(urls),
    emails=several(emails),
    phones=several(phones),
    ip_events=several(ip_events),
    content=text,
)
reports = st.builds(
    Report,
    format=st.just("schedule-1"),
    provider=st.one_of(text, st.just("Example Messenger")),
    reference=text,
    incident_type=text,
    incident_at=instants,
    escalated=st.booleans(),
    annotations=several(st.sampled_from(["sextortion", "solicitation", "informational"])),
    priority=st.sampled_from(["", "P1", "P2", "P3"]),
    detection_method=text,
    incidents=several(incidents),
    reporter=st.one_of(st.none(), people(st.just([]))),
    people=several(people(several(people(st.just([]))))),
    files=several(files),
    complete=maybe,
)


def without_one_thing(value: Any) -> Iterator[Any]:
    """`value` again and again, each time without one field or item. A role stays."""
    if isinstance(value, Struct):
        for field in fields(value):
            if field.name == "role":
                continue
            now = getattr(value, field.name)
            if field.default is not NODEFAULT and now != field.default:
                yield replace(value, **{field.name: field.default})
            if field.default_factory is not NODEFAULT and now:
                yield replace(value, **{field.name: field.default_factory()})
            yield from (replace(value, **{field.name: less}) for less in without_one_thing(now))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            yield from ([*value[:place], less, *value[place + 1 :]] for less in without_one_thing(item))
    elif isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
