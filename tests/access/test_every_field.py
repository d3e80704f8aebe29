"""Every question of every form that a force may send, answered with another force's record: it is refused, no
row is changed, and what is answered is what is answered of a record that is not there.
"""

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
from django import forms
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from tests.access import fields
from tests.access.records import MARK_B, Thing, make_records
from tests.access.routes import ROUTES
from tests.access.test_every_form import opened, parts_of
from tests.access.test_every_route import arguments, leaks
from tests.cast import Cast
from tests.halves import HALVES

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Case
from lapwing_web.moment import at, now, today
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]
SENT = {
    name: route for name, route in sorted(ROUTES.items()) if any(who[-2:] == "_a" for who in route.post or ())
}
NOBODYS = {"mark": "marker-kept-by-none", "reference": "CS-0999999"}
KEY, PLANTED = "999999999", "planted-words"
WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
OF_A_LOOK = {"django_session", AuditEntry._meta.db_table, "audit_chainhead"}


class Wire:
    """What one request did: the answer, the tables it wrote to but for a look, and what it wrote there."""

    def __init__(self, client: Client, address: str, sent: QueryDict) -> None:
        self.tables: set[str] = set()
        self.params: list[str] = []
        last = AuditEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
        with connection.execute_wrapper(self.statement):
            self.answer = client.post(address, sent.urlencode(), "application/x-www-form-urlencoded")
        done = AuditEntry.objects.filter(position__gt=last).exclude(action="consult")
        self.tables |= {f"the audit: {action}" for action in done.values_list("action", flat=True)}

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            self.tables |= {found[1]} - OF_A_LOOK
            self.params.append(repr(params))
        return execute(sql, params, many, context)


def words_of(answer: Any) -> list[str]:
    """An answer in words, but for the person's token and the keys of what was made."""
    text = re.sub(
        r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.content.decode(errors="replace")
    )
    to = re.sub(r"\d+", "0", answer.get("Location", ""))
    return [str(answer.status_code), *to.split(), *re.split(r"([^\w-]+)", text)]


def different(one: list[str], other: list[str], sent: tuple[str, str]) -> str:
    """Where two answers differ, but for what was sent."""
    pairs = zip_longest(one, other, fillvalue="nothing")
    return next((f"“{a}”, “{b}”" for a, b in pairs if a != b and (a, b) != sent), "")


@HALVES
@pytest.mark.usefixtures("counted_once")
def test_no_question_takes_a_record_of_another_force(half: int, cast: Cast, signed_in: SignedIn) -> None:
    with at(now()):
        records, people = make_records(cast), cast.people()
        clients = {who: signed_in(person) for who, person in people.items() if who.endswith("_a")}
        wrong, asked = [], set()
        for name in list(SENT)[half::2]:
            for who in sorted(SENT[name].post & clients.keys()):
                wrong += attacked(cast, name, who, clients[who], records, asked)
    assert len(asked) > 3, "hardly a question was asked"
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def attacked(
    cast: Cast, name: str, who: str, client: Client, records: dict[str, list[Thing]], asked: set[str]
) -> Iterator[str]:
    """What is wrong with the questions of one page, asked as one person of a force about their own record."""
    route = SENT[name]
    if route.get is None or route.open:
        return
    things = records[route.about] if route.about else [None]
    own = [one for one in things if one is None or one.of == "a"]
    address = reverse(name, kwargs=arguments(name, own[0]))
    with transaction.atomic():
        said = opened(client, address)
        form = (said.context or {}).get("form")
        if isinstance(form, forms.BaseForm):
            yield from each_question(cast, form, f"{address} by {who}", client, asked)
        elif name not in fields.NO_FORM:
            yield f"{address} by {who} ({said.status_code}) shows no form: say in NO_FORM why it needs none"
        transaction.set_rollback(True)


