"""Every Python example of the documents runs, one after the other down the page, and prints what it shows.

They run in a folder of their own that has what FOLDERS puts there. An example that cannot run is no example:
there is no way to leave one out.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from sybil import Document, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from tests.lapwing.sources.publisher import document, publishing, status

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])
BLOCK = re.compile(r"^ *(?:```+|~~~+) *(?:python|py|pycon)\b[^\n]*\n([^\n]*)", re.M | re.I)  # its first line


@contextmanager
def sources() -> Iterator[None]:
    """A publisher on loopback with one list that is good and one that is not there, both configured."""
    with publishing() as publisher:
        publisher.at["/hashes.txt"] = document(b"".join(b"%032x\n" % number for number in range(1, 4)))
        publisher.at["/partner.txt"] = status(404)
        tables = (
            f'[{name}]\naddress = "{publisher.base}/{file}.txt"\nformat = "plain"\n'
            for name, file in (("agency", "hashes"), ("partner", "partner"))
        )
        Path("lists").mkdir()
        Path("lists/sources.toml").write_text("".join(tables))
        yield


@contextmanager
def url_lines() -> Iterator[None]:
    """The file that the page reads."""
    Path("lines.txt").write_text("https://example.com/a\n*.example.org\n")
    yield


FOLDERS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "sources.md": sources,
    "url-lists.md": url_lines,
}


def parsed(page: Path) -> Document:
    """A page, with its Python examples."""
    return Sybil(parsers=[PythonCodeBlockParser()], path=str(page.parent)).parse(page)


def shown(page: Path) -> int:
    """Statements that a page shows, wherever they stand and whatever a parser thinks of them."""
    return len(re.findall("^ *>>>", page.read_text(), re.M))


SHOWING = [page for page in PAGES if shown(page)]


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    with FOLDERS.get(page.name, nullcontext)():
        for example in parsed(page).examples():
            example.evaluate()
            ran += 1
    assert ran == shown(page), "some stand outside a block, or in one that does not say python"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_block_shows_what_it_prints(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text())
    assert [block for block in blocks if not block.startswith(">>> ")] == []


def test_the_library_is_shown_by_example() -> None:
    names = {page.name for page in SHOWING}
    assert names >= {"hashing.md", "lists.md", "matching.md", "sources.md", "url-lists.md"}
