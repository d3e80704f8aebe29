"""A pair of hands that has no mouse, for the journeys by the keys alone."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from lapwing_web.moment import today
from lapwing_web.staff.models import User

PASSWORD = "correct-horse-battery-79"


class Keys:
    """A pair of hands that has no mouse. `screens` are the pages they were shown, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.screens: list[str] = []
        page.on("framenavigated", lambda frame: self.screens.append(frame.url))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name: str) -> None:
        """Tab until what has the focus is called that; whatever it passes must show that it has the focus."""
        for _ in range(80):
            self.press("Tab")
            held = self.page.evaluate(HELD)
            assert held["seen"], f"nothing shows that “{held['name']}” has the focus"
            if held["name"].startswith(name):
                return
        raise AssertionError(f"no way to “{name}” by the tab key on {self.page.url}")

    def write(self, name: str, text: str) -> None:
        self.tab_to(name)
        self.page.keyboard.type(text)

    def choose(self, name: str) -> None:
        """Tab into the next group of radio buttons, and move by the arrow keys to the one of that name."""
        for _ in range(80):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.type") == "radio":
                break
        for _ in range(40):
            if self.page.evaluate(HELD)["name"].startswith(name):
                self.press("Space")
                return
            self.press("ArrowDown")
        raise AssertionError(f"no “{name}” among the radio buttons on {self.page.url}")

    def follow(self, name: str) -> None:
        """Press the button or follow the link of that name, and wait for the page it leads to."""
        self.tab_to(name)
        self.leave(lambda: self.press("Enter"))

    def leave(self, act: Callable[[], None]) -> None:
        with self.page.expect_navigation():
            act()


# what has the focus: its name as a person hears it, and whether an outline, a shadow or a ground shows it
HELD = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  const label = it.labels?.[0]?.textContent || it.getAttribute("aria-label") || it.textContent || "";
  const radio = it.type === "radio" || it.type === "checkbox";
  const ring = getComputedStyle(radio ? it.nextElementSibling : it, radio ? "::before" : null);
  const outlined = s => s.outlineStyle !== "none" && s.outlineWidth !== "0px";
  const shown = [style, ring].some(s => s.boxShadow !== "none" || outlined(s));
  const whole = it === document.body || it.id === "main-content";
  return {name: label.replace(/\\s+/g, " ").trim(), seen: whole || shown};
}"""


def sign_in(keys: Keys, person: User) -> None:
    """The name has the focus when the page opens."""
    expect(keys.page.locator("input[name=username]:focus")).to_have_count(1)
    keys.page.keyboard.type(person.username)
    keys.write("Password", PASSWORD)
    keys.leave(lambda: keys.press("Enter"))


def say_why(keys: Keys) -> None:
    """The first reason in the list."""
    expect(keys.page.locator("h1")).to_contain_text("Why do you need to see it?")
    keys.press("d", "Space")
    keys.follow("Open it")


def write_day(keys: Keys, on: date) -> None:
    """A day, in its three boxes."""
    for label, number in {"Day": on.day, "Month": on.month, "Year": on.year}.items():
        keys.write(label, str(number))


def write_today(keys: Keys) -> None:
    """Today, in its three boxes."""
    write_day(keys, today())
