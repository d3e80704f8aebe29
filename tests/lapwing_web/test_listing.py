"""A page of a long list, and lists that are read apart."""

import pytest

from lapwing_web.listing import count_all, cut, first_of, first_of_all
from lapwing_web.staff.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters() -> None:
    Organisation.objects.bulk_create(
        Organisation(code=one, name=one.upper(), kind="force") for one in "dbace"
    )


def test_a_list_is_cut_in_its_order_and_says_how_many_it_has(letters: None) -> None:
    forces = Organisation.objects.filter(name__in="ABCDE").order_by("-name")
    page = cut(forces, 2)
    assert ([one.pk for one in page.rows], page.count, page.next) == (["e", "d"], 5, 2)
    page = cut(forces, 2, page.next or 0)
    assert ([one.pk for one in page.rows], page.count, page.next) == (["c", "b"], 5, 4)
    page = cut(forces, 2, page.next or 0)
    assert ([one.pk for one in page.rows], page.count, page.next) == (["a"], 5, None)
    page = cut(forces, 2, 99)
    assert (page.rows, page.count, page.next) == ([], 5, None)
    assert [one.pk for one in first_of(forces, 1, 3)] == ["b"]


def test_lists_that_are_read_apart_are_one_list(letters: None) -> None:
    forces = Organisation.objects.filter(name__in="ABCDE").order_by("-name")
    apart = [forces.filter(name__in="AE"), forces.filter(name__in="BCD")]
    assert [one.pk for one in first_of_all(apart, 3, lambda one: one.name, latest=True)] == ["e", "d", "c"]
    upwards = [one.order_by("name") for one in apart]
    assert [one.pk for one in first_of_all(upwards, 4, lambda one: one.name)] == ["a", "b", "c", "d"]
    assert count_all(apart) == 5
