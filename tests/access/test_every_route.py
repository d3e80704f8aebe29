"""Every address × every role × two forces × nobody: who gets a page, who is refused, who may not know."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.access.records import MARK_A, MARK_AGENCY, MARK_B, Thing, make_records
from tests.access.routes import EVERYBODY, ROUTES, Route
from tests.cast import Cast
from tests.halves import HALVES

from lapwing.policy import load
from lapwing_web.moment import today
from lapwing_web.staff.models import User

OK, REFUSED, HIDDEN, NO_SUCH_METHOD = {200, 302, 400, 409}, {403, 404}, {404}, {405}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


PATTERNS = {str(pattern.name): pattern for pattern in patterns(get_resolver())}


def test_no_route_is_unknown_to_the_table() -> None:
    every = list(patterns(get_resolver()))
    assert all(pattern.name for pattern in every), "a route without a name"
    assert len(every) == len(PATTERNS), "two routes of one name"
    assert set(PATTERNS) - set(ROUTES) == set(), "routes nobody has said who may open"
    assert set(ROUTES) - set(PATTERNS) == set(), "routes that are no more"


@HALVES
@pytest.mark.usefixtures("counted_once")
def test_every_route_answers_those_it_should_and_nobody_else(
    half: int, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    records = make_records(cast)
    clients = {who: signed_in(person) for who, person in cast.people().items()} | {"nobody": Client()}
    wrong = [said for name in sorted(ROUTES)[half::2] for said in walk(name, records, clients)]
    assert not wrong, "\n".join(wrong)


def walk(name: str, records: dict[str, list[Thing]], clients: dict[str, Client]) -> Iterator[str]:
    """What is wrong with the answers of one route, to everybody, by both methods, for every record it has."""
    route = ROUTES[name]
    for thing in records[route.about] if route.about else [None]:
        address = reverse(name, kwargs=arguments(name, thing))
        for who, client in clients.items():
            for method, allowed in (("get", route.get), ("post", route.post)):
                said = ask(client, method, address)
                expected, closed = expect(route, who, thing, allowed), who == "nobody" and not route.open
                if said.status_code not in expected or turned_away(said) != closed:
                    yield f"{method} {address} by {who}: {said.status_code}, not {sorted(expected)}"
                yield from leaks(said, who, f"{method} {address}")


def arguments(name: str, thing: Thing | None) -> dict[str, Any]:
    """The one parameter an address has: the key of the record it is about."""
    wanted = list(PATTERNS[name].pattern.converters)
    if ROUTES[name].key:  # whatever it names, the key is asked for first
        return dict.fromkeys(wanted, "1000000001")
    assert len(wanted) == (1 if thing else 0), f"{name} has the parameters {wanted}: say what it is about"
    return {key: thing.record.pk for key in wanted if thing}


def ask(client: Client, method: str, address: str) -> Any:
    """One request, whose changes are undone, a signing out too."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        said = getattr(client, method)(address)
        if said.streaming:
            said.content = said.getvalue()
        transaction.set_rollback(True)
    client.cookies = cookies
    return said


def expect(route: Route, who: str, thing: Thing | None, allowed: frozenset[str] | None) -> set[int]:
    """The status codes that are right."""
    if route.key:
        return NO_SUCH_METHOD if allowed is None else {401}
    if who == "nobody":
        return {302} if not route.open else (NO_SUCH_METHOD if allowed is None else OK)
    if allowed is None:
        return NO_SUCH_METHOD | REFUSED
    if route.bearer:
        return {200}
    whose = who[-1] if who.endswith(("_a", "_b")) else "agency"
    if thing and thing.of != whose and (whose != "agency" or route.own):
        return HIDDEN if who in allowed else REFUSED
    return OK if who in allowed else REFUSED


def turned_away(said: Any) -> bool:
    return said.status_code == 302 and said.url.startswith("/sign-in?")


def leaks(said: Any, who: str, where: str) -> list[str]:
    """What a force was shown that is not its own; for nobody, anything."""
    secret = {
        "a": [MARK_B, MARK_AGENCY],
        "b": [MARK_A, MARK_AGENCY],
        "nobody": [MARK_A, MARK_B, MARK_AGENCY],
    }.get(who.rpartition("_")[2], [])
    return [f"{where} shows {who} {mark}" for mark in secret if mark.encode() in said.content]


def test_once_a_reason_is_given_a_page_shows_what_it_is_about_and_nothing_of_anothers(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    records = make_records(cast)
    sees = {"referral": "intake", "report": "auditor", "package": "", "case": "", "child": "", "offender": ""}
    for kind, reader in sees.items():
        for thing in records[kind]:
            who = reader or f"officer_{thing.of}"
            client = signed_in(cast.people()[who])
            address = reverse(kind, kwargs={"pk": thing.record.pk})
            assert client.post(address, {"reason": reason_to_look()}).status_code == 302
            said = client.get(address)
            assert said.status_code == 200
            assert own_mark(thing).encode() in said.content
            assert leaks(said, who, address) == []


def reason_to_look() -> str:
    """A reason that needs no words beside it."""
    listed = load("justifications").on(today()).justifications
    return next(code for code, one in listed.items() if not one.text)


def own_mark(thing: Thing) -> str:
    """The mark of a referral, a report or a package."""
    record: Any = thing.record
    shown = str(getattr(record, "title", "") or getattr(record, "name", "") or record.reference)
    return shown.removeprefix("Example Networks ").split()[0]


def test_everybody_of_the_cast_is_named_in_the_table(cast: Cast) -> None:
    assert set(cast.people()) == EVERYBODY
