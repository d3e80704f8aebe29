"""A real mail server on this machine, that keeps what it is given; it can say no, and kill who sends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """What it was given, and what it answers to the next ones."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.given: list[EmailMessage] = []
        self.answers: list[str] = []  # to the next; then it takes everything
        self.kill: Any = None  # called once when it has everything and has not answered
        self.got = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one."""
        if self.answers:
            return self.answers.pop(0)
        self.given.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.kill:
            self.kill()
            self.kill = None
        self.got.set()
        return "250 OK"


@contextmanager
def mail_server(port: int) -> Iterator[MailServer]:
    """One that listens while the block runs."""
    server = MailServer(port)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
