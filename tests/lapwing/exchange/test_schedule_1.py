"""The Schedule 1 document: its schema is published and in step, and it carries all that the model can
hold.
"""

import json
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from tests.lapwing.exchange.builders import any_report, read_back, typical, viral, written
from tests.lapwing.exchange.schema_walk import ROOT, SAMPLES

from lapwing.exchange import Unreadable, Unwritable, read
from lapwing.exchange.schedule_1.schema import printed
from lapwing.report import Person, Report, ReportedFile

SCHEMA_FILE = ROOT / "src" / "lapwing" / "exchange" / "schedule_1.schema.json"
SCHEMA = json.loads(SCHEMA_FILE.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SAMPLE_FILES = sorted((SAMPLES / "schedule-1").iterdir())


def test_the_published_schema_is_in_step_with_the_table() -> None:
    assert SCHEMA_FILE.read_text() == printed(), "python -m lapwing.exchange.schedule_1.schema > that file"
    VALIDATOR.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.name)
def test_every_sample_is_valid(path: Path) -> None:
    text = path.read_text()
    for one in text.splitlines() if path.suffix == ".jsonl" else [text]:
        VALIDATOR.validate(json.loads(one))


@settings(max_examples=30, deadline=None)
@given(any_report())
def test_any_report_is_carried_whole_and_is_valid(report: Report) -> None:
    document = written(report, "schedule-1")
    VALIDATOR.validate(json.loads(document))
    assert read_back(document) == report


def test_every_field_of_the_model_is_in_the_schema() -> None:
    """No field of any struct is missing, whatever is added to the model later."""
    for name, definition in SCHEMA["$defs"].items():
        struct = msgspec.structs.fields(Person if name == "Associate" else struct_called(name))
        held = set(definition["properties"])
        missing = {field.name for field in struct} - held - {"unknown", "viewed_stated"}
        assert missing == ({"associates"} if name == "Associate" else set())


def struct_called(name: str) -> type[msgspec.Struct]:
    found: dict[str, Any] = {}
    waiting: list[Any] = [Report, ReportedFile]
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint.__name__ not in found:
            found[hint.__name__] = hint
            waiting.extend(get_type_hints(hint).values())
        waiting.extend(get_args(hint))
    made: type[msgspec.Struct] = found[name]
    return made


@pytest.mark.parametrize(
    ("change", "where", "sentence"),
    [
        ({"schema": "lapwing-schedule-2"}, "byte 0", "none of the formats"),
        ({"unique_reference": None}, "$, byte 0", "unique_reference is missing."),
        ({"reporter": {}}, "$.reporter, byte", "provider is missing."),
        ({"people": [{"role": "bystander"}]}, "$.people[0].role, byte", "“bystander” is not"),
        ({"content": [{"size": "big"}]}, "$.content[0].size, byte", "“big” is not a whole number of bytes."),
        ({"content": [{"hashes": ["x"]}]}, "$.content[0].hashes, byte", "An object should stand here"),
        (
            {"content": [{"hashes": {"md5": [1]}}]},
            "$.content[0].hashes.md5, byte",
            "A list stands where text",
        ),
        ({"declaration": {"complete": "quite"}}, "$.declaration.complete, byte", "“quite” is neither"),
        ({"law_enforcement": {}}, "$.law_enforcement, byte", "agency is missing."),
    ],
)
def test_a_bad_document_is_placed_exactly(change: dict[str, Any], where: str, sentence: str) -> None:
    document = {**json.loads(written(typical(), "schedule-1")), **change}
    with pytest.raises(Unreadable) as refused:
        list(read(BytesIO(json.dumps(document).encode())))
    assert where in refused.value.where
    assert sentence in refused.value.sentence


def test_what_has_no_name_here_is_kept_and_written_back() -> None:
    report = read_back((SAMPLES / "schedule-1" / "complete.json").read_bytes())
    assert report.unknown == {"newer_field": {"a": [1, 2, None]}}
    assert report.people[0].unknown == {"newer": "x"}
    assert read_back(written(report, "schedule-1")) == report


def test_a_report_without_its_reference_is_not_written() -> None:
    report = viral()
    report.reference = ""
    with pytest.raises(Unwritable, match="unique reference"):
        written(report, "schedule-1")


@pytest.mark.parametrize("size", [0, 2**31, 2**63 - 1])
def test_a_file_of_any_size_is_read(size: int) -> None:
    document = json.loads(written(typical(), "schedule-1"))
    document["content"] = [{"size": size}]
    assert read_back(json.dumps(document).encode()).files[0].size == size


@pytest.mark.parametrize("size", [-1, 2**63, 1.5])
def test_a_size_that_no_file_has_is_refused(size: float) -> None:
    document = json.loads(written(typical(), "schedule-1"))
    document["content"] = [{"size": size}]
    with pytest.raises(Unreadable, match="whole number"):
        list(read(BytesIO(json.dumps(document).encode())))
