"""Disk images that nearly are right, scanned as a device's would be: the libraries below are C, and run in
processes that may die of what they read. Whatever they do, the scan ends and every file is accounted for.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fuzz.budget import TIMES
from tests.lapwing.scanning.made_sources import put
from tests.lapwing.scanning.test_apfs import BLOCK, GIVEN
from tests.lapwing.scanning.test_images import made, scanned
from tests.lapwing.scanning.test_reference import SYSTEMS

from lapwing.scanning.apfs import check_sum

EACH = 4 * TIMES
INTERESTING = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound image of each kind, as small as it can be."""
    folder = tmp_path_factory.mktemp("images")
    exfat = put(folder, "exfat", SYSTEMS["exfat"](tmp_path_factory.mktemp("exfat")))
    return {
        "exfat": in_qcow2(exfat, folder),
        "apfs": in_qcow2(GIVEN, folder),
        "hfs": SYSTEMS["hfs"](tmp_path_factory.mktemp("hfs")),
        "qcow2": GIVEN.read_bytes(),
        "Ex01": (GIVEN.parent / "fat12.Ex01").read_bytes(),
    }


def in_qcow2(image: Path, folder: Path) -> bytes:
    """Without what is empty; a block that is written lies there as it is."""
    made(["qemu-img", "convert", "-O", "qcow2", "-o", "cluster_size=4k", str(image), str(folder / "plain")])
    return (folder / "plain").read_bytes()


def changed(content: bytes, chance: random.Random) -> bytes:
    """A few bytes of it changed, where there are any; now and then it ends early."""
    made = bytearray(content)
    written = [at for at in range(0, len(made), 512) if any(made[at : at + 512])]
    for _ in range(chance.choice((1, 3, 30))):
        at = chance.choice(written) + chance.randrange(512)
        made[min(at, len(made) - 1)] = chance.choice((*INTERESTING, chance.randrange(256)))
    return bytes(made[: chance.choice((len(made), len(made), len(made), chance.randrange(len(made))))])


def changed_objects(content: bytes, chance: random.Random) -> bytes:
    """The same for what has a check sum in each block, which is then made right."""
    made = bytearray(content)
    blocks = range(0, len(made) - BLOCK + 1, BLOCK)
    objects = [at for at in blocks if any(made[at : at + 8]) and sound(made[at : at + BLOCK])]
    for _ in range(chance.choice((1, 3, 10))):
        at = chance.choice(objects)
        used = [place for place in range(8, BLOCK) if made[at + place]]
        made[at + chance.choice(used)] = chance.choice((*INTERESTING, chance.randrange(256)))
        made[at : at + 8] = check_sum(made[at : at + BLOCK])
    return bytes(made)


def sound(block: bytes | bytearray) -> bool:
    return check_sum(block) == block[:8]


CHANGED: dict[str, Callable[[bytes, random.Random], bytes]] = {"apfs": changed_objects}


def test_whatever_an_image_says_the_scan_ends_and_all_is_accounted_for(
    tmp_path: Path, images: dict[str, bytes]
) -> None:
    chance = random.Random(6)
    for kind, content in images.items():
        for number in range(EACH):
            made_wrong = CHANGED.get(kind, changed)(content, chance)
            put(tmp_path / "d", f"{number}.{kind}", made_wrong)
    found = scanned(tmp_path / "d", tmp_path / "out")  # which asserts that everything is accounted for
    assert all(found[f"{number}.{kind}"]["sha256"] for kind in images for number in range(EACH))
    scanned(tmp_path / "d", tmp_path / "again")
    first, second = ((tmp_path / name / "items.jsonl").read_bytes() for name in ("out", "again"))
    assert first == second
    assert any(path.startswith(tuple(f"{number}.apfs/" for number in range(EACH))) for path in found)
