"""Libraries that read disk images, on the same images: which files each finds, and how long to hash them all.

Makes ext4 and FAT images of many small files with some deleted, in a folder that is removed afterwards.
Lapwing's adapter over pytsk3 is timed beside dfVFS (by The Sleuth Kit, and by its own libraries) and dissect;
a library that is not installed is said to be missing, and none of those is a dependency of Lapwing.

    pip install dfvfs dissect.extfs dissect.fat   # in an environment of its own
    python -m benchmarks.disk_images --files 2000
"""

import argparse
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from lapwing.scanning import images
from lapwing.scanning.found import Step

DELETED = 10  # one in so many files is deleted
SIZE = 20_000  # bytes of a file
Reader = Callable[[Path], Iterator[bytes | None]]  # the content of each file; None where it cannot be read


def run(*command: str) -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    subprocess.run(command, check=True, capture_output=True, env={"PATH": path})


def make(folder: Path, files: int) -> tuple[dict[str, Path], set[bytes], set[bytes]]:
    """The images, and the hashes of what is there and of what was deleted."""
    source, gone, there = folder / "files", set(), set()
    for number in range(files):
        content = os.urandom(SIZE)
        path = source / f"{number % 20}" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        (there if number % DELETED else gone).add(hashlib.sha256(content).digest())
    ext4, fat = folder / "ext4.img", folder / "fat.img"
    run("mke2fs", "-q", "-t", "ext4", "-d", str(source), str(ext4), f"{32 + files * 30 // 1000}M")
    fat.touch()
    os.truncate(fat, (64 << 20) + files * 40_000)
    run("mkfs.vfat", "-F", "32", str(fat))
    run("mcopy", "-s", "-i", str(fat), *map(str, sorted(source.iterdir())), "::")
    names = [f"/{number % 20}/{number}.bin" for number in range(0, files, DELETED)]
    (folder / "remove").write_text("".join(f"rm {name}\n" for name in names))
    run("debugfs", "-w", "-f", str(folder / "remove"), str(ext4))
    run("mdel", "-i", str(fat), *(f"::{name}" for name in names))
    return {"ext4": ext4, "fat": fat}, there, gone


def by_lapwing(image: Path) -> Iterator[bytes | None]:
    outer = (Step("folder", os.fsencode(image)),)

    def opening(locator: object) -> BinaryIO:
        return image.open("rb")

    for one in images.walk_image(opening, outer, b"x"):
        if one.failure or one.excluded:
            yield None
            continue
        try:
            yield images.open_image(opening, outer, one.locator[-1]).read()
        except OSError:
            yield None


def by_dfvfs(image: Path, kind: str | None = None) -> Iterator[bytes | None]:
    from dfvfs.path.factory import Factory
    from dfvfs.resolver import resolver

    below = Factory.NewPathSpec("RAW", parent=Factory.NewPathSpec("OS", location=str(image)))
    root = Factory.NewPathSpec(kind or "TSK", location="/", parent=below)
    folders = [resolver.Resolver.OpenFileEntry(root)]
    while folders:
        for entry in folders.pop().sub_file_entries:
            if entry.IsDirectory():
                folders.append(entry)
                continue
            try:
                yield entry.GetFileObject().read()
            except Exception:  # of dfVFS' own kinds
                yield None


def by_dissect(image: Path) -> Iterator[bytes | None]:
    with image.open("rb") as file:
        if image.stem == "ext4":
            from dissect.extfs import ExtFS

            folders = [ExtFS(file).root]
            while folders:
                for name, node in folders.pop().listdir().items():
                    if name not in (".", ".."):
                        if node.filetype == 0o040000:
                            folders.append(node)
                        else:
                            yield node.open().read()
            return
        from dissect.fat import FATFS

        parts = [FATFS(file).root]
        while parts:
            for entry in parts.pop().iterdir():
                if entry.name in (".", ".."):
                    continue
                if entry.is_directory():
                    parts.append(entry)
                else:
                    yield entry.open().read()


def measured(reader: Reader, image: Path, there: set[bytes], gone: set[bytes]) -> str:
    begun = time.perf_counter()
    try:
        found = {hashlib.sha256(content).digest() for content in reader(image) if content is not None}
    except ImportError as error:
        return f"not here ({error.name})"
    except Exception as error:
        return f"gave up: {type(error).__name__}: {error}"
    seconds = time.perf_counter() - begun
    return (
        f"{len(found & there):,} of {len(there):,} files, {len(found & gone):,} of {len(gone):,} deleted,"
        f" {seconds:.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2000)
    with tempfile.TemporaryDirectory() as folder:
        made, there, gone = make(Path(folder), parser.parse_args().files)
        for name, image in made.items():
            own = "EXT" if name == "ext4" else "FAT"
            readers: dict[str, Reader] = {
                "lapwing (pytsk3)": by_lapwing,
                "dfVFS (TSK)": by_dfvfs,
                "dfVFS (own)": partial(by_dfvfs, kind=own),
                "dissect": by_dissect,
            }
            for reader, read in readers.items():
                print(f"{name:5} {reader:18} {measured(read, image, there, gone)}", flush=True)


if __name__ == "__main__":
    main()
