"""NCMEC's schema, when it is at hand, walked into documents that hold every element, attribute and
listed value.

The schema is NCMEC's and is not kept here. It is looked for beside the checkout and where
LAPWING_NCMEC_XSD says; without it the same tests run on the documents it once gave, which are kept as
samples.
"""

import os
from collections.abc import Iterator
from functools import cache
from itertools import count, cycle
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "tests" / "samples"
XS = "{http://www.w3.org/2001/XMLSchema}"
KEPT = {"report": ["complete.xml"], "fileDetails": ["complete-annotations.xml", "complete-meme.xml"]}
FOLDERS = {"report": "ncmec-report", "fileDetails": "ncmec-file-details"}
VALUES = {
    "email": "subject-{n:06}@example.com",
    "emailAddress": "subject-{n:06}@example.net",
    "phone": "+44 7700 900{n:03}",
    "phoneNumber": "+44 7700 900{n:03}",
    "ipAddress": "192.0.2.{n}",
    "url": "https://example.com/page/{n}",
    "profileUrl": "https://example.com/profile/{n}",
    "legalURL": "https://legal.example.org/{n}",
    "locationOfFile": "https://example.com/file/{n}",
    "fileId": "{n:032x}",
    "countryCallingCode": "+44",
    "extension": "{n}",
    "originalFileHash": "{n:032x}",
}
TYPED = {
    "boolean": "true",
    "int": "{n}",
    "long": "{n}",
    "double": "51.{n}",
    "date": "1990-01-{d:02}",
    "dateTime": "2026-01-{d:02}T10:{d:02}:00.{n}Z",
}


@cache
def schema_file() -> Path | None:
    """Where the schema is; None when it is not at hand."""
    places = [os.environ.get("LAPWING_NCMEC_XSD", ""), str(ROOT.parent / "shared" / "data" / "ncmec.xsd")]
    return next((Path(place) for place in places if place and Path(place).is_file()), None)


@cache
def schema() -> etree.XMLSchema | None:
    """The schema, compiled."""
    place = schema_file()
    return etree.XMLSchema(etree.parse(place)) if place else None


def faults(document: bytes) -> list[str]:
    """What the schema finds wrong with a document; nothing when the schema is not at hand."""
    compiled = schema()
    if compiled is None or compiled.validate(etree.fromstring(document)):
        return []
    return [f"{entry.line}: {entry.message}" for entry in compiled.error_log]


def complete(root: str) -> list[bytes]:
    """Documents that hold, between them, every element and attribute that the schema lets `root` hold."""
    if schema_file() is None:
        return [(SAMPLES / FOLDERS[root] / name).read_bytes() for name in KEPT[root]]
    return [Walk(number, {}).document(root) for number in range(len(KEPT[root]))]


def with_every_listed_value(root: str) -> Iterator[bytes]:
    """Documents that hold, between them, every value of every enumeration too."""
    if schema_file() is None:
        yield from complete(root)
        return
    used: dict[str, int] = {}
    for branch in cycle((0, 1)):
        walk = Walk(branch, used)
        yield walk.document(root)
        if branch and all(used[kind] >= len(walk.listed(kind)) for kind in used):
            return


def stated(document: bytes) -> list[tuple[str, str]]:
    """Every element and attribute of a document as (path, value), in a stable order."""
    found: list[tuple[str, str]] = []
    for element in etree.fromstring(document, etree.XMLParser(remove_comments=True)).iter("*"):
        steps = [element.tag, *(one.tag for one in element.iterancestors())]
        path = "/".join(reversed([str(step) for step in steps]))
        found.append((path, (element.text or "").strip()))
        found.extend((f"{path}/@{name}", str(value)) for name, value in element.items())
    return sorted(found)


