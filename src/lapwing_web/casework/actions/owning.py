"""A case is worked by the force that owns it, and by nobody else. Every action on a case begins here."""

from collections.abc import Iterator

from django.db import models

from lapwing_web.audit.actions import about
from lapwing_web.casework.actions.holding import hold
from lapwing_web.casework.models import Case, Package, ScanResult
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

WITHOUT_CLOCKS = (ScanResult,)  # a device has very many files, and no clock is about one


def own(case: Case, permission: str, by: User, *, ended: bool = False) -> Case:
    """Hold `case` as the person saw it. Refuses one of another force, and one that has ended unless `ended`.

    Must be called inside `@audited`.
    """
    check(by, permission)
    hold(case)
    if case.organisation_id != by.organisation_id:
        raise Forbidden("This case belongs to another force.")
    gone = case.state == Case.State.DISPOSED
    if case.state != Case.State.OPEN and (gone or not ended):
        raise Refused(f"{case} is {case.get_state_display().lower()}, so nothing of it can be changed.")
    return case


def names_of(case: Case) -> list[str]:
    """The names of the case and of all that hangs on it but its packages, as clocks are about them."""
    return [about(case), *_names_on(case)]


def _names_on(case: Case) -> Iterator[str]:
    for relation in Case._meta.related_objects:
        if not relation.one_to_many or relation.related_model in (Case, Package):
            continue
        rows = relation.related_model._default_manager.filter(**{relation.field.name: case})
        yield from _names(relation.related_model, list(rows.values_list("pk", flat=True)), deeper=2)


def _names(model: type[models.Model], keys: list[int], *, deeper: int) -> Iterator[str]:
    for key in keys:
        yield f"{model._meta.model_name}:{key}"
    if keys and deeper:
        for relation in model._meta.related_objects:
            if relation.one_to_many and relation.related_model not in (model, *WITHOUT_CLOCKS):
                rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": keys})
                found = list(rows.values_list("pk", flat=True))
                yield from _names(relation.related_model, found, deeper=deeper - 1)
