"""Somebody who tells, page by page, as a browser without JavaScript does."""

import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client

FORM = "application/x-www-form-urlencoded"
CHILD = {
    "who": "child", "danger": "no", "whose": "me", "child_name": "Sam", "child_age": "12",
    "happened": "Somebody on a game keeps asking where I live.", "happened_where": "Example Game",
    "person_account": "subject-000077", "person_service": "Example Game", "person_children": "not_sure",
    "way": "trusted_adult", "adult": "My aunt", "adult_reach": "01632 960001", "times": "After 4pm",
    "avoid": "Do not leave a message",
}  # fmt: skip
PARENT = {
    "who": "parent", "danger": "not_sure", "child_age": "9", "happened": "Messages on her tablet.",
    "way": "none",
}  # fmt: skip
TEACHER = {
    "who": "professional", "danger": "yes", "happened": "A pupil told me after class.",
    "person_name": "Jo Bloggs", "person_reach": "subject-000078@example.com", "person_children": "yes",
    "told_others": "Our safeguarding lead", "duty_role": "Teacher", "duty_organisation": "Example School",
    "learnt_on": ["24", "11", "2026"], "learnt_at": "3pm", "way": "email", "email": "teacher@example.org",
}  # fmt: skip


class Teller:
    """A browser that answers. `said` holds the answers by the names of the fields."""

    def __init__(self, **client: Any) -> None:
        self.client = Client(**client)
        self.pages: list[str] = []

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(path, urlencode(data or {}), content_type=FORM, **more)

    def answer(self, said: dict[str, Any]) -> str:
        """Answer every question that is asked, to the page that shows the answers. Returns its text."""
        path = "/tell/1"
        while True:
            page = self.client.get(path)
            assert page.status_code == 200, path
            self.pages.append(page.content.decode())
            if path == "/tell/check":
                return self.pages[-1]
            if path == "/tell/now":
                path = re.findall(r'href="(/tell/\d+)" role="button"', self.pages[-1])[0]
                continue
            reply = self.send(path, fields(said))
            assert reply.status_code == 302, reply.content.decode()
            path = reply["Location"]

    def tell(self, said: dict[str, Any]) -> str:
        """Answer and send. Returns the reference."""
        self.answer(said)
        reply = self.send("/tell/check")
        assert (reply.status_code, reply.get("Location")) == (302, "/tell/sent")
        return reference_in(self.client.get("/tell/sent").content.decode())


def reference_in(page: str) -> str:
    found = re.search(r'lw-reference">([^<]+)<', page)
    assert found, page
    return found[1]


def fields(said: dict[str, Any]) -> dict[str, str]:
    """As a form sends them: a day is three fields."""
    sent: dict[str, str] = {}
    for name, value in said.items():
        parts = value if isinstance(value, list) else []
        sent |= {f"{name}_{n}": one for n, one in enumerate(parts)} or {name: value}
    return sent
