"""Every hash that a report ever gave of a file: what a list is compared with when it changes."""

from django.db import models

from lapwing.hashing import HASH_TYPES
from lapwing.matching.listed import raw
from lapwing.report import Report as Value
from lapwing.report import ReportedFile
from lapwing_web.intake.models.report import Report

KINDS = ("md5", "sha1", "sha256", "pdq", "photodna")  # that a company gives of a file
LONGEST = 200  # characters: a PhotoDNA as text has 192


class SeenHash(models.Model):
    """A hash of a file in a report, as `lapwing.hashing` writes it. It stays, whatever comes later."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="hashes")
    kind = models.CharField(max_length=10)  # a key of HASH_TYPES
    value = models.CharField(max_length=LONGEST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value", "report"], name="seen_hash_once")]


def written(kind: str, text: str) -> str:
    """A hash as it is kept, whatever its letters and spaces were. Raises ValueError for what is none."""
    return HASH_TYPES[kind].text(raw(kind, text))


def hashes_of(file: ReportedFile) -> tuple[list[tuple[str, str]], int]:
    """Each hash of a file as (kind, as it is kept), and how many are none and compared with nothing."""
    good, bad = [], 0
    for kind in KINDS:
        if text := file.hashes.get(kind, "").strip():
            try:
                good.append((kind, written(kind, text)))
            except ValueError:
                bad += 1
    return good, bad


def hashes_in(report: Value) -> tuple[list[tuple[str, str]], int]:
    """The same of all files of a report, each hash once."""
    each = [hashes_of(file) for file in report.files]
    return list(dict.fromkeys(one for good, _ in each for one in good)), sum(bad for _, bad in each)
