"""A signed log is taken into the audit, each line once; a log that is not whole, not at all."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.cast import Cast

from lapwing.vault import DiskStore, Identities, stage
from lapwing.vault.opening_log import Signer, appending
from lapwing.vault.openings import Opener
from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.intake.actions.openings import Taken, take_openings
from lapwing_web.intake.models import Opening, OpeningLog, SealedFile
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Exposure, User

pytestmark = pytest.mark.django_db


class Log:
    """A log that somebody with the key adds to."""

    def __init__(self, path: Path) -> None:
        self.path, self.identities = path, Identities.generate()
        self.public = Signer(self.identities).public

    def grow(self, lines: int, purpose: str = "To grade it") -> None:
        with appending(self.path, Signer(self.identities)) as log:
            opener = Opener(
                self.identities, DiskStore(self.path.parent / "none"), self.path.parent, purpose, "Officer A",
                log, lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
            )  # fmt: skip
            list(opener.open_all([f"{n:064x}" for n in range(lines)]))

    def take(self, public: str = "") -> Taken:
        with self.path.open("rb") as file:
            return take_openings(file, public=public or self.public, by=Rule("command:take-openings"))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    made = Log(tmp_path / "log")
    made.grow(3)
    return made


def rows() -> int:
    assert not broken(AuditEntry.objects.all())
    return AuditEntry.objects.filter(action="take in opening").count()


def test_each_line_is_taken_once_however_often_the_log_comes(log: Log) -> None:
    assert log.take() == Taken(3, 0)
    assert log.take() == Taken(0, 3)
    log.grow(2)
    assert log.take(log.public.upper()) == Taken(2, 3)
    assert rows() == Opening.objects.count() == 5
    entry = AuditEntry.objects.filter(action="take in opening").order_by("position")[0]
    assert entry.why == "To grade it"
    assert "Officer A" in entry.new
    assert log.public in entry.new


def test_a_log_cut_short_or_made_again_is_refused(log: Log) -> None:
    log.take()
    whole = log.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    log.path.write_bytes(lines[0])
    with pytest.raises(Refused, match="it was cut short"):
        log.take()
    log.grow(5, purpose="Something else")
    with pytest.raises(Refused, match="was made again"):
        log.take()
    log.path.write_bytes(b"")
    with pytest.raises(Refused, match="no lines"):
        log.take()
    log.path.write_bytes(whole)
    assert log.take() == Taken(0, 3)
    assert rows() == 3


def test_one_bad_line_and_nothing_is_taken(log: Log) -> None:
    log.path.write_bytes(log.path.read_bytes().replace(b'"position":3', b'"position":4'))
    with pytest.raises(Refused, match="line 3"):
        log.take()
    with pytest.raises(Refused, match="line 1: its signature is not by this key"):
        log.take(public="00" * 32)
    with pytest.raises(Refused, match="64 hexadecimal digits"):
        log.take(public="nonsense")
    assert (rows(), OpeningLog.objects.count()) == (0, 0)


def test_another_log_by_the_same_key_is_another_log(log: Log, tmp_path: Path) -> None:
    log.take()
    log.path = tmp_path / "second"
    log.grow(2, purpose="On another machine")
    assert log.take() == Taken(2, 0)
    assert OpeningLog.objects.count() == 2


def test_odd_text_that_was_signed_is_stored_as_text(log: Log, cast: Cast) -> None:
    log.grow(1, purpose="A\0B\u202e" + "x" * 5000)
    assert log.take().new == 4
    assert len(Opening.objects.order_by("-position")[0].purpose) <= 2000
    assert rows() == 4


def test_the_page_has_who_and_why(log: Log, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    log.take()
    page = signed_in(cast.auditor).get("/vault?show=openings").content.decode()
    assert "Officer A" in page
    assert "To grade it" in page
    assert "no object has this SHA-256" in page
    assert signed_in(cast.auditor_a).get("/vault?show=openings").status_code == 403


def test_a_file_opened_counts_once_for_who_opened_it_and_a_known_one_never(
    tmp_path: Path, cast: Cast
) -> None:
    made = Log(tmp_path / "log")
    store, names = DiskStore(tmp_path / "store"), []
    for content in (b"a dull file", b"another dull file", b"a dull file that a list has"):
        staged = stage([content], recipients=made.identities.recipients, folder=tmp_path)
        store.put(staged.path, staged.object_name)
        names.append(staged.object_name)
    known = SealedFile(sha256=names[2][3:67], object_name=names[2], known_lists=["a list"], size=1)
    known.sealed_size, known.recipients, known.kept_at, known.checked_at = 1, [], now(), now()
    known.save()

    def opened_by(name: str, at: datetime, *asked: str) -> None:
        with appending(made.path, Signer(made.identities)) as log:
            to = tmp_path / f"{at:%H%M}"
            to.mkdir()
            list(Opener(made.identities, store, to, "To grade it", name, log, lambda: at).open_all(asked))

    opened_by(cast.intelligence.username.upper(), datetime(2026, 11, 2, 9, 0, tzinfo=UTC), *names, "0" * 64)
    opened_by(cast.intelligence.username, datetime(2026, 11, 2, 10, 0, tzinfo=UTC), names[0])
    opened_by("A name nobody has", datetime(2026, 11, 2, 11, 0, tzinfo=UTC), names[1])
    assert made.take() == Taken(6, 0, nobody=1)
    assert made.take() == Taken(0, 6)
    counted = Exposure.objects.order_by("stack").values_list("user", "stack", "source", "at")
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert list(counted) == [
        (cast.intelligence.pk, name[3:67], "vault", at) for name in sorted(names[:2], key=lambda n: n[3:67])
    ]
    assert not broken(AuditEntry.objects.all())
