"""Fixtures every test may use: the cast, signed-in clients, and a site apart for tests that kill."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.db import connection
from django.test import Client
from tests.cast import Cast, make_cast
from tests.own_database import own_database, without_triggers
from tests.own_site import Site, make_site, make_template

from lapwing.vault import Identities
from lapwing_web.staff.models import User


@pytest.fixture
def cast(db: None) -> Cast:
    """One person of every role, at the agency and at two forces."""
    return make_cast()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(cast.officer_a)` is a browser in which that person has signed in."""

    def inside(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return inside


@pytest.fixture
def vault(settings: Any, tmp_path: Path) -> Identities:
    """An open vault of this test's own: the private key is given, and the public one is in the settings."""
    identities = Identities.generate()
    settings.VAULT, settings.LISTS = tmp_path / "vault", tmp_path / "lists"
    settings.VAULT_KEYS, settings.VAULT_ROOM = tmp_path / "recipients.txt", 0
    settings.VAULT_KEYS.write_text(identities.recipients.keys[0])
    return identities


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What every `own_site` is a copy of, and the database of this run."""
    with make_template(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: pytest_django.DjangoDbBlocker, site_template: Site
) -> Iterator[None]:
    """In the place of pytest-django's own, which would make every table again."""
    with django_db_blocker.unblock(), own_database(site_template):
        yield


@pytest.fixture
def own_site(tmp_path: Path, site_template: Site) -> Iterator[Site]:
    """A site with its own LAPWING_HOME and its own database on the engine under test, for real processes."""
    with make_site(tmp_path, site_template) as site:
        yield site


@pytest.fixture
def triggers_off() -> Callable[[], AbstractContextManager[None]]:
    """`with triggers_off():` lets a test damage the audit, as the database's owner could."""
    return lambda: without_triggers(connection)