class Walk:
    """One walk of the schema.

    At a choice that cannot be repeated it takes branch `branch`. Of each list of values it takes the next
    each time, counting in `used`, which several walks may share.
    """

    def __init__(self, branch: int, used: dict[str, int]) -> None:
        place = schema_file()
        assert place is not None
        self.top = etree.parse(place).getroot()
        self.branch, self.used = branch, used
        self.number = count(1)
        self.hash_types = cycle(["MD5", "SHA1"])

    def document(self, root: str) -> bytes:
        made = self.element(self.named("element", root))[0]
        return etree.tostring(made, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def named(self, kind: str, name: str) -> etree._Element:
        return next(one for one in self.top.findall(XS + kind) if one.get("name") == name)

    def listed(self, kind: str) -> list[str]:
        """The values that a simple type lists, but the empty one; none when it lists none."""
        types = [one for one in self.top.findall(f"{XS}simpleType") if one.get("name") == kind]
        found = (str(one.get("value")) for simple in types for one in simple.iter(f"{XS}enumeration"))
        return [value for value in found if value]

    def element(self, declared: etree._Element) -> list[etree._Element]:
        """The element that is declared, as often as shows everything."""
        name = declared.get("ref")
        target = self.named("element", str(name)) if name else declared
        many = declared.get("maxOccurs") == "unbounded"
        inner = self.type_of(target)
        choice = inner.find(f"{XS}choice") if inner is not None else None
        times = len(choice) if choice is not None and many else 2 if many else 1
        made = []
        for turn in range(times):
            one = etree.Element(str(target.get("name")))
            self.fill(one, target, inner, turn)
            made.append(one)
        return made

    def type_of(self, declared: etree._Element) -> etree._Element | None:
        """The complex type of an element, inline or named; None when it is a simple one."""
        inline = declared.find(f"{XS}complexType")
        name = declared.get("type") or ""
        if inline is not None or not name or name.startswith("xs:"):
            return inline
        return next((one for one in self.top.findall(f"{XS}complexType") if one.get("name") == name), None)

    def fill(
        self, made: etree._Element, declared: etree._Element, inner: etree._Element | None, turn: int
    ) -> None:
        if inner is None:
            made.text = self.value(str(declared.get("type")), str(made.tag), declared)
            return
        extension = inner.find(f"{XS}simpleContent/{XS}extension")
        if extension is not None:
            made.text = self.value(str(extension.get("base")), str(made.tag), declared)
        for attribute in (extension if extension is not None else inner).findall(f"{XS}attribute"):
            name = str(attribute.get("name"))
            made.set(name, self.value(str(attribute.get("type")), name, attribute))
        for group in inner:
            if group.tag in (f"{XS}sequence", f"{XS}all"):
                for declared_child in group:
                    self.add(made, declared_child)
            elif group.tag == f"{XS}choice":
                made.extend(self.element(group[turn % len(group)]))

    def add(self, made: etree._Element, declared: etree._Element) -> None:
        if declared.tag == f"{XS}choice":
            made.extend(self.element(declared[self.branch % len(declared)]))
        elif declared.tag == f"{XS}element":
            made.extend(self.element(declared))

    def value(self, kind: str, name: str, declared: etree._Element) -> str:
        n = next(self.number) % 250 + 1
        if name == "hashType":
            return next(self.hash_types)
        if declared.get("fixed"):
            return str(declared.get("fixed"))
        listed = self.listed(kind)
        if listed:
            number = self.used[kind] = self.used.get(kind, -1) + 1
            return listed[number % len(listed)]
        if kind == "latlong":
            kind = "xs:double"
        template = TYPED.get(kind.removeprefix("xs:")) or VALUES.get(name) or f"{name} {{n}}"
        return template.format(n=n, d=n % 28 + 1)


if __name__ == "__main__":  # write the samples that stand in when the schema is not at hand
    for one, names in KEPT.items():
        for name, document in zip(names, complete(one), strict=True):
            (SAMPLES / FOLDERS[one] / name).write_bytes(document)
