"""Loading the ONS Postcode Directory: which police force polices each postcode area of the country."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from lapwing_web.audit.actions import Actor, record, recorded
from lapwing_web.intake.models import PostcodeArea
from lapwing_web.refusal import Refused

POSTCODE = (
    "pcds",
    "pcd8",
    "pcd7",
    "pcd2",
    "pcd",
    "postcode",
)  # the directory's names for it, the plainest first
FORCE = "pfa"  # and a year: pfa, pfa23cd, PFA25CD
ONE_FORCE = {"S": "PS", "N": "PSNI"}  # Scotland's and Northern Ireland's codes: one force each
CHUNK = 5000


class Loaded(Struct):
    """What was loaded: postcodes read, areas, and postcodes that another force polices than the rest of their
    area.
    """

    postcodes: int
    areas: int
    exceptions: int
    sha256: str


def load_directory(path: Path, *, by: Actor) -> Loaded:
    """Replace the directory by the one in `path`, a CSV file or a zip archive that holds it. All of it or
    nothing.

    Streams the file twice. Keeps each area's own force, and one row for each postcode that differs from its
    area. Raises Refused when the file is not the directory.
    """
    opened = _opener(path)
    tally: dict[str, Counter[str]] = {}
    postcodes = 0
    for outward, _, force in _rows(opened):
        tally.setdefault(outward, Counter())[force] += 1
        postcodes += 1
    if not tally:
        raise Refused(f"{path.name} holds no postcode with a police force.")
    most = {outward: max(sorted(forces), key=forces.__getitem__) for outward, forces in tally.items()}
    areas = [
        PostcodeArea(code=o, force=f, share=tally[o][f] / tally[o].total(), postcodes=tally[o].total())
        for o, f in sorted(most.items())
    ]
    odd = {f"{o} {inward}": force for o, inward, force in _rows(opened) if force != most[o]}
    with recorded():
        PostcodeArea.objects.all().delete()
        PostcodeArea.objects.bulk_create(areas, batch_size=CHUNK)
        rows = (
            PostcodeArea(code=code, force=force, share=1, postcodes=1) for code, force in sorted(odd.items())
        )
        PostcodeArea.objects.bulk_create(rows, batch_size=CHUNK)
        loaded = Loaded(postcodes, len(areas), len(odd), _sha256(path))
        counts = {
            "postcodes": postcodes,
            "areas": len(areas),
            "exceptions": len(odd),
            "sha256": loaded.sha256,
        }
        record("load postcodes", "postcodes", by=by, new=counts)
    return loaded


def _rows(opened: Callable[[], BinaryIO]) -> Iterator[tuple[str, str, str]]:
    """(outward code, inward code, force) of every postcode that has a force."""
    with opened() as file:
        reader = csv.reader(TextIOWrapper(file, "utf-8-sig", newline=""))
        try:
            names = [name.strip().casefold() for name in next(reader, [])]
            postcode = next((names.index(name) for name in POSTCODE if name in names), None)
            force = next((place for place, name in enumerate(names) if name.startswith(FORCE)), None)
            if postcode is None or force is None:
                raise Refused("It has no column of postcodes (pcds) or none of police forces (pfa).")
            for row in reader:
                if len(row) > max(postcode, force) and row[force].strip():
                    whole = "".join(row[postcode].split()).upper()
                    yield whole[:-3], whole[-3:], _force(row[force].strip())
        except (UnicodeDecodeError, csv.Error) as error:
            raise Refused(f"It is not a CSV file in UTF-8: {error}.") from error


def _force(code: str) -> str:
    return ONE_FORCE.get(code[0], code)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    """How to open the CSV: the file itself, or the largest CSV in the archive."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"PK"
        if not zipped:
            return lambda: path.open("rb")
        with ZipFile(path) as archive:
            tables = [one for one in archive.infolist() if one.filename.casefold().endswith(".csv")]
    except (OSError, BadZipFile) as error:
        raise Refused(f"{path} cannot be opened: {error}.") from error
    if not tables:
        raise Refused(f"{path.name} is an archive with no CSV file in it.")
    largest = max(tables, key=lambda one: one.file_size)
    return lambda: ZipFile(path).open(largest)  # type: ignore[return-value]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
