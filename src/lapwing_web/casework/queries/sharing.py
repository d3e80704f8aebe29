"""Which forces hold devices with files of a referral, or of another force’s device: a name and no case.

An exhibit, a case and a suspect are their force's own. That two hold the same file is what neither can find
alone, so that much is said, and no more (docs/adr/0003).
"""

from collections import defaultdict

from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing_web.casework.models import Referral, ScanFile, ScanResult
from lapwing_web.casework.models.governing import examination_policy
from lapwing_web.casework.models.scan_result import standing_scans
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.models.seen import SeenHash
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import may

FORCE = "result__exhibit__case__organisation"


class Sharing(Struct):
    """A force whose devices hold files of a referral: how many, and how many of them are on no list."""

    force: Organisation
    files: int
    unlisted: int


def telling(files: QuerySet[ScanFile]) -> QuerySet[ScanFile]:
    """Files that say something where two places have them: what is on a list, and what is no icon."""
    large = Q(size=None) | Q(size__gte=examination_policy().shared_from)
    return files.filter(large | Q(known=True))


def forces_sharing(user: User, referral: Referral) -> list[Sharing]:
    """The forces whose devices hold files that the referral's reports give the hash of, for the agency."""
    if not may(user, "see referrals"):
        return []
    reports = referral.joinings.filter(undone_at=None).values("report")
    seen = SeenHash.objects.filter(report__in=reports, kind__in=("sha256", "md5"))
    held: dict[str, dict[str, bool]] = defaultdict(dict)  # by force and file: whether it is on no list
    for chunk in in_chunks(seen.values_list("kind", "value")):
        of = {kind: [value for one, value in chunk if one == kind] for kind in ("sha256", "md5")}
        files = ScanFile.objects.filter(Q(sha256__in=of["sha256"]) | Q(md5__in=of["md5"]))
        there = telling(files.filter(result__in=standing_scans()))
        for force, sha256, listed in there.values_list(FORCE, "sha256", "list_name").distinct():
            held[force][sha256] = not listed and held[force].get(sha256, True)
    forces = Organisation.objects.in_bulk(held)
    found = [Sharing(forces[key], len(files), sum(files.values())) for key, files in held.items()]
    return sorted(found, key=lambda one: (-one.unlisted, -one.files, one.force.name))


def other_forces(user: User, result: ScanResult) -> list[Organisation]:
    """Other forces whose devices hold a file of this one that is on no list: what is known is common."""
    own = telling(result.files.filter(list_name="")).values("sha256")
    there = ScanFile.objects.filter(sha256__in=own, list_name="", result__in=standing_scans())
    keys = there.exclude(**{FORCE: user.organisation_id}).values(FORCE)
    return list(Organisation.objects.filter(pk__in=keys).order_by("name"))
