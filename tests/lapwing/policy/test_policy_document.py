"""docs/policy.md says what the policy files say."""

from pathlib import Path

from lapwing.policy.document import written
from lapwing.policy.topics import TOPICS

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"


def test_the_document_is_current() -> None:
    assert PAGE.read_text() == written(), "run `make docs`"


def test_the_document_is_the_same_every_time() -> None:
    assert written() == written()


def test_the_document_marks_what_is_not_confirmed() -> None:
    retention = next(line for line in written().splitlines() if "keep the logs that resolve" in line)
    assert "**Not confirmed.**" in retention
    assert all(f'<a id="{topic}"></a>' in written() for topic in TOPICS)
