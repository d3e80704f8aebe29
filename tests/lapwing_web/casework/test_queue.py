"""The queue: ranked, narrowed and paged in the database, the same whichever way it is walked."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.rows import referral

from lapwing_web.casework.models import Referral
from lapwing_web.casework.queries.queue import PAGE, Filters, queue
from lapwing_web.intake.models import Provider
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
OPEN = list(Referral.OPEN)
HIGHEST = 14_99 * 10**12  # as high as `lapwing.rules.ranking` puts anything


def numbers(user: User, **filters: str) -> list[int]:
    """The ids on the first page."""
    return [found.pk for found in queue(user, Filters.read(filters)).referrals]


def test_the_highest_rank_is_first_and_the_oldest_number_breaks_a_tie(cast: Cast) -> None:
    low = referral(cast, 1, rank=10)
    second, third = (referral(cast, n, rank=20, state=s) for n, s in ((2, "developing"), (3, "received")))
    first = referral(cast, 4, rank=30, state="awaiting_provider")
    assert numbers(cast.intake) == [first.pk, second.pk, third.pk, low.pk]


def test_walking_forward_and_back_meets_every_referral_once(cast: Cast) -> None:
    for number in range(PAGE * 2 + 7):
        referral(cast, number, rank=HIGHEST + number // 3, state=OPEN[number % 3])
    wanted = list(Referral.objects.order_by("-rank", "id").values_list("pk", flat=True))
    page, walked = queue(cast.intake, Filters()), []
    assert not page.earlier
    while True:
        walked += [found.pk for found in page.referrals]
        if not page.later:
            break
        page = queue(cast.intake, Filters(), after=page.later)
    assert walked == wanted
    back = [found.pk for found in page.referrals]
    while page.earlier:
        page = queue(cast.intake, Filters(), before=page.earlier)
        back = [found.pk for found in page.referrals] + back
    assert back == wanted


def test_what_arrives_while_they_read_moves_nothing_on_the_next_page(cast: Cast) -> None:
    for number in range(PAGE + 2):
        referral(cast, number, rank=1000 - number)
    page = queue(cast.intake, Filters())
    referral(cast, 999, rank=5000)
    assert [found.rank for found in queue(cast.intake, Filters(), after=page.later).referrals] == [950, 949]


NARROWED = [
    ({"band": "high"}, {"risk_band": "high"}),
    ({"proposed": "informational"}, {"proposed_class": "informational"}),
    ({"escalated": "yes"}, {"escalated": True}),
    ({"known": "yes"}, {"known_match": True}),
    ({"contact": "yes"}, {"contact_with_children": True}),
    ({"contact": "no"}, {"contact_with_children": False}),
    ({"list": "discarded"}, {"state": "discarded"}),
    ({"list": "kept"}, {"state": "kept"}),
    ({"text": "ACCOUNT-77"}, {"title": "an account-77 of it"}),
]


@pytest.mark.parametrize(("filters", "given"), NARROWED)
def test_a_filter_keeps_what_it_names(filters: dict[str, str], given: dict[str, object], cast: Cast) -> None:
    wanted = referral(cast, 1, **{"contact_with_children": None, **given})
    referral(cast, 2, contact_with_children=None)
    assert numbers(cast.intake, **filters) == [wanted.pk]


def test_contact_not_known_is_not_no(cast: Cast) -> None:
    unknown = referral(cast, 1, contact_with_children=None)
    referral(cast, 2, contact_with_children=False)
    assert numbers(cast.intake, contact="unknown") == [unknown.pk]


def test_whose_it_is(cast: Cast) -> None:
    mine, hers = referral(cast, 1, assigned_to=cast.intake), referral(cast, 2, assigned_to=cast.supervisor)
    nobodys = referral(cast, 3)
    assert numbers(cast.intake, whose="me") == [mine.pk]
    assert numbers(cast.intake, whose="nobody") == [nobodys.pk]
    assert numbers(cast.intake, whose="somebody") == [mine.pk, hers.pk]
    assert numbers(cast.supervisor, whose="me") == [hers.pk]


def test_one_companys(cast: Cast) -> None:
    other = Provider.objects.create(key="other", name="Other")
    wanted = referral(cast, 1, provider=other)
    referral(cast, 2)
    assert numbers(cast.intake, provider=str(other.pk)) == [wanted.pk]


def test_everything_is_in_exactly_one_list_by_state(cast: Cast) -> None:
    for number, state in enumerate(Referral.State.values):
        referral(cast, number, state=state)
    apart = [found for state in Referral.State.values for found in numbers(cast.intake, list=state)]
    assert sorted(apart) == sorted(numbers(cast.intake, list="all"))
    assert len(numbers(cast.intake)) == 3


def test_the_counts_by_band_stay_when_a_band_is_chosen(cast: Cast) -> None:
    for number, band in enumerate(["high", "high", "low"]):
        referral(cast, number, band)
    page = queue(cast.intake, Filters(band="low"))
    assert page.counts == {"very_high": 0, "high": 2, "medium": 0, "low": 1}
    assert page.total == 1


@pytest.mark.parametrize(
    "nonsense",
    ["list=nowhere", "band=purple", "provider=x", "provider=99999999999999999999", "after=1", "after=x.y",
     "before=-.", "after=99999999999999999999.1", "after=1.²", "contact=perhaps"],
)  # fmt: skip
def test_a_made_up_address_is_never_an_error(nonsense: str, cast: Cast, signed_in: SignedIn) -> None:
    referral(cast, 1)
    assert signed_in(cast.intake).get(f"/queue?{nonsense}").status_code == 200


def test_a_force_has_no_queue(cast: Cast, signed_in: SignedIn) -> None:
    for person in (
        cast.officer_a,
        cast.supervisor_a,
        cast.auditor_a,
        cast.administrator_a,
        cast.administrator,
    ):
        with pytest.raises(Forbidden):
            queue(person, Filters())
        assert signed_in(person).get("/queue").status_code == 403


def test_a_page_costs_the_same_number_of_questions_however_long_it_is(cast: Cast) -> None:
    asked = []
    for start in (0, 20):
        for number in range(start, start + 20):
            referral(cast, number, assigned_to=cast.intake)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            [(found.provider.name, found.assigned_to) for found in queue(cast.intake, Filters()).referrals]
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 5


def test_each_state_is_read_in_order_from_the_index(cast: Cast) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
                "SET LOCAL enable_sort = off"
            )
    plan = (
        Referral.objects.filter(state="received")
        .order_by("-rank", "id")
        .values_list("rank", "id")[:51]
        .explain()
    )
    assert "referral_queue" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
