"""Pages of statistics."""

from hashlib import sha256
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lapwing_web.insight import actions
from lapwing_web.insight.forms import DownloadForm
from lapwing_web.insight.queries import narrowing as narrow
from lapwing_web.insight.queries import page as pages
from lapwing_web.insight.queries import picture


def _narrowing(request: HttpRequest) -> narrow.Narrowing:
    return narrow.Narrowing.read(request.GET.dict()).for_person(request.user)  # type: ignore[arg-type]


@require_safe
def attrition(request: HttpRequest) -> HttpResponse:
    """From received to outcome: everything in exactly one place."""
    asked = _narrowing(request)
    shown = pages.page(request.user, asked)  # type: ignore[arg-type]
    return render(
        request, "insight/attrition.html", {"page": shown, "asked": asked, **_choices(request, asked)}
    )


def _choices(request: HttpRequest, asked: narrow.Narrowing) -> dict[str, object]:
    """What the filters offer this person, and the same narrowing as an address."""
    in_agency = request.user.in_agency  # type: ignore[union-attr]
    return {
        "query": urlencode(asked.address()),
        "bands": narrow.BANDS,
        "companies": narrow.companies() if in_agency else [],
        "forces": narrow.forces() if in_agency else [],
    }


@require_safe
def attrition_reports(request: HttpRequest) -> HttpResponse:
    """Received = rejected + referrals' reports + informational: asked apart, as it reads them all."""
    return render(request, "insight/reports.html", {"whole": pages.reports(request.user)})  # type: ignore[arg-type]


@require_safe
def attrition_picture(request: HttpRequest) -> HttpResponse:
    """The picture beside the table, as SVG; `?size=narrow` for a small screen."""
    drawn = picture.bars(pages.whole(request.user, _narrowing(request)))  # type: ignore[arg-type]
    return picture.PICTURE.answer(request, drawn)


@require_http_methods(["GET", "HEAD", "POST"])
def attrition_csv(request: HttpRequest) -> HttpResponse:
    """The figures as a file, once it is said what for."""
    asked = _narrowing(request)
    text = pages.table(pages.page(request.user, asked), asked)  # type: ignore[arg-type]
    form = DownloadForm(request.POST or None)
    if form.is_valid():
        digest = sha256(text.encode()).hexdigest()
        what = {"narrowed": asked.address(), "sha256": digest}
        actions.download(what, why=form.cleaned_data["why"], by=request.user)  # type: ignore[arg-type]
        headers = {"Content-Disposition": 'attachment; filename="attrition.csv"'}
        return HttpResponse(text, "text/csv; charset=utf-8", headers=headers)
    back = f"{reverse('attrition')}?{urlencode(asked.address())}"
    words = {"title": "Download the figures", "submit": "Download as CSV", "cancel": back}
    return render(request, "front/form.html", {"form": form, **words})
