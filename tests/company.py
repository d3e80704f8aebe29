"""A company's software, as it speaks the reporting protocol: nothing here knows how the site works inside."""

import base64
import hashlib
import http.client
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.test import Client
from lxml import etree

REPORT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:noNamespaceSchemaLocation="https://report.example.org/ispws/xsd">
    <incidentSummary>
        <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
        {escalated}<incidentDateTime>2026-11-20T12:30:00Z</incidentDateTime>
    </incidentSummary>
    <internetDetails>
        <webPageIncident><url>https://social.example/u/{number}</url></webPageIncident>
    </internetDetails>
    <reporter>
        <reportingPerson>
            <firstName>Trust</firstName><lastName>and Safety</lastName><email>desk@social.example</email>
        </reportingPerson>
    </reporter>
    <personOrUserReported>
        <espIdentifier>account-{number:06d}</espIdentifier>
        <screenName>subject-{number:06d}</screenName>
        <ipCaptureEvent>
            <ipAddress>203.0.113.{octet}</ipAddress><eventName>Login</eventName>
            <dateTime>2026-11-20T12:00:00Z</dateTime><port>40{port:03d}</port>
        </ipCaptureEvent>
    </personOrUserReported>
</report>
"""
DETAILS = """<?xml version="1.0" encoding="UTF-8"?>
<fileDetails>
    <reportId>{number}</reportId>
    <fileId>{file_id}</fileId>
    <originalFileName>{name}</originalFileName>
    <fileViewedByEsp>true</fileViewedByEsp>
</fileDetails>
"""


def report(number: int, *, escalated: bool = False) -> bytes:
    """A report document about the account `subject-<number>`."""
    mark = "<escalateToHighPriority>A child is at risk now</escalateToHighPriority>\n        "
    return REPORT.format(
        number=number, octet=number % 250, port=number % 1000, escalated=mark if escalated else ""
    ).encode()


def details(number: int | str, file_id: str, name: str = "a picture.png") -> bytes:
    """A fileDetails document."""
    return DETAILS.format(number=number, file_id=file_id, name=name).encode()


class Reply(NamedTuple):
    """What came back: the HTTP status, the protocol's code, and the rest of the reply by element."""

    status: int
    code: int
    said: dict[str, str]
    files: list[str]
    headers: dict[str, str]

    @property
    def number(self) -> int:
        return int(self.said["reportId"])


def read_reply(status: int, body: bytes, headers: dict[str, str]) -> Reply:
    root = etree.fromstring(body)
    said = {str(child.tag): child.text or "" for child in root}
    files = [str(one.text) for one in root.iter("fileId")]
    return Reply(status, int(said["responseCode"]), said, files, headers)


def form(parts: Iterable[tuple[str, str | None, bytes]], boundary: str = "-----lapwing") -> bytes:
    """A multipart body of (name, file name, content)."""
    body = b""
    for name, file_name, content in parts:
        named = f'; filename="{file_name}"' if file_name is not None else ""
        kind = "Content-Type: application/octet-stream\r\n" if file_name is not None else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{kind}\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


MULTIPART = "multipart/form-data; boundary=-----lapwing"


class Company:
    """Speaks to the site inside this process, or to `host:port` over HTTP."""

    def __init__(self, username: str, password: str, at: tuple[str, int] | None = None) -> None:
        self.basic = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self.at = at
        self.client = Client()
        self.line: http.client.HTTPConnection | None = None

    def send(self, method: str, verb: str, body: bytes = b"", kind: str = "", **headers: str) -> Reply:
        """One request, whatever it is."""
        heads = {"Authorization": self.basic, **headers} | ({"Content-Type": kind} if kind else {})
        if self.at is None:
            made: Any = self.client.generic(method, f"/ispws/{verb}", body, kind or "text/xml", headers=heads)
            return read_reply(made.status_code, made.content, dict(made.headers))
        if self.line is None:
            self.line = http.client.HTTPConnection(*self.at, timeout=60)
        self.line.request(method, f"/ispws/{verb}", body, heads)
        reply = self.line.getresponse()
        return read_reply(reply.status, reply.read(), dict(reply.headers))

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def status(self) -> Reply:
        return self.send("GET", "status")

    def submit(self, document: bytes) -> Reply:
        return self.send("POST", "submit", document, "text/xml; charset=utf-8")

    def upload(self, number: int | str, content: bytes, name: str = "a picture.png") -> Reply:
        body = form([("id", None, str(number).encode()), ("file", name, content)])
        return self.send("POST", "upload", body, MULTIPART)

    def fileinfo(self, document: bytes) -> Reply:
        return self.send("POST", "fileinfo", document, "application/xml")

    def finish(self, number: int | str) -> Reply:
        body = urlencode({"id": number}).encode()
        return self.send("POST", "finish", body, "application/x-www-form-urlencoded")

    def retract(self, number: int | str) -> Reply:
        return self.send("POST", "retract", form([("id", None, str(number).encode())]), MULTIPART)

    def whole(self, document: bytes, *contents: bytes) -> int:
        """A full transaction: returns the report's number once all of it has been acknowledged."""
        number = self.submit(document).number
        for content in contents:
            sent = self.upload(number, content)
            assert sent.said["hash"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
            assert self.fileinfo(details(number, sent.said["fileId"])).code == 0
        done = self.finish(number)
        assert (done.code, done.number, len(done.files)) == (0, number, len(contents))
        return number


def some_bytes(size: int = 1000) -> bytes:
    """Bytes that are no picture of anything, never the same twice."""
    return secrets.token_bytes(size)
