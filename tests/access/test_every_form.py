"""Every form of the site: each of its questions is on the page, and nonsense is answered and never fails."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.access.records import Thing, make_records
from tests.access.routes import ROUTES, Route
from tests.access.test_every_route import arguments, reason_to_look
from tests.cast import Cast
from tests.halves import HALVES

from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]
# what a person types by mistake, or a program sends: to every text field, part of a date and hidden field
NONSENSE = {"nothing": "", "a year before any policy": "1950"}
# asked only where there is a mail server, and where there are sealed files
NOT_ALWAYS = {"/notifications/e-mail": {"address", "when"}, "/own-list": {"file"}}


def opened(client: Client, address: str) -> Any:
    """A page, with a reason to look given where it is asked for."""
    said = client.get(address, follow=True)
    if b"Why do you need to see" in said.content:
        asked = said.request["PATH_INFO"]
        client.post(asked, {"reason": reason_to_look(), "stands": "on"})
        said = client.get(address, follow=True)
    return said


def pages_with_forms(half: int, cast: Cast, signed_in: SignedIn) -> Iterator[tuple[str, Client, Any]]:
    """Every address that has a form, once: as the first person whom it is for, about the first record."""
    records, people = make_records(cast), cast.people()
    clients = {who: signed_in(person) for who, person in people.items()}
    for name, route in sorted(ROUTES.items())[half::2]:
        if not route.post or not route.get:
            continue
        for who, thing in of_whom(route, records):
            address = reverse(name, kwargs=arguments(name, thing))
            with transaction.atomic():
                said = opened(clients[who], address)
                transaction.set_rollback(True)
            if said.status_code == 200:
                if isinstance((said.context or {}).get("form"), forms.BaseForm):
                    yield address, clients[who], said
                break


def of_whom(route: Route, records: dict[str, list[Thing]]) -> Iterator[tuple[str, Thing | None]]:
    for who in sorted(route.get or ()):
        for thing in records[route.about] if route.about else [None]:
            if thing is None or who.endswith(f"_{thing.of}") or thing.of == "agency":
                yield who, thing


@HALVES
@pytest.mark.usefixtures("counted_once")
def test_every_question_of_a_form_is_on_its_page_and_no_form_fails_at_nonsense(
    half: int, cast: Cast, signed_in: SignedIn
) -> None:
    """A question that is asked for and not shown makes a page that nobody can send."""
    seen, wrong = 0, []
    for address, client, said in pages_with_forms(half, cast, signed_in):
        seen += 1
        wrong += [f"{address}: {name} is not on the page" for name in not_shown(said)]
        wrong += [f"{address}: “{told}” does not say of what" for told in vague(said.context["form"])]
        wrong += [f"{address}: {what}" for what in failures(client, address, said.context["form"])]
    assert seen > 40
    assert not wrong, "\n".join(wrong)


def vague(form: forms.BaseForm) -> list[str]:
    """What the list of errors at the top could say of any question of a form that has several."""
    told = [str(field.error_messages["required"]) for field in form.fields.values() if field.required]
    return [one for one in told if len(one.split()) < 3 and len(told) > 1]


def not_shown(said: Any) -> list[str]:
    text, form = said.content.decode(), said.context["form"]
    elsewhere = {
        name for end, few in NOT_ALWAYS.items() if said.wsgi_request.path.endswith(end) for name in few
    }
    fields = [field for field in form if field.html_name not in elsewhere]
    names = (f"{field.html_name}{part}" for field in fields for part in parts_of(field))
    return [name for name in names if f'name="{name}"' not in text]


def failures(client: Client, address: str, form: forms.BaseForm) -> Iterator[str]:
    client.raise_request_exception = False
    for what, text in NONSENSE.items():
        with transaction.atomic():
            answer = client.post(address, filled(form, text))
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            yield f"{what} made it fail"
        if answer.status_code in (200, 409) and answer["Content-Type"].startswith("text/html"):
            yield from (f"the summary leads nowhere: {place}" for place in dead_ends(answer.content.decode()))


def dead_ends(page: str) -> list[str]:
    """What the summary of errors leads to and nothing on the page that can take the focus is called."""
    summary = page.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    places = set(re.findall(r'href="#([^"]+)"', summary)) - {"main-content"}
    fields = set(re.findall(r'<(?:input|select|textarea)\b[^>]*\bid="([^"]+)"', page))
    return sorted(places - fields)


def parts_of(field: forms.BoundField) -> list[str]:
    """The ends of the names that a question has: three for a day."""
    return getattr(field.field.widget, "widgets_names", [""])


def filled(form: forms.BaseForm, text: str) -> dict[str, str]:
    """The form with `text` wherever one can type, and the first choice wherever one chooses."""
    sent = {}
    for field in form:
        choices = [str(code) for code, _ in getattr(field.field, "choices", []) if code]
        for part in parts_of(field):
            first = "1" if text == "1950" and part in ("_0", "_1") else text  # 1 January of that year
            sent[f"{field.html_name}{part}"] = choices[0] if choices and text else first
    return sent


TYPED = "It was typed, and is not lost."
OUTSIDE_CASEWORK: dict[str, tuple[str, str, dict[str, str]]] = {
    "views over a budget": ("officer_a", "own-exposure", {"image": "9999"}),
    "a name that is taken": (
        "administrator_a",
        "person-add",
        {"username": "officer-a", "organisation": "E23000003", "role": "force_officer"},
    ),
    "nothing to change": (
        "administrator_a",
        "person-edit",
        {"organisation": "E23000003", "role": "force_officer", "is_active": "yes", "why": TYPED},
    ),
    "no second factor": ("administrator_a", "person-second-factor", {"why": TYPED}),
}


@pytest.mark.parametrize("what", OUTSIDE_CASEWORK)
def test_what_is_refused_comes_back_on_its_form_with_what_was_typed(
    what: str, cast: Cast, signed_in: SignedIn
) -> None:
    who, name, given = OUTSIDE_CASEWORK[what]
    about = {"pk": cast.officer_a.pk} if ROUTES[name].about else {}
    said = signed_in(cast.people()[who]).post(reverse(name, kwargs=about), given)
    page = said.content.decode()
    assert said.status_code == 409
    assert "Nothing has been changed." in page
    assert "govuk-error-summary" in page
    typed = {"9999", "officer-a", TYPED} & set(given.values())
    assert all(text in page.partition("<form")[2] for text in typed)
