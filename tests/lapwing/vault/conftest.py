"""A key pair, and the age client where the machine has one."""

import shutil

import pytest

from lapwing.vault import Identities


@pytest.fixture(scope="session")
def identities() -> Identities:
    """A private key."""
    return Identities.generate()


@pytest.fixture(scope="session")
def age() -> str:
    """The `age` client (Debian's package age): proof that what is sealed is the format and not our own."""
    found = shutil.which("age")
    if found is None:
        pytest.skip("age is not here: what it makes and opens is not compared")
    return found
