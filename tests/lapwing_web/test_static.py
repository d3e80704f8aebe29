"""The vendored style sheet is what its script made: nothing of GOV.UK's own, and no edit by hand."""

import hashlib
from pathlib import Path

import pytest

VENDORED = Path(__file__).parents[2] / "src" / "lapwing_web" / "static" / "govuk"
SUMS = [line.split("  ") for line in (VENDORED / "SHA256SUMS").read_text().splitlines()]


@pytest.mark.parametrize(("wanted", "name"), SUMS)
def test_a_vendored_file_is_as_it_was_made(wanted: str, name: str) -> None:
    assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == wanted


def test_every_vendored_file_has_its_sum() -> None:
    built = {path.name for path in VENDORED.iterdir() if ".min." in path.name}
    assert built == {name for _, name in SUMS}


@pytest.mark.parametrize("trace", ["Transport", "font-face", "crest", "crown", "url(", "sourceMappingURL"])
def test_what_is_for_govuk_alone_is_not_here(trace: str) -> None:
    assert trace not in (VENDORED / "govuk-frontend.min.css").read_text()
