"""The OpenAPI document, made from the forms that the service reads and writes with."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from lapwing.match_service.forms import FORMS, Answer, FileAnswer, Lists, Question, Wrong

REFUSALS = {
    400: "the question is not as it should be, and where",
    401: "the token is not there, or another",
    404: "there is no such list",
    408: "the request stopped coming",
    413: "it is too large",
    421: "the service does not go by that name",
    422: "there are more matches than can be told",
    503: "a list that is asked cannot be used: an answer without it would not be whole",
}


@cache
def document() -> bytes:
    """It, as JSON."""
    _, components = msgspec.json.schema_components(FORMS, ref_template="#/components/schemas/{name}")
    octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    question = {"application/json": {"schema": _ref(Question)}}
    single = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in ("type", "value")
    ]
    paths = {
        "/v1/lists": {"get": _act("lists", "The lists, and those that cannot be used", Lists, (401, 421))},
        "/v1/match": {"post": _act("match", "Look for hashes", Answer, tuple(REFUSALS), question)},
        "/v1/match/{type}/{value}": {
            "get": {
                **_act("match-one", "Look for one hash", Answer, (400, 401, 404, 421, 503)),
                "parameters": single,
            }
        },
        "/v1/file": {"post": _act("file", "Look for a file", FileAnswer, (401, 408, 413, 421, 503), octets)},
    }
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


def _act(
    name: str, summary: str, answer: type, refusals: tuple[int, ...], body: dict[str, Any] | None = None
) -> dict[str, Any]:
    replies: dict[str, Any] = {"200": {"description": summary, "content": _json(answer)}}
    replies |= {
        str(status): {"description": REFUSALS[status], "content": _json(Wrong)} for status in refusals
    }
    act: dict[str, Any] = {"operationId": name, "summary": summary, "responses": replies}
    return act if body is None else {**act, "requestBody": {"required": True, "content": body}}


def _json(form: type) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(form)}}


def _ref(form: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{form.__name__}"}
