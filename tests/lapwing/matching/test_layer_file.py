"""What holds a list on the disk: whole and as it was written, or refused by name."""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.matching.layer_file import MAGIC, TYPES, BadList, LayerFile, write_layer

ARRAYS = {
    "words": np.arange(40, dtype=np.uint64).reshape(10, 4),
    "bytes": np.arange(7, dtype=np.uint8),
    "none": np.zeros((0, 32), np.uint8),
    "seconds": np.array([0.5], np.float32),
}


def test_arrays_come_back_as_they_were_read_only_and_aligned(tmp_path: Path) -> None:
    write_layer(tmp_path / "one.layer", ARRAYS, {"list_name": "made"})
    opened = LayerFile.open(tmp_path / "one.layer")
    opened.verify()
    assert opened.description.notes == {"list_name": "made"}
    assert set(opened.arrays) == set(ARRAYS)
    for name, array in opened.arrays.items():
        assert array.dtype == ARRAYS[name].dtype
        assert (array == ARRAYS[name]).all()
        assert not array.flags.writeable
        assert array.size == 0 or array.ctypes.data % 64 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["one.layer"]


def test_what_is_replaced_stays_readable_for_whoever_has_it_open(tmp_path: Path) -> None:
    write_layer(tmp_path / "one.layer", ARRAYS, {})
    opened = LayerFile.open(tmp_path / "one.layer")
    write_layer(tmp_path / "one.layer", {"other": np.zeros(3, np.uint32)}, {})
    assert (opened.arrays["words"] == ARRAYS["words"]).all()
    assert set(LayerFile.open(tmp_path / "one.layer").arrays) == {"other"}


def test_a_type_that_no_list_has_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="objects is of object"):
        write_layer(tmp_path / "one.layer", {"objects": np.array([None])}, {})
    assert list(tmp_path.iterdir()) == []


def test_cut_anywhere_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.layer"
    write_layer(path, ARRAYS, {})
    content = path.read_bytes()
    for kept in range(len(content)):
        path.write_bytes(content[:kept])
        with pytest.raises(BadList, match=r"one\.layer"):
            LayerFile.open(path)


def test_any_changed_byte_is_found_by_opening_or_by_verifying(tmp_path: Path) -> None:
    path = tmp_path / "one.layer"
    write_layer(path, ARRAYS, {})
    content = path.read_bytes()
    used = set()
    for section in LayerFile.open(path).description.sections.values():
        used |= set(range(section.offset, section.offset + section.size))
    described = max(used) + 1
    for at in sorted(used | set(range(described, len(content)))):
        changed = bytearray(content)
        changed[at] ^= 1
        path.write_bytes(changed)
        with pytest.raises(BadList):
            LayerFile.open(path).verify()


def signed(described: bytes, before: bytes = b"") -> bytes:
    """A file whose description is anything, with the end that fits it."""
    return (
        before + described + struct.pack("<32sQ8s", hashlib.sha256(described).digest(), len(described), MAGIC)
    )


SECTION = st.fixed_dictionaries({
    "dtype": st.sampled_from([*TYPES, "|O", "<U9999"]), "shape": st.lists(st.integers(-3, 2**62), max_size=3),
    "offset": st.integers(-100, 2**62), "sha256": st.just(""),
})  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=5), SECTION, min_size=1, max_size=3))
def test_no_description_reads_outside_the_file(
    tmp_path_factory: pytest.TempPathFactory, sections: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.layer"
    path.write_bytes(signed(json.dumps({"sections": sections, "notes": {}}).encode(), bytes(256)))
    try:
        opened = LayerFile.open(path)
    except BadList:
        return
    for name, array in opened.arrays.items():
        assert array.nbytes <= 256
        assert not array.any(), name


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600) | st.binary(max_size=200).map(signed))
def test_any_bytes_are_no_layer(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.layer"
    path.write_bytes(content)
    with pytest.raises(BadList):
        LayerFile.open(path)
