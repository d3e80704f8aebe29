"""Who is at the door, and whether there is room: before a byte of a request's body is read.

A secret is compared first, then the account's right to this site, then its rate. Wrong secrets lock the pair
of account and address (django-axes, as at sign-in): a guesser does not lock a company out.
"""

import base64
import binascii
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest

from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.accounts import key_account, note_lock, password_account
from lapwing_web.intake.models import Account
from lapwing_web.jobs.queries import backlog
from lapwing_web.rate import requests_of

_ROOM = threading.BoundedSemaphore(settings.BODIES_AT_ONCE)
_WAITING = threading.BoundedSemaphore(2)
LONGEST_NAME = 80


def by_password(request: HttpRequest) -> Account:
    """The account that HTTP Basic names. Raises NotKnown, Locked, NotAllowed or TooMany."""
    name, secret = _basic(request)
    return _entered(
        request, name, password_account(name, secret), "The account’s name or its password is not right."
    )


def by_key(request: HttpRequest) -> Account:
    """The account whose key is the bearer's. Raises the same."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not (key.isascii() and key.isprintable()) or len(key) > 200:
        raise answers.NotKnown("Send the account’s key: Authorization: Bearer <key>.")
    return _entered(request, key.partition(".")[0], key_account(key), "There is no such key of an account.")


def _basic(request: HttpRequest) -> tuple[str, str]:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    try:
        pair = base64.b64decode(sent.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        pair = ""
    name, colon, secret = pair.partition(":")
    if scheme.lower() != "basic" or not colon or "\0" in pair:
        raise answers.NotKnown("Send the account’s name and password by HTTP Basic.")
    return name, secret


def _entered(request: HttpRequest, name: str, account: Account | None, unknown: str) -> Account:
    credentials = {"username": f"provider:{name[:LONGEST_NAME]}"}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise answers.Locked("Too many wrong passwords or keys came from this address. Wait, then try again.")
    if account is None:
        AxesProxyHandler.user_login_failed(by_password, credentials, request)
        if not AxesProxyHandler.is_allowed(request, credentials):
            note_lock(name[:LONGEST_NAME], str(request.META.get("REMOTE_ADDR", "")))
        request.axes_locked_out = False  # type: ignore[attr-defined]  # else axes answers, with a page
        raise answers.NotKnown(unknown)
    if account.environment != settings.ENVIRONMENT:
        raise answers.NotAllowed(
            f"This is a {settings.ENVIRONMENT} site, and the account is for a {account.environment} one."
        )
    if settings.ENVIRONMENT == "live" and not request.is_secure():
        raise answers.NotAllowed("Reports are taken over HTTPS only.")
    limit = account.requests_a_minute or settings.REQUESTS_A_MINUTE
    if requests_of(("account", account.pk)) > limit:
        raise answers.TooMany(f"The account may make {limit:,} requests a minute.")
    return account


@contextmanager
def room_for_a_body() -> Iterator[None]:
    """Hold one of the places for requests with a body, so that slow senders never take every thread.

    When all are held, a few wait a while for one; the next is told at once to come again, because whoever
    waits keeps a thread from somebody's page. Raises Unwell, also when the disk is nearly full.
    """
    if shutil.disk_usage(settings.HOME).free < settings.SPARE_BYTES:
        raise answers.Unwell("There is no room on the disk to take this safely. Try again later.")
    if not _ROOM.acquire(blocking=False) and not _waited():
        busy = answers.Unwell("Too many requests are being taken. Try again shortly.")
        busy.retry_after = 2
        raise busy
    try:
        yield
    finally:
        _ROOM.release()


def _waited() -> bool:
    """Whether a place came free while this waited; False at once when enough others wait."""
    if not _WAITING.acquire(blocking=False):
        return False
    try:
        return _ROOM.acquire(timeout=settings.BODY_WAIT)
    finally:
        _WAITING.release()


def room_for_a_report() -> None:
    """Raises Unwell when more work is waiting than may wait. An escalated report is never refused so."""
    if backlog().ordinary >= settings.MOST_WAITING:
        raise answers.Unwell("Too many reports are waiting to be worked. Try again in a few minutes.")
