"""Reports to read and write: one typical of each kind, and Hypothesis strategies for any."""

import string
from datetime import date
from io import BytesIO
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields

from lapwing.exchange import FORMATS, Format, read
from lapwing.exchange.instants import parse_instant
from lapwing.report import (
    Batch,
    Email,
    Incident,
    Instant,
    IpEvent,
    NamedValue,
    Person,
    Phone,
    Report,
    ReportedFile,
)


def at(text: str) -> Instant:
    return parse_instant(text)


def typical(number: int = 1, *, files: int = 3) -> Report:
    """A report as a messaging company sends one: one account, its log-ins, and files found by a hash
    match.
    """
    return Report(
        format="schedule-1",
        provider="example.org",
        reference=f"{1000000 + number}",
        submitted_at=at("2026-03-02T08:15:00Z"),
        incident_type="indecent_images",
        platform="Example Chat",
        incident_at=at("2026-03-01T22:10:05Z"),
        incident_time_meaning="The time of the upload.",
        annotations=["sextortion"],
        incidents=[Incident("chat", service="Example Chat", name="room-17", notes="A room of two.")],
        reporter=Person(
            role="reporter", first_name="Trust", last_name="and Safety", emails=[Email("reports@example.org")]
        ),
        legal_url="https://legal.example.org/requests",
        people=[
            subject(number),
            Person(role="recipient", account_id=f"u-{number + 500000}", screen_name="recipient_1"),
        ],
        files=[file(number, one) for one in range(files)],
        notes="Found by a match against a list of hashes.",
    )


def subject(number: int) -> Person:
    return Person(
        account_id=f"u-{number:06}",
        service="Example Chat",
        screen_name=f"subject_{number:06}",
        display_names=[f"subject-{number:06}"],
        profile_urls=[f"https://chat.example.com/u/{number}"],
        emails=[
            Email(
                f"subject-{number:06}@example.com",
                kind="home",
                verified=True,
                verified_at=at("2025-11-02T10:00:00Z"),
            )
        ],
        phones=[Phone("07700 900123", kind="mobile", country_calling_code="+44", verified=False)],
        ip_events=[
            IpEvent(
                f"192.0.2.{one + 1}", "login", at(f"2026-02-{one + 1:02}T21:00:0{one}Z"), 40000 + one, False
            )
            for one in range(8)
        ],
    )


def file(number: int, one: int) -> ReportedFile:
    return ReportedFile(
        file_id=f"{number * 100 + one:032x}",
        name=f"file-{number}-{one}.jpg",
        original_name=f"IMG_{one:04}.jpg",
        hashes={"md5": f"{number * 1000 + one:032x}"},
        uploaded_at=at("2026-03-01T22:10:05Z"),
        viewed_by_provider=bool(one % 2),
        viewed_stated=True,
        exif_viewed_by_provider=False,
        publicly_available=False,
        relevance="reported",
        annotations=["viral"] if one == 2 else [],
        industry_classification="B2",
        ip_events=[IpEvent("192.0.2.44", "upload", at("2026-03-01T22:10:04Z"), 51312)],
        details=[NamedValue("Make", "Example", "EXIF"), NamedValue("Model", "Phone 1", "EXIF")],
        notes=["Matched a list."],
    )


def viral(number: int = 7) -> Report:
    """Many accounts that shared one picture, sent as one report: identifiers only, no addresses."""
    people = [Person(account_id=f"u-{number:03}{one:03}", service="Example Chat") for one in range(5)]
    report = typical(number, files=1)
    report.batch, report.people, report.annotations = Batch("viral_potential_meme"), people, []
    return report


def written(report: Report, form: Format | str) -> bytes:
    stream = BytesIO()
    (FORMATS[form] if isinstance(form, str) else form).write([report], stream)
    return stream.getvalue()


def read_back(document: bytes) -> Report:
    [report] = read(BytesIO(document))
    return report


# Text that any format can carry as it is: nothing XML forbids, no space at either end, never empty.
_LETTERS = string.ascii_letters + string.digits + "-_.@/&<>\"'é世\U0001f426"
lines = st.text(alphabet=_LETTERS + " ", min_size=1, max_size=12).map(str.strip).filter(bool)
prose = st.text(alphabet=_LETTERS + " \n\t", min_size=1, max_size=20).filter(lambda text: not text.isspace())
instants = st.one_of(
    st.builds(
        "{:%Y-%m-%dT%H:%M:%S}{}".format,
        st.datetimes(),
        st.sampled_from(["", "Z", "+01:00", "-05:30", ".5Z", " UTC", " EST"]),
    ),
    st.just("not a time"),
).map(parse_instant)
_PROSE = {
    "company_template",
    "content",
    "escalation_reason",
    "file_names",
    "further_notes",
    "incident_time_meaning",
    "notes",
    "profile_bio",
    "terms_of_service",
}
_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**31) + 1, 2**31 - 1),
    date: st.dates(),
    Instant: instants,
    str: lines,
}


def any_struct(of: type[Struct], depth: int = 2) -> st.SearchStrategy[Any]:
    """Any value of a struct of the model that says what it holds in text which every format can carry."""
    hints = get_type_hints(of)
    required, optional = {}, {}
    for field in fields(of):
        if field.name in ("unknown", "format", "fragment") or (field.name == "associates" and depth < 1):
            continue
        strategy = _of(field.name, hints[field.name], depth)
        (required if field.required else optional)[field.name] = strategy
    if of is Report:
        required["format"] = st.just("schedule-1")
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: of(**values))


def _of(name: str, hint: Any, depth: int) -> st.SearchStrategy[Any]:
    if name in _PROSE and hint is str:
        return prose
    if name == "size":
        return st.none() | st.integers(0, 2**63 - 1)
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    inside = get_args(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(inside)
    if get_origin(hint) is dict:
        return st.dictionaries(lines, lines, max_size=2)
    if name == "associates":
        return st.lists(any_struct(inside[0], 0), max_size=2)
    if get_origin(hint) is list:
        return st.lists(_of(name, inside[0], depth - 1), max_size=2)
    if type(None) in inside:
        return st.none() | _of(name, next(one for one in inside if one is not type(None)), depth)
    return prose if name in _PROSE else any_struct(hint, depth)


def any_report() -> st.SearchStrategy[Report]:
    """Any report, with what the Schedule 1 document must have, and people in the roles those fields mean."""
    return st.builds(_complete, any_struct(Report, 3), lines, lines)


def _complete(values: Report, provider: str, reference: str) -> Report:
    values.provider, values.reference = provider, reference
    for person, role in ((values.reporter, "reporter"), (values.reporter_contact, "contact")):
        if person is not None:
            person.role = role
    for one in values.files:
        one.viewed_stated = one.viewed_stated or one.viewed_by_provider is not None
    return values
