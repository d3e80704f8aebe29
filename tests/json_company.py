"""A company's software, as it speaks the JSON API: nothing here knows how the site works inside."""

import http.client
import json
from typing import Any, NamedTuple

from django.test import Client

HERE = "/api/v1"
RAW, JSON = "application/octet-stream", "application/json"


def document(number: int = 1, **more: Any) -> dict[str, Any]:
    """A Schedule 1 document about the account `subject-<number>`. `more` replaces its items."""
    made = {
        "schema": "lapwing-schedule-1",
        "unique_reference": f"A-{number}",
        "priority": "P2",
        "reporter": {"provider": "Example Social"},
        "detection": {"incident_type": "indecent_images", "incident_at": "2026-11-20T12:30:00Z"},
        "people": [
            {
                "role": "subject",
                "account_id": f"account-{number:06d}",
                "screen_name": f"subject-{number:06d}",
                "ip_events": [
                    {
                        "address": f"192.0.2.{number % 250}",
                        "event": "login",
                        "at": "2026-11-20T12:00:00Z",
                        "port": 40000,
                    }
                ],
            }
        ],
    }
    return {name: value for name, value in (made | more).items() if value is not None}


class Said(NamedTuple):
    """What came back."""

    status: int
    json: Any
    headers: dict[str, str]


class JsonCompany:
    """Speaks to the site inside this process, or to `host:port` over HTTP."""

    def __init__(self, key: str, at: tuple[str, int] | None = None) -> None:
        self.key, self.at, self.client = key, at, Client()

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str) -> Said:
        """One request, whatever it is. `Idempotency_Key=…` is that header."""
        heads = {"Authorization": f"Bearer {self.key}"} | ({"Content-Type": kind} if kind else {})
        heads |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.at is None:
            made: Any = self.client.generic(method, HERE + path, body, kind or RAW, headers=heads)
            return _said(made.status_code, made.content, dict(made.headers))
        line = http.client.HTTPConnection(*self.at, timeout=60)
        try:
            line.request(method, HERE + path, body, heads)
            reply = line.getresponse()
            return _said(reply.status, reply.read(), dict(reply.headers))
        finally:
            line.close()

    def get(self, path: str) -> Said:
        return self.send("GET", path)

    def open(self, report: dict[str, Any] | bytes, **headers: str) -> Said:
        body = report if isinstance(report, bytes) else json.dumps(report).encode()
        return self.send("POST", "/reports", body, JSON, **headers)

    def add(self, number: int | str, content: bytes, query: str = "", **headers: str) -> Said:
        return self.send("POST", f"/reports/{number}/files{query}", content, RAW, **headers)

    def finish(self, number: int | str) -> Said:
        return self.send("POST", f"/reports/{number}/finish")

    def retract(self, number: int | str) -> Said:
        return self.send("POST", f"/reports/{number}/retract")

    def whole(self, report: dict[str, Any], *contents: bytes) -> int:
        """A full transaction: returns the report's number once all of it has been acknowledged."""
        opened = self.open(report)
        assert opened.status == 201, opened
        number = int(opened.json["number"])
        for content in contents:
            assert self.add(number, content).status == 201
        assert self.finish(number).status == 200
        return number


def _said(status: int, body: bytes, headers: dict[str, str]) -> Said:
    return Said(status, json.loads(body) if body else None, headers)
