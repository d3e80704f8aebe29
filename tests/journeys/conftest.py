"""Fixtures of the journeys: a browser for the session, and a page in which somebody has signed in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from tests.journeys.chromium import AXE, WIDE, chromium
from tests.journeys.world import told

from lapwing_web.staff.models import User

As = Callable[..., Page]
PATIENCE = 60_000  # milliseconds: a loaded machine is slow, and that is no fault of a page
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser. Playwright keeps an event loop in this thread; Django must be told that it is harmless."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with chromium() as opened:
        yield opened
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def own_lists(settings: Any, tmp_path: Path) -> None:
    """Lists of known files of this test alone."""
    settings.LISTS = tmp_path / "lists"


@pytest.fixture(autouse=True)
def with_axe(settings: Any) -> None:
    """The site has axe-core among its static files: its own policy lets no other script in."""
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, AXE.parent]


@pytest.fixture
def open_as(browser: Browser, live_server: Any) -> Iterator[As]:
    """`open_as(person, "/queue")` is a page at that address, signed in as that person (None: nobody).

    Keywords: `size` of the window; `script=False` for no JavaScript. A script error fails the test.
    """
    contexts, errors = [], []

    def opened(person: User | None, path: str, *, size: dict[str, int] = WIDE, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport=size, java_script_enabled=script, reduced_motion="reduce"
        )
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            value = client.cookies[site.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    """One Schedule-1 report about one account, as a company would send it."""
    path = tmp_path / "report.json"
    path.write_bytes(told())
    return path
