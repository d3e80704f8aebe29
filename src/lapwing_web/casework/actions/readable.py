"""The readable copy of a package: a tagged PDF, made from the snapshot whenever it is asked for.

The content goes to Typst as JSON data, never as markup, so nothing in a report can become part of the
program; the compiler sees one fixed template, the fonts, and no other files or packages. The fonts come with
Lapwing, for names are written in every script. None of the machine's are used, so that the same package
always gives the same bytes.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from lapwing_web.casework.models import Package

FONTS = ("manimgx_fonts", "manimgx_fonts_cjk")  # Noto for every script, and for Chinese, Japanese, Korean
TEMPLATES = Path(__file__).parent.parent / "templates" / "casework"


def pdf(package: Package) -> bytes:
    """The package as PDF/UA-1; where no font here draws all of it, as tagged PDF that says so."""
    given = {"content": package.content, "sha256": package.sha256}
    return compiled(template("package.typ"), given, int(package.sent_at.timestamp()))


def compiled(template: bytes, given: dict[str, str], at: int) -> bytes:
    """What `template` makes of `given`, dated `at`; `undrawn` is given too where no font draws all of it."""
    try:
        return _compiled(template, given, at, "ua-1")
    except typst.TypstError:
        return _compiled(template, {**given, "undrawn": "yes"}, at, None)


def _compiled(template: bytes, given: dict[str, str], at: int, standard: Literal["ua-1"] | None) -> bytes:
    made = typst.compile(
        template,
        sys_inputs=given,
        pdf_standards=standard or [],
        font_paths=_fonts(),
        timestamp=at,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Typst's own and those of FONTS; none of the machine's."""
    folders = [str(files(package)) for package in FONTS]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


@cache
def template(name: str) -> bytes:
    """The template of that name below TEMPLATES, after what every document starts with."""
    return (TEMPLATES / "wording.typ").read_bytes() + (TEMPLATES / name).read_bytes()
