"""People and organisations, as a given person may see them."""

from django.db.models import Q, QuerySet

from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check

PAGE = 50


def people_for(user: User) -> QuerySet[User]:
    """Everybody an administrator looks after: all at the agency, their own at a force."""
    check(user, "manage people")
    people = User.objects.select_related("organisation").order_by("organisation__name", "username")
    return people if user.in_agency else people.filter(organisation=user.organisation_id)


def found(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name or organisation has `words`."""
    words = words.strip()
    return (
        people.filter(Q(username__icontains=words) | Q(organisation__name__icontains=words))
        if words
        else people
    )


def page_of(people: QuerySet[User], number: int) -> tuple[list[User], bool]:
    """One page of people from 1, and whether there are more."""
    start = (max(number, 1) - 1) * PAGE
    rows = list(people[start : start + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def organisations_for(user: User) -> QuerySet[Organisation]:
    """The organisations in which this administrator may place people."""
    check(user, "manage people")
    places = Organisation.objects.order_by("kind", "name")
    return places if user.in_agency else places.filter(pk=user.organisation_id)


def forces() -> QuerySet[Organisation]:
    """Every police force, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.FORCE).order_by("name")


def agency() -> Organisation:
    """The agency that receives reports."""
    return Organisation.objects.get(kind=Organisation.Kind.AGENCY)
