"""What hangs on a case: the cases joined to it, and every table whose rows are its, the deepest first."""

from collections.abc import Iterator

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.package import Package
from lapwing_web.casework.models.record_disposal import RecordDisposal

STAYS = (Case, Package, RecordDisposal)  # when the record is disposed of; every other table's rows go
DEEPEST = 3


def with_joined(case: Case) -> list[Case]:
    """The case and every case that was joined to it, directly or not."""
    found, ahead = [case], [case.pk]
    while ahead:
        joined = list(Case.objects.filter(joined_to__in=ahead).order_by("pk"))
        found += joined
        ahead = [one.pk for one in joined]
    return found


def goes_on_in(case: Case) -> Case:
    """The case that this one goes on in, after every join; itself where it was not joined."""
    while case.joined_to is not None:
        case = case.joined_to
    return case


def tables(
    model: type[models.Model] = Case, path: str = "", deeper: int = DEEPEST
) -> Iterator[tuple[type[models.Model], str]]:
    """Every table whose rows hang on a case, with the way from it to the case. No row is before its own."""
    for relation in model._meta.related_objects:
        if not relation.one_to_many or relation.related_model in STAYS:
            continue
        way = f"{relation.field.name}__{path}" if path else relation.field.name
        if deeper:
            yield from tables(relation.related_model, way, deeper - 1)
        yield relation.related_model, way
