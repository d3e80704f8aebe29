"""Make src/lapwing_web/static/govuk from the npm package govuk-frontend, without what is for GOV.UK alone.

    npm pack govuk-frontend@6.6.0 && tar -xzf govuk-frontend-6.6.0.tgz
    python vendor/govuk.py package

Taken out: the Transport font, which is licensed for GOV.UK only; the royal crest and crown; the source maps.
Nothing else is changed. Writes SHA256SUMS beside the files, which a test reads, so no hand edit goes unseen.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

VERSION = "6.6.0"
FONTS = '"Helvetica Neue",helvetica,arial,"Liberation Sans",sans-serif'
HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "lapwing_web" / "static" / "govuk"


def without_govuk(css: str) -> str:
    """The style sheet with its font faces, crest and source map removed and a font that anyone may use."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONTS)
    css = re.sub(r"/\*! Copyright[^*]*Calvert[^*]*\*/", "", css)
    css = re.sub(r"\.govuk-footer__(?:crown|copyright-logo)[^{}]*\{[^{}]*\}", "", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    while (emptied := re.sub(r"@(?:media|supports)[^{}]*\{\s*\}", "", css)) != css:
        css = emptied
    return css.strip() + "\n"


def main(package: Path) -> None:
    """Write the vendored files from an unpacked npm package."""
    version = json.loads((package / "package.json").read_text())["version"]
    if version != VERSION:
        sys.exit(f"this was written for govuk-frontend {VERSION}; {package} holds {version}")
    built = package / "dist" / "govuk"
    css = without_govuk((built / "govuk-frontend.min.css").read_text())
    for trace in ("Transport", "Calvert", "font-face", "crest", "crown", "url("):
        if trace in css:
            sys.exit(f"{trace!r} is still in the style sheet")
    script = (
        re.sub(r"//# sourceMappingURL=.*", "", (built / "govuk-frontend.min.js").read_text()).strip() + "\n"
    )
    TARGET.mkdir(parents=True, exist_ok=True)
    sums = []
    for name, text in (("govuk-frontend.min.css", css), ("govuk-frontend.min.js", script)):
        (TARGET / name).write_text(text)
        sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
    (TARGET / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
