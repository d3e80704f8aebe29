"""The JSON API put together: its operations, its OpenAPI document, and that document as a page for people."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from lapwing_web.casework.api import references
from lapwing_web.intake.api import openapi, problems, receipts, reports

api = NinjaAPI(
    title=openapi.TITLE,
    version=openapi.VERSION,
    description=openapi.ABOUT,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=reports.ApiKey(),
)
for _router in (reports.router, references.router, receipts.router):
    api.add_router("", _router)
problems.handle_in(api)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return openapi.document_of(api)


@require_GET
def openapi_json(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for everybody."""
    return JsonResponse(document(), json_dumps_params={"indent": 1})


@login_not_required
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The same for people, without a script."""
    made = document()
    page = {
        "info": made["info"],
        "about": _paragraphs(made["info"]["description"]),
        "operations": [
            {
                **operation,
                "method": method.upper(),
                "path": path,
                "about": _paragraphs(operation["description"]),
                "bodies": list(operation.get("requestBody", {}).get("content", {})),
            }
            for path, operations in made["paths"].items()
            for method, operation in operations.items()
        ],
        "problems": [*problems.KINDS.values(), problems.NOTHING, problems.FAULT],
    }
    return render(request, "casework/api.html", page)


def _paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def _patterns() -> list[URLPattern]:
    """Ninja's own addresses, each view ready for the site, and without its page at the root."""
    made = []
    for one in api.urls[0]:
        if isinstance(one, URLPattern) and one.name != "api-root":
            made.append(path(str(one.pattern), problems.answered(one.callback), name=one.name))
    return made


urlpatterns = [
    path("openapi.json", problems.answered(openapi_json), name="api-openapi"),
    path("docs", docs, name="api-docs"),
    *_patterns(),
]
