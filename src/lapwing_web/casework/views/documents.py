"""Documents to hand out: the question to whom, and then the file."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from lapwing_web.casework.forms.documents import DocumentForm
from lapwing_web.casework.views.asking import first_ask, record_look
from lapwing_web.casework.views.decision import Things
from lapwing_web.staff.request import Request


def document(form_class: type[DocumentForm], things_for: Things) -> Callable[..., HttpResponse]:
    """The page that makes one kind of document, about one of the things that the person may see."""

    def page(request: Request, pk: int) -> HttpResponse:
        subject = get_object_or_404(things_for(request.user), pk=pk)
        sent = request.POST if request.method == "POST" else None
        form = form_class(sent, subject=subject, by=request.user)
        return _file(form) if sent is not None and form.is_valid() else _asked(request, form)

    page.__doc__ = form_class.__doc__
    return page


def _file(form: DocumentForm) -> HttpResponse:
    response = HttpResponse(form.made(), content_type=form.kind)
    response["Content-Disposition"] = f'attachment; filename="{form.filename}"'
    return response


def _asked(request: Request, form: DocumentForm) -> HttpResponse:
    if form.shows is not None:
        why = first_ask(request, form.shows)
        if isinstance(why, HttpResponse):
            return why
        record_look(request, form.shows, why)
    return render(request, form.template, form.page())
