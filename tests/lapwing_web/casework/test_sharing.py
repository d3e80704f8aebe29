"""What the agency and other forces learn of a device that shares files: a force's name, and nobody's case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.listed import referred
from tests.lapwing_web.casework.made import Made, subject
from tests.lapwing_web.casework.test_exhibits import opened, phone
from tests.lapwing_web.casework.test_scan_results import Scanned, attach, scanned

from lapwing_web.casework.actions.join import undo_join
from lapwing_web.casework.actions.package import disseminate
from lapwing_web.casework.models import Case, Exhibit, Package, ScanFile
from lapwing_web.casework.queries.scan_results import results_of, scans_part
from lapwing_web.casework.queries.sharing import forces_sharing, other_forces
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

__all__ = ["scanned"]
pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def devices(cast: Cast, made: Made, scanned: Scanned) -> tuple[Exhibit, Exhibit]:
    """A device of each of two forces: picture 0 is on a list, picture 2 on none, 3 and 9 on one of them."""
    one, two = phone(opened(cast, made, 1), cast), phone(opened(cast, made, 2), cast, "AB/2")
    attach(one, scanned("one", 0, 2, 3), cast.officer_a)
    attach(two, scanned("two", 0, 2, 9), cast.officer_a)
    Case.objects.filter(pk=two.case_id).update(organisation=cast.force_b)
    return one, two


def of(exhibit: Exhibit) -> dict[str, ScanFile]:
    """Its large files by what they are on."""
    files = ScanFile.objects.filter(result__exhibit=exhibit, kind="picture").exclude(size__lt=1000)
    return {file.sha256: file for file in files}


def test_the_agency_sees_which_forces_share_files_and_how_many_and_nothing_of_their_cases(
    cast: Cast, devices: tuple[Exhibit, Exhibit], signed_in: SignedIn
) -> None:
    one, two = (of(exhibit) for exhibit in devices)
    both = [one[key] for key in set(one) & set(two)]
    only = next(file for key, file in one.items() if key not in two)
    hashes = [{"sha256": file.sha256, "md5": file.md5} for file in both] + [{"md5": only.md5}]
    referral = referred(7, cast.intake, hashes)
    found = [(line.force, line.files, line.unlisted) for line in forces_sharing(cast.intake, referral)]
    assert found == [(cast.force_a, 3, 2), (cast.force_b, 2, 1)]
    client, address = signed_in(cast.intelligence), reverse("referral", args=[referral.pk])
    client.post(address, {"reason": reason_to_look()})
    page = client.get(address).content.decode()
    assert "Forces whose devices hold files of this" in page
    assert f"<strong>{cast.force_b}</strong>: 2 of the same files, 1 on no list" in page
    for exhibit in devices:
        assert exhibit.case.reference not in page
        assert f"/exhibits/{exhibit.pk}" not in page
        assert exhibit.number not in page
    for person in (cast.officer_a, cast.supervisor_b, cast.administrator):
        assert forces_sharing(person, referral) == []
    for person in (cast.officer_a, cast.supervisor_b):
        assert signed_in(person).get(address).status_code in (403, 404)


def test_a_referral_that_shares_nothing_says_nothing(
    cast: Cast, devices: tuple[Exhibit, Exhibit], signed_in: SignedIn
) -> None:
    referral = referred(8, cast.intake)
    assert forces_sharing(cast.intake, referral) == []
    client, address = signed_in(cast.intelligence), reverse("referral", args=[referral.pk])
    client.post(address, {"reason": reason_to_look()})
    assert "Forces whose devices" not in client.get(address).content.decode()


def test_two_forces_learn_each_other_s_name_by_a_file_on_no_list_and_by_no_other(
    cast: Cast, devices: tuple[Exhibit, Exhibit], signed_in: SignedIn
) -> None:
    one, two = devices
    assert scans_part(cast.officer_a, one)["forces"] == [cast.force_b]
    assert scans_part(cast.officer_b, two)["forces"] == [cast.force_a]
    client, address = signed_in(cast.officer_a), reverse("exhibit", args=[one.pk])
    client.post(reverse("case", args=[one.case_id]), {"reason": reason_to_look()})
    page = client.get(address).content.decode()
    assert "1 other force</strong>" in page
    assert str(cast.force_b) in page
    assert two.case.reference not in page
    assert f"/exhibits/{two.pk}" not in page
    stands = results_of(one).first()
    assert stands is not None
    ScanFile.objects.filter(sha256__in=set(of(one)) & set(of(two))).update(list_name="agency")
    assert other_forces(cast.officer_a, stands) == []


def test_a_package_shares_what_was_in_it_when_it_was_sent_each_file_once_and_nothing_after_disposal(
    cast: Cast, devices: tuple[Exhibit, Exhibit]
) -> None:
    mine = list(of(devices[0]).values())
    both = [{"sha256": file.sha256, "md5": file.md5} for file in mine[:2]]
    once, later = {"md5": mine[0].md5}, {"sha256": mine[2].sha256}
    with at(now() - timedelta(days=2)):
        referral = referred(7, cast.intake, both)
        for number, hashes in ((8, once), (9, later)):
            assert referred(number, cast.intake, [hashes], people=[subject(7)]) == referral
        undo_join(referral.joinings.order_by("id")[2], why="Not of it", by=cast.intake)
        sent = disseminate(
            referral, to=cast.force_a, reason="suspect_lives_here", text="x", by=cast.intelligence
        )
    with at(now() - timedelta(days=1)):  # taken out when it was sent: what the force holds has it still
        undo_join(referral.joinings.order_by("id")[1], why="Not of it", by=cast.intake)
        referred(10, cast.intake, [later], people=[subject(7)])
    [shared] = scans_part(cast.officer_a, devices[0])["packages"]
    assert (shared.key, shared.number) == (sent.pk, 2)
    Package.objects.update(disposed_at=now())
    assert scans_part(cast.officer_a, devices[0])["packages"] == []
    assert scans_part(cast.officer_b, devices[1])["packages"] == []
