"""A real mail server on this machine, that keeps what it is given; it can say no, be silent, hang up, and
kill who sends.
"""

import asyncio
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
        self.strangers: dict[str, str] = {}  # what it answers to an address
        self.silent = 0.0  # seconds before it answers that it has taken one
        self.hangs_up = False  # instead of answering
        self.kill: Any = None  # called once when it has everything and has not answered
        self.got = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Say whether it knows an address."""
        if no := self.strangers.get(address):
            return no
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one."""
        if self.answers:
            return self.answers.pop(0)
        self.given.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.kill:
            self.kill()
            self.kill = None
        self.got.set()
        await asyncio.sleep(self.silent)
        if self.hangs_up:
            server.transport.abort()
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
