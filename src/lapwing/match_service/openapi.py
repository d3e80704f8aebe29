"""The OpenAPI document, made from the forms that the service reads and writes with."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from lapwing.match_service.forms import (
    FORMS,
    Answer,
    FileAnswer,
    Lists,
    Question,
    UrlAnswer,
    UrlQuestion,
    Wrong,
)
from lapwing.matching.urls import LONGEST

REFUSALS = {
    400: "the question is not as it should be, and where",
    401: "the token is not there, or another",
    404: "there is no such list",
    408: "the request stopped coming",
    413: "it is too large",
    415: "the body is a form and not the file itself",
    421: "the service does not go by that name",
    422: "there are more matches than can be told",
    503: "a list that is asked cannot be used: an answer without it would not be whole",
}
QUESTIONED = tuple(REFUSALS)
_FRAME = r'"[0-9a-fA-F]{64},(100|[1-9]?[0-9]),[0-9]{1,6}\.[0-9]{3}"'
PATTERNS = {  # what a value of each kind is
    "md5": "^[0-9a-fA-F]{32}$",
    "sha1": "^[0-9a-fA-F]{40}$",
    "sha256": "^[0-9a-fA-F]{64}$",
    "pdq": "^[0-9a-fA-F]{64}$",
    "vpdq": rf"^\[{_FRAME}(,{_FRAME}){{0,999}}\]$",
    "photodna": "^[A-Za-z0-9+/]{192}$",
}

SINGLE = ("md5", "sha1", "sha256", "pdq")  # whose values may stand in an address

URL = {
    "type": "string",
    "format": "uri",
    "description": "An http or https URL with its scheme, by the URL standard. Nothing is fetched.",
}


@cache
def document() -> bytes:
    """It, as JSON."""
    _, components = msgspec.json.schema_components(FORMS, ref_template="#/components/schemas/{name}")
    components["Hash"] = {
        "description": "A hash to look for, as text: hexadecimal in either case for most kinds.",
        "oneOf": [_hash(kind, pattern) for kind, pattern in PATTERNS.items()],
    }
    components["Question"]["properties"]["distance"]["type"] = "integer"
    components["UrlQuestion"]["properties"]["urls"]["items"] = {**URL, "maxLength": LONGEST}
    octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    paths = {
        "/v1/lists": {"get": _act("lists", "The lists, and those that cannot be used", Lists, (401, 421))},
        "/v1/match": {"post": _act("match", "Look for hashes", Answer, QUESTIONED, _json(Question))},
        "/v1/match-url": {
            "get": _asked_by_address(),
            "post": _act("match-urls", "Look for URLs", UrlAnswer, QUESTIONED, _json(UrlQuestion)),
        },
        "/v1/file": {
            "post": _act("file", "Look for a file", FileAnswer, (401, 408, 413, 415, 421, 503), octets)
        },
    }
    paths |= {f"/v1/match/{kind}/{{value}}": {"get": _single(kind)} for kind in SINGLE}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Lapwing: match", "version": version("lapwing")},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{}, {"token": []}],
        }
    )


def _single(kind: str) -> dict[str, Any]:
    value = {"type": "string", "pattern": PATTERNS[kind]}
    act = _act(f"match-{kind}", f"Look for one {kind}", Answer, (400, 401, 421, 503))
    return {**act, "parameters": [{"name": "value", "in": "path", "required": True, "schema": value}]}


def _asked_by_address() -> dict[str, Any]:
    act = _act("match-url", "Look for one URL", UrlAnswer, (400, 401, 421, 422, 503))
    act["responses"]["431"] = {"description": "the address is longer than the server reads: ask in a body"}
    return {**act, "parameters": [{"name": "url", "in": "query", "required": True, "schema": URL}]}


def _hash(kind: str, pattern: str) -> dict[str, Any]:
    properties = {"type": {"const": kind}, "value": {"type": "string", "pattern": pattern}}
    return {
        "type": "object",
        "properties": properties,
        "required": ["type", "value"],
        "additionalProperties": False,
    }


def _act(
    name: str, summary: str, answer: type, refusals: tuple[int, ...], body: dict[str, Any] | None = None
) -> dict[str, Any]:
    replies: dict[str, Any] = {"200": {"description": summary, "content": _json(answer)}}
    replies |= {
        str(status): {"description": REFUSALS[status], "content": _json(Wrong)} for status in refusals
    }
    act: dict[str, Any] = {"operationId": name, "summary": summary, "responses": replies}
    if body is None:
        return act
    return {**act, "requestBody": {"required": "application/json" in body, "content": body}}


def _json(form: type) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(form)}}


def _ref(form: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{form.__name__}"}
