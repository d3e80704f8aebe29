"""A force's cases: the list, one case, a child's own page, and an offer from another force."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.address import skip_of, whole_number
from lapwing_web.audit.actions import look
from lapwing_web.casework.queries import cases as queries
from lapwing_web.casework.queries import matching_picture
from lapwing_web.casework.queries.allocation import allocation_page
from lapwing_web.casework.queries.became import became as ended_for
from lapwing_web.casework.queries.case_sections import case_page
from lapwing_web.casework.queries.case_steps import package_to_end
from lapwing_web.casework.queries.contact import child_page
from lapwing_web.casework.queries.disposals import disposal_of
from lapwing_web.casework.queries.restrictions_picture import PICTURE, drawn
from lapwing_web.casework.queries.suspects import gaps_page, suspects_for
from lapwing_web.casework.views.asking import ask, first_ask
from lapwing_web.staff.permissions import check
from lapwing_web.staff.request import Request


@require_safe
def cases(request: Request) -> HttpResponse:
    """The force's cases, the most serious first, and what it is offered."""
    asked = request.GET
    page = queries.case_list(request.user, asked.get("show", ""), whole_number(asked.get("skip", "")) or 0)
    offers = queries.offered_to(request.user)
    return render(request, "casework/cases/list.html", {"page": page, "offers": offers})


def case(request: Request, pk: int) -> HttpResponse:
    """Why one looks, once; then all of it but what is kept apart about children. Or what a disposal left."""
    if gone := disposal_of(request.user, pk):
        return redirect("disposal", gone.pk)
    subject = get_object_or_404(queries.cases_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    shown = case_page(request.user, subject)
    return render(
        request, "casework/cases/case.html", {**shown, "ends": package_to_end(request.user, subject)}
    )


def child(request: Request, pk: int) -> HttpResponse:
    """A child's own record: a reason to look at the suspect's case does not open it."""
    subject = get_object_or_404(queries.children_for(request.user), pk=pk)
    why = ask(request, subject)
    if isinstance(why, HttpResponse):
        return why
    look(subject, by=request.user, why=why)
    return render(request, "casework/cases/child.html", child_page(request.user, subject))


@require_safe
def offer(request: Request, pk: int) -> HttpResponse:
    """A case offered by one force to another."""
    subject = get_object_or_404(queries.offers_for(request.user), pk=pk)
    return render(request, "casework/cases/offer.html", queries.offer_page(request.user, subject))


@require_safe
def gaps(request: Request) -> HttpResponse:
    """Every gap of the force, now and to come; or one list of them, a page at a time."""
    check(request.user, "see cases")
    skip = skip_of(request.GET)
    page = gaps_page(request.user, request.GET.get("show", ""), skip)
    return render(request, "casework/cases/gaps.html", {"page": page})


@require_safe
def suspect_picture(request: Request, pk: int) -> HttpResponse:
    """What restricts a suspect, over time. A part of the case's page, and open for the same reason."""
    subject = get_object_or_404(suspects_for(request.user), pk=pk)
    why = first_ask(request, subject.case)
    return why if isinstance(why, HttpResponse) else PICTURE.answer(request, drawn(subject))


@require_safe
def allocation(request: Request) -> HttpResponse:
    """Which cases are with somebody trained for them, and every override; or one list, a page at a time."""
    skip = skip_of(request.GET)
    page = allocation_page(request.user, request.GET.get("show", ""), skip)
    return render(request, "casework/cases/allocation.html", {"page": page})


@require_safe
def allocation_picture(request: Request) -> HttpResponse:
    """How cases and training match, as a picture."""
    return matching_picture.PICTURE.answer(request, matching_picture.bars(allocation_page(request.user)))


@require_safe
def became(request: Request) -> HttpResponse:
    """How what one worked on has ended."""
    return render(request, "casework/became.html", {"ended": ended_for(request.user)})
