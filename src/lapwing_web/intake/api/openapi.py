"""The OpenAPI document: what Ninja makes of the operations, with what it cannot know of them."""

from typing import Any

from ninja import NinjaAPI

from lapwing.exchange.schedule_1.schema import schema
from lapwing_web.intake.api import problems, shapes
from lapwing_web.intake.api.reports import LARGEST
from lapwing_web.intake.api.uploads import FORM, JSON, LONGEST_KEY, RAW

ABOUT = """Reports of detected content from a provider to Lapwing, by JSON.

Open a report with its document, add its files, finish it. Send the account’s key with every request. What is
answered with 2xx has been committed. Repeat a request whose reply was lost, with the same Idempotency-Key:
it is done once. Errors are problem documents (RFC 9457). Quote the header Request-ID when you ask about a
request."""
TITLE = "Lapwing reporting API"
VERSION = "1.0"
EXAMPLE = {
    "schema": "lapwing-schedule-1",
    "unique_reference": shapes.REFERENCE,
    "priority": "P2",
    "reporter": {"provider": "Example Social"},
    "detection": {"method": "hash_match", "incident_type": "indecent_images", "incident_at": shapes.AT},
    "content": [{"file_id": "file-1", "name": "a picture.png", "viewed_by_provider": False}],
    "people": [
        {
            "role": "subject",
            "account_id": "account-000017",
            "ip_events": [{"address": "192.0.2.17", "event": "login", "at": shapes.AT, "port": 40017}],
        }
    ],
    "declaration": {"complete": True},
}
HEADERS = {
    "Request-ID": ("What the site calls this request: 32 hexadecimal digits.", {"type": "string"}),
    "Retry-After": ("Seconds to wait before trying again.", {"type": "string", "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("Bearer.", {"type": "string"}),
    "Location": ("The address of the report.", {"type": "string"}),
}
BESIDE = {"401": ("WWW-Authenticate",), "429": ("Retry-After",), "503": ("Retry-After",)}
NO_NUL = r"^[^\u0000]*$"  # no address of the site may hold one
KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Any text of your own for this request. The same with the same body is done once and "
    "answered alike; with another body it is refused (422). It counts at its own address only.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "example": "report-A-2026-000017",
}


def document_of(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{shapes.HERE}/"))
    made["servers"] = [{"url": "/"}]
    made["components"]["schemas"] |= _schedule_1()
    for path, operations in made["paths"].items():
        for operation in operations.values():
            operation["parameters"] = [_parameter(one) for one in operation["parameters"]]
            operation["responses"] = {
                str(status): _response(str(status), one, path)
                for status, one in operation["responses"].items()
            }
    paths = made["paths"]
    _with_body(paths[f"{shapes.HERE}/reports"]["post"], _report_body())
    _with_body(paths[f"{shapes.HERE}/reports/{{number}}/files"]["post"], _file_body())
    return made


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    """With one example, as a parameter has it; the number of a report, which is read as text, as a number."""
    schema = {key: value for key, value in given["schema"].items() if key not in ("description", "examples")}
    if given["name"] == "number":
        schema = {"type": "integer", "minimum": 0, "maximum": LARGEST}
    if schema.get("type") == "string":
        schema["pattern"] = NO_NUL
    made = {key: value for key, value in given.items() if key != "examples"} | {"schema": schema}
    return made | ({"example": given["examples"][0]} if "examples" in given else {})


def _with_body(operation: dict[str, Any], body: dict[str, Any]) -> None:
    operation["parameters"] = [*operation["parameters"], KEY_HEADER]
    operation["requestBody"] = {"required": True, "content": body}


def _response(status: str, response: dict[str, Any], path: str) -> dict[str, Any]:
    names = ["Request-ID", *BESIDE.get(status, ())]
    if status == "201" and path.endswith("/reports"):
        names.append("Location")
    headers = {name: {"description": HEADERS[name][0], "schema": HEADERS[name][1]} for name in names}
    content = response["content"]
    if int(status) >= 400:
        kinds = [kind for kind in (*problems.KINDS.values(), problems.FAULT) if kind.status == int(status)]
        example = {
            "type": f"{problems.DOCS}#{kinds[0].slug}",
            "title": kinds[0].title,
            "status": kinds[0].status,
            "detail": f"{kinds[0].title}.",
            "instance": "urn:uuid:00000000-0000-4000-8000-000000000001",
        }
        said = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        content, response = (
            {problems.MEDIA_TYPE: said},
            {"description": "; or: ".join(k.title for k in kinds)},
        )
    return {**response, "headers": headers, "content": content}


def _report_body() -> dict[str, Any]:
    body = {"schema": {"$ref": "#/components/schemas/Schedule1"}, "example": EXAMPLE}
    return {JSON: body}


def _file_body() -> dict[str, Any]:
    plain = {"type": "string", "format": "binary", "minLength": 1}
    parts = {
        "type": "object",
        "properties": {"file": plain},
        "required": ["file"],
        "additionalProperties": False,
    }
    return {RAW: {"schema": plain}, FORM: {"schema": parts}}


def _schedule_1() -> dict[str, Any]:
    """The published schema of the document, its definitions under names of their own here."""
    published = schema()
    parts = dict(published.pop("$defs"))
    del published["$schema"]
    made = {"Schedule1": published, **{f"Schedule1{name}": part for name, part in parts.items()}}
    return {name: _renamed(part) for name, part in made.items()}


def _renamed(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/Schedule1")
            if key == "$ref" and isinstance(value, str)
            else _renamed(value)
            for key, value in part.items()
        }
    return [_renamed(one) for one in part] if isinstance(part, list) else part
