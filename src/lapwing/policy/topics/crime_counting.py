"""Crime counting: the rules by which a crime is one."""

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version


class CrimeCountingVersion(Version):
    """Counting rules by their code."""

    rules: Annotated[dict[str, Entry], Field(min_length=1)]
