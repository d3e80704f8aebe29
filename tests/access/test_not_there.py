"""A record of another force and one that is not there are answered alike: nobody learns which it is."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import models
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from tests.access.records import MARK_B, Thing, make_records
from tests.access.routes import ROUTES
from tests.access.test_every_field import different, words_of
from tests.access.test_every_route import PATTERNS, arguments, ask
from tests.cast import Cast
from tests.halves import HALVES

from lapwing_web.casework.models import Case
from lapwing_web.moment import at, now
from lapwing_web.offenders.models import Briefing, Offender
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]
NONE = 999_999_999
ROLES = ("officer_a", "supervisor_a", "auditor_a", "administrator_a")
READ_BY_THEMSELVES = {
    "last",
    "kept_from_the_form",
    "csrfmiddlewaretoken",
}  # what no form reads of what is sent


@HALVES
@pytest.mark.usefixtures("counted_once")
def test_anothers_record_and_none_are_answered_alike(half: int, cast: Cast, signed_in: SignedIn) -> None:
    with at(now()):
        records, people = make_records(cast), cast.people()
        clients = {who: signed_in(people[who]) for who in ROLES}
        kept = [name for name, route in sorted(ROUTES.items()) if route.about and not route.bearer]
        wrong = [said for name in kept[half::2] for said in compared(name, records, clients)]
    assert len(kept) > 100
    assert not wrong, "\n".join(wrong)


def compared(name: str, records: dict[str, list[Thing]], clients: dict[str, Client]) -> Iterator[str]:
    """Where one address tells a force that there is such a record, or that there is none."""
    things = records[ROUTES[name].about]
    thing = next((one for one in things if one.of == "b"), next(one for one in things if one.of != "a"))
    key = str(thing.record.pk)
    theirs = reverse(name, kwargs=arguments(name, thing))
    none = reverse(name, kwargs=dict.fromkeys(PATTERNS[name].pattern.converters, NONE))
    for who, client in clients.items():
        for method in ("get", "post"):
            made = [words_of(ask(client, method, address)) for address in (theirs, none)]
            if told := different(*made, (key, str(NONE))):
                yield f"{method} {theirs} by {who}, and one that is not there: {told}"


class Heard(dict[str, Any]):
    """What a page was asked, that keeps which names the page reads."""

    names: set[str]

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that views read of what they are asked, as they read them."""
    names: set[str] = set()
    get, plain = QueryDict.get, QueryDict.dict

    def listening(self: QueryDict, key: str, default: Any = None) -> Any:
        names.add(key)
        return get(self, key, default)

    def listened(self: QueryDict) -> Heard:
        made = Heard(plain(self))
        made.names = names
        return made

    monkeypatch.setattr(QueryDict, "get", listening)
    monkeypatch.setattr(QueryDict, "dict", listened)
    return names


def wanted(cast: Cast) -> list[str]:
    """How somebody would ask for what is force b's: by what it is called, and by every kind of key."""
    case = Case.objects.filter(organisation=cast.force_b, state="open")[0]
    offender = Offender.objects.get(organisation=cast.force_b)
    package = case.packages.all()[0]
    words = [MARK_B, f"{MARK_B}@example.org", case.reference, offender.reference, package.reference]
    words += [package.referral.reference, "officer-b", cast.force_b.pk, cast.force_b.name]
    words += [f"{kind}:{key}" for kind, key in (("case", case.pk), ("offender", offender.pk))]
    theirs: list[models.Model] = [case, offender, package, cast.officer_b, Briefing.objects.latest("pk")]
    theirs += [offender.organisation.laboratories.all()[0], *offender.organisation.teams.all()]
    return words + sorted({str(one.pk) for one in theirs})


def secrets(cast: Cast) -> list[str]:
    """What no page of force a has."""
    cases = [one.reference for one in Case.objects.filter(organisation=cast.force_b)]
    offenders = [one.reference for one in Offender.objects.filter(organisation=cast.force_b)]
    return [MARK_B, *cases, *offenders, "supervisor-b", "officer-b"]


@HALVES
@pytest.mark.usefixtures("counted_once")
def test_no_question_of_an_address_finds_what_is_anothers(
    half: int, cast: Cast, signed_in: SignedIn, heard: set[str]
) -> None:
    make_records(cast)
    clients = {who: signed_in(cast.people()[who]) for who in ROLES}
    values, hidden, wrong, asked = wanted(cast), secrets(cast), [], 0
    for name, route in sorted(ROUTES.items())[half::2]:
        who = next((one for one in ("supervisor_a", *ROLES) if one in (route.get or ())), None)
        if who and not route.about and not route.open:
            address = reverse(name)
            heard.clear()
            asks_nothing = ask(clients[who], "get", f"{address}?why=Checking").content.decode(
                errors="replace"
            )
            kept = [one for one in hidden if one not in asks_nothing]  # a page may have one as an example
            for parameter in sorted(heard):
                for value in values:
                    asked += 1
                    query = urlencode({"why": "Checking", parameter: value})
                    said = ask(clients[who], "get", f"{address}?{query}")
                    wrong += found(said, kept, value, f"{address}?{parameter}={value} by {who}")
    assert asked > 100
    assert not wrong, "\n".join(wrong)


def found(said: Any, hidden: list[str], value: str, where: str) -> Iterator[str]:
    """What of the other force stands on a page, but for what was typed."""
    text = re.sub(rf"{re.escape(value)}(?![\w-])", "", said.content.decode(errors="replace"))
    yield from (f"{where} shows {one}" for one in hidden if one in text and one not in value)


@pytest.mark.usefixtures("counted_once")
def test_what_is_sent_without_a_form_names_no_record(
    cast: Cast, signed_in: SignedIn, heard: set[str]
) -> None:
    """Buttons: nothing is read of what they send but what is known here."""
    records, people = make_records(cast), cast.people()
    clients = {who: signed_in(people[who]) for who in ROLES}
    for name, route in sorted(ROUTES.items()):
        who = next((one for one in ROLES if one in (route.post or ())), None)
        own = next((one for one in records.get(route.about, [None]) if one is None or one.of == "a"), None)
        if who and route.get is None and (own or not route.about):
            heard.clear()
            ask(clients[who], "post", reverse(name, kwargs=arguments(name, own)))
            assert heard <= READ_BY_THEMSELVES, f"{name} reads {sorted(heard - READ_BY_THEMSELVES)}"
