"""A document drawn from its words: as PDF by Typst, as DOCX by a template that a force may replace.

A template of a force is a program that somebody outside wrote: it runs in Jinja's sandbox, and is given plain
words and nothing else. A value is escaped and is never itself read as a template.
"""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lapwing_web.casework.actions.readable import TEMPLATES, compiled, template
from lapwing_web.casework.models.paper import Paper
from lapwing_web.moment import now
from lapwing_web.refusal import Refused

OURS = TEMPLATES / "documents" / "document.docx"
# what XML cannot hold, and what a template would turn into a page's end or a paragraph's
UNDRAWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def pdf(name: str, paper: Paper) -> bytes:
    """The document as PDF/UA-1; where no font here draws all of it, as tagged PDF that says so."""
    content = msgspec.json.encode(paper).decode()
    return compiled(template("documents/document.typ"), {"content": content}, int(now().timestamp()))


def docx(name: str, paper: Paper) -> bytes:
    """The document as DOCX, by the force's own template of that name if there is one."""
    own = Path(settings.DOCUMENTS) / f"{name}.docx"
    if not own.is_file():
        return _drawn(OURS, paper)
    try:
        return _drawn(own, paper)
    except Exception as error:  # whatever a program that somebody outside wrote does
        raise Refused(
            f"The template {own.name} cannot be used: {error}. Tell whoever keeps it; the PDF needs none."
        ) from error


def _drawn(template: Path, paper: Paper) -> bytes:
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made = BytesIO()
    opened = DocxTemplate(template)
    opened.render(_clean(msgspec.to_builtins(paper)), sandbox)
    opened.save(made)
    return made.getvalue()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNDRAWN.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


DRAWN = {"docx": docx, "pdf": pdf}
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