def each_question(
    cast: Cast, form: forms.BaseForm, where: str, client: Client, asked: set[str]
) -> Iterator[str]:
    if isinstance(form, forms.models.BaseModelForm):
        yield f"{where}: a form made of a model takes whatever the model has"
    for field in form.fields:
        full = f"{type(form).__name__}.{field}"
        if told := fields.unknown(full, form.fields[field]):
            yield f"{where}: {told}"
        tries = list(attempts(cast, full, field))
        asked |= {full} if tries else set()
        for sent_as, value, nobodys, refused in tries:
            yield from (f"{where}: {full} of {value}: {told}" for told in one(
                form, field, sent_as, value, nobodys, client, where.split()[0], refused
            ))  # fmt: skip


def attempts(cast: Cast, full: str, field: str) -> Iterator[tuple[str, str, str, bool]]:
    """How a question is attacked: the name and the value sent, a value of nobody's, and whether the question
    itself refuses it.
    """
    if kind := fields.RECORDS.get(full):
        for record in fields.others(kind, cast.force_b)[:3]:
            shape = fields.SHAPES.get(full, "{}")
            yield field, shape.format(record.pk), shape.format(KEY), True
    if kind := fields.REFERENCES.get(full):
        case = Case.objects.filter(organisation=cast.force_b, state="open")[0]
        yield field, case.reference if kind == "reference" else MARK_B, NOBODYS[kind], kind == "reference"
    for pattern, kind in fields.NAMED.items():
        if found := re.fullmatch(pattern, field):
            for record in fields.others(kind, cast.force_b)[:3]:
                yield field.replace(found[1], str(record.pk)), PLANTED, PLANTED, False


def one(
    form: forms.BaseForm, field: str, sent_as: str, value: str, nobodys: str, client: Client, address: str,
    refused: bool,
) -> Iterator[str]:  # fmt: skip
    """What is wrong with the answer to one value, and with its difference from the answer to nobody's."""
    made = []
    for given in (value, nobodys):
        sent = filled(form)
        sent[sent_as], cookies = given, client.cookies.copy()
        with transaction.atomic():
            made.append(Wire(client, address, sent))
            transaction.set_rollback(True)
        client.cookies = cookies  # which hold what was told of the one before
    theirs, nobody = made
    if refused and theirs.tables:
        yield f"it was written: {', '.join(sorted(theirs.tables))}"
    if refused and field not in getattr((theirs.answer.context or {}).get("form"), "errors", ()):
        yield f"the question did not refuse it ({theirs.answer.status_code})"
    if sent_as != field and any(PLANTED in params for params in theirs.params):
        yield f"what was sent as {sent_as} was written"
    if told := difference(theirs, nobody, (value, nobodys)):
        yield f"the answer differs from that to a record that is not there: {told}"
    if not refused and value != PLANTED and not theirs.tables:
        yield f"the form cannot be sent at all, which proves nothing: {errors(theirs.answer)}"
    hidden = theirs.answer.content.replace(value.encode(), b"")
    theirs.answer.content = hidden
    yield from leaks(theirs.answer, "officer_a", "the answer")


def difference(theirs: Wire, nobody: Wire, sent: tuple[str, str]) -> str:
    """Where two answers differ, but for what was sent."""
    if theirs.tables != nobody.tables:
        return f"only one writes to {theirs.tables ^ nobody.tables}"
    return different(words_of(theirs.answer), words_of(nobody.answer), sent)


def errors(answer: Any) -> Any:
    return dict(getattr((answer.context or {}).get("form"), "errors", {})) or answer.status_code


def filled(form: forms.BaseForm) -> QueryDict:
    """The form as somebody might send it: as it stands, else the first choice, today, a word."""
    sent = QueryDict(mutable=True)
    for field in form:
        choices = [str(code) for code, _ in getattr(field.field, "choices", []) if code]
        parts = parts_of(field)
        if len(parts) == 3:
            for part, value in zip(parts, (today().day, today().month, today().year), strict=True):
                sent[f"{field.html_name}{part}"] = str(value)
        elif not isinstance(field.field, forms.BooleanField):
            initial = field.value() if field.value() not in (None, "", []) else ""
            sent[field.html_name] = str(initial or (choices[0] if choices else plain(field.field)))
    return sent


def plain(field: forms.Field) -> str:
    return {forms.TimeField: "00:00", forms.IntegerField: "1"}.get(type(field), "x")
