"""What was found, in CASE/UCO as JSON-LD: the source, the tool, the action, and each known file.

The layout is that of CASE 1.5, and `case_validate` of case-utils accepts it. `hashMethod` is a plain string
there. Every name ends in a UUID that is made from what it names, so that two exports say the same.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

import msgspec
from msgspec import Struct

_CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "http://example.org/kb/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_HASHES = (("md5", "MD5"), ("sha1", "SHA1"), ("sha256", "SHA256"))
_TIMES = (
    ("modified", "uco-observable:modifiedTime"),
    ("accessed", "uco-observable:accessedTime"),
    ("changed", "uco-observable:metadataChangeTime"),
    ("created", "uco-observable:observableCreatedTime"),
)
_ALLOCATED = {False: "allocated", True: "unallocated"}  # a deleted file's room may be given to another
Node = dict[str, Any]


class FoundFile(Struct, frozen=True):
    """A known file. Hashes are hexadecimal, by name; times are ISO 8601; `said` is which lists it is on."""

    path: str
    size: int
    media_type: str
    hashes: dict[str, str]
    times: dict[str, str]
    said: str
    deleted: bool | None = None  # None: the place where it lies does not say


class Examination(Struct, frozen=True):
    """Who did what to what, when, and with what."""

    source: str
    exhibit: str
    performer: str
    version: str
    began_at: str
    ended_at: str
    description: str


def write_bundle(examination: Examination, files: Iterable[FoundFile], stream: BinaryIO) -> int:
    """Write the graph as it passes. Returns how many files are in it."""
    stream.write(b'{"@context":' + msgspec.json.encode(_CONTEXT) + b',"@graph":[\n')
    names = []
    for number, file in enumerate(files, 1):  # two files may have one path: one of them deleted, say
        node = _file(f"{examination.source}{chr(0)}{number}", file)
        names.append({"@id": node["@id"]})
        stream.write(msgspec.json.encode(node) + b",\n")
    stream.write(b",\n".join(msgspec.json.encode(node) for node in _action(examination, names)))
    stream.write(b"\n]}\n")
    return len(names)


def _name(kind: str, *parts: str) -> str:
    return f"kb:{kind}-{uuid5(NAMESPACE_URL, chr(0).join(('lapwing', kind, *parts)))}"


def _action(given: Examination, names: list[Node]) -> list[Node]:
    source, tool = _name("source", given.source), _name("tool", given.version)
    performer = _name("performer", given.performer)
    action = _name("action", given.source, given.began_at)
    nodes: list[Node] = [
        {"@id": source, "@type": "uco-observable:ObservableObject", "uco-core:name": given.source},
        {"@id": performer, "@type": "uco-identity:Identity", "uco-core:name": given.performer},
        {
            "@id": tool,
            "@type": "uco-tool:Tool",
            "uco-core:name": "Lapwing",
            "uco-tool:toolType": "scan",
            "uco-tool:version": given.version,
        },
        {
            "@id": action,
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": "examined",
            "uco-core:description": given.description,
            "uco-action:startTime": _typed("dateTime", given.began_at),
            "uco-action:endTime": _typed("dateTime", given.ended_at),
            "uco-action:performer": {"@id": performer},
            "uco-action:instrument": {"@id": tool},
            "uco-action:object": {"@id": source},
            **({"uco-action:result": names} if names else {}),
        },
    ]
    record = {
        "@id": _name("provenance", given.source, given.exhibit),
        "@type": "case-investigation:ProvenanceRecord",
        "uco-core:description": "The source that was examined.",
        "case-investigation:exhibitNumber": given.exhibit,
        "uco-core:object": [{"@id": source}],
    }
    return [*nodes, record] if given.exhibit else nodes


def _file(source: str, file: FoundFile) -> Node:
    times = {
        wire: _typed("dateTime", file.times[name])
        for name, wire in _TIMES
        if file.times.get(name, "")[4:5] == "-"  # a time that is no date is left out
    }
    about = {
        "@id": _name("file-facet", source, file.path),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": file.path.rpartition("/")[2],
        "uco-observable:filePath": file.path,
        "uco-observable:sizeInBytes": _typed("integer", str(file.size)),
        **times,
        **({"uco-observable:allocationStatus": _ALLOCATED[file.deleted]} if file.deleted is not None else {}),
    }
    content = {
        "@id": _name("content-facet", source, file.path),
        "@type": "uco-observable:ContentDataFacet",
        **({"uco-observable:mimeType": file.media_type} if file.media_type else {}),
        "uco-observable:hash": [
            {
                "@id": _name("hash", source, file.path, name),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": method,
                "uco-types:hashValue": _typed("hexBinary", file.hashes[name]),
            }
            for name, method in _HASHES
            if name in file.hashes
        ],
    }
    return {
        "@id": _name("file", source, file.path),
        "@type": "uco-observable:File",
        "uco-core:description": file.said,
        "uco-core:hasFacet": [about, content],
    }


def _typed(kind: str, value: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": value}
