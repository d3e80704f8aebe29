"""A real browser for the journeys: Debian's Chromium, and axe-core for accessibility."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 700}
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",  # nothing here is drawn by one
    "--no-first-run",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, which can reach nothing but this machine. Skips, by name, where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: the browser journeys need Debian's chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


def follow(control: Locator) -> None:
    """Click a link or a button, and wait for the page that it leads to.

    A click alone may end while the old page stands, and whatever reads the page at once would read that one.
    """
    with control.page.expect_navigation():
        control.click()


def axe(page: Page) -> None:
    """Fail on anything axe-core finds against WCAG 2.2 AA, or on a page wider than its window."""
    said = violations(page)
    assert not said, f"{page.url}\n" + "\n".join(said)


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, and whether the page is wider than its window."""
    if not AXE.exists():
        pytest.skip("axe-core is not here: run npm ci in tests/journeys")
    page.wait_for_load_state()  # a page that has only begun to come has no head to put a script in
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(url=f"/static/{AXE.name}")  # from an address, so that Chromium compiles it once
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(r => r.violations)",
        {"type": "tag", "values": STANDARDS},
    )
    said = [
        f"{wrong['id']} ({wrong['impact']}): {wrong['help']}\n"
        + "\n".join(n["html"][:300] for n in wrong["nodes"][:4])
        for wrong in found
    ]
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*said, f"the page is {over} pixels wider than its window"] if over > 0 else said
