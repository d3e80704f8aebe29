"""Sources for tests: folders of generated pictures and dull files."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from tests.lapwing.hashing.pictures import made


def picture(seed: int, form: str = "PNG", size: int = 64) -> bytes:
    """A generated picture file."""
    file = BytesIO()
    Image.fromarray(made(size, size + 32, seed)).save(file, form)
    return file.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    """A file, with the folders it lies in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def device(folder: Path, pictures: int = 12) -> Path:
    """A telephone's folders, and what is hostile in them: every kind of thing that can lie in a folder."""
    places = ("DCIM/100APPLE", "Pictures/trip", "Android/data/app/cache")
    for number in range(pictures):
        put(folder, f"{places[number % 3]}/IMG_{number:04}.png", picture(number))
    put(folder, "Android/data/app/cache/0a1b2c", picture(0))  # the first again, without an extension
    put(folder, "Documents/renamed.txt", picture(100))
    put(folder, "Documents/letter.txt", b"Dear Sir, nothing of note.\n")
    put(folder, "Documents/empty.txt", b"")
    put(folder, "Pictures/broken.png", picture(7)[:200])
    put(folder, "Pictures/not.jpg", b"not a picture at all")
    odd = os.fsencode(folder) + b"/Pictures/\xff\xfe\xfd.png"
    Path(os.fsdecode(odd)).write_bytes(picture(8))
    (folder / "Pictures" / "round").symlink_to(folder)
    (folder / "Pictures" / "out.png").symlink_to("/etc/passwd")
    os.mkfifo(folder / "Pictures" / "pipe.png")
    return folder
