"""What a join takes from one case into another, by key, and putting it back. Call inside `@audited`."""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction

from lapwing_web.audit.actions import about
from lapwing_web.casework.actions.joining_suspects import OF_A_SUSPECT
from lapwing_web.casework.models import Case, Child, Exhibit, Package, Restriction, RetentionFact, SafetyPlan
from lapwing_web.casework.models.suspect import Suspect
from lapwing_web.clocks.models import Clock
from lapwing_web.refusal import Refused

# what says where it was given or decided, and stays there; children and suspects get new numbers
STAYS_THERE = ("case", "casejoin", "contactanswer", "transfer")
NUMBERED = ("child", "suspect")


def moving() -> Iterator[tuple[str, Any, str]]:
    """The tables whose rows go from case to case as they are: name, model, and column."""
    for relation in Case._meta.related_objects:
        name = str(relation.related_model._meta.model_name)
        if relation.one_to_many and name not in (*STAYS_THERE, *NUMBERED):
            yield name, relation.related_model, relation.field.name


def rows_of(case: Case, into: Case) -> dict[str, Any]:
    """What would go over if `case` were joined into `into` now."""
    first = case.suspects.order_by("number").first()
    same = into.suspects.order_by("number").first()
    both = first is not None and same is not None
    held = set(into.crimes.values_list("pk", flat=True))
    return {
        "rows": {name: _keys(model.objects.filter(**{column: case})) for name, model, column in moving()},
        "child": dict(case.children.values_list("pk", "number")),
        "suspect": dict(case.suspects.values_list("pk", "number")),
        "first": [first.pk, same.pk] if first and same else [],
        "of_first": {name: _keys(getattr(first, name)) for name in (*OF_A_SUSPECT, "gaps")} if both else {},
        "crimes": [pk for pk in _keys(case.crimes) if pk not in held],
        "clocks": _keys(Clock.objects.filter(about=about(case)).exclude(state=Clock.State.SETTLED)),
    }


def _keys(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def put_back(case: Case, into: Case, moved: dict[str, Any]) -> None:
    """Undo `rows_of`: what went over goes back, with what has come to hang on it since."""
    try:
        with transaction.atomic():
            _put_back_people(case, into, moved)
            for name, model, column in moving():
                keys = moved["rows"].get(name, [])
                model.objects.filter(pk__in=keys, **{column: into}).update(**{column: case})
            for followers in (Exhibit, RetentionFact):
                followers.objects.filter(case=into, suspect__case=case).update(case=case)
    except IntegrityError as error:
        raise Refused(f"{case} has something of the same number by now. Renumber it first.") from error
    Package.objects.filter(adds_to__case=case, case=into).update(case=case)
    into.crimes.remove(*moved["crimes"])


def _put_back_people(case: Case, into: Case, moved: dict[str, Any]) -> None:
    for model, name in ((Child, "child"), (Suspect, "suspect")):
        for pk, number in moved[name].items():
            rows: models.QuerySet[Any] = model._default_manager.filter(pk=pk, case=into)
            rows.update(case=case, number=number)
    if not moved["first"]:
        return
    first, same = moved["first"]
    suspect = Suspect.objects.get(pk=first)
    for name, keys in moved["of_first"].items():
        related: Any = getattr(suspect, name).model
        related.objects.filter(pk__in=keys, suspect=same).update(suspect=first)
    # what was recorded since, on an arrest or for a child that goes back
    arrests = moved["of_first"].get("arrests", [])
    Restriction.objects.filter(arrest__in=arrests, suspect=same).update(suspect=first)
    SafetyPlan.objects.filter(child__case=case, suspect=same).update(suspect=first, gap=None)
