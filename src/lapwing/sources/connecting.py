"""A connection to a publisher: verified always, and ended when its time is over, whatever it waits for.

The only place of the library that opens a connection.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as HTTPTimeout

from lapwing.sources.configured import BadSources

FAULTS = (HTTPError, http.client.HTTPException, OSError)  # of all that goes wrong between two machines


class Deadline:
    """When all must be done. After it, whatever connection is in use is shut, and nobody waits for it.

    A time-out between two bytes does not do: a server may send one now and then, in its head too.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, one: socket.socket) -> None:
        """Have this connection end with the deadline: by a handle of its own, as TLS takes the other over."""
        with self._lock:
            self._sockets.append(one.dup())
            if self.passed:
                self._shut()

    def close(self) -> None:
        """Let go of everything."""
        self._timer.cancel()
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            self._shut()

    def _shut(self) -> None:
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Watched(HTTPConnection):
    """A connection that ends with a deadline."""

    deadline: Deadline

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self.deadline.watch(made)
        return made


class WatchedTLS(Watched, HTTPSConnection):
    """The same, verified."""


@contextmanager
def connected(address: str, deadline: Deadline, stalled: float, authorities: str) -> Iterator[Watched]:
    """A connection for one question to the host of an address, which was checked. Raises BadSources.

    `stalled` is the most seconds without a byte; `authorities` a file of the certificates to trust, in place
    of the machine's.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection: Watched
    if parts.scheme == "https":
        context = _context(authorities)
        connection = WatchedTLS(host, parts.port or 443, timeout=stalled, ssl_context=context)
    else:
        connection = Watched(host, parts.port or 80, timeout=stalled)
    connection.deadline = deadline
    try:
        yield connection
    finally:
        connection.close()


def why(error: BaseException) -> str:
    """What went wrong between two machines, in words. The error's own may hold an address with its query."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection can be made ({error.reason or 'for no reason that is given'})"
    if isinstance(error, socket.gaierror | NameResolutionError):
        return "nobody knows its name"
    if isinstance(error, TimeoutError | HTTPTimeout):
        return "nothing came for too long"
    if isinstance(error, NewConnectionError | ConnectionRefusedError):
        return "nobody is there"
    return type(error).__name__


def _context(authorities: str) -> ssl.SSLContext:
    """Certificates and the names in them are verified, always."""
    try:
        context = ssl.create_default_context(cafile=authorities or None)
    except OSError as error:
        raise BadSources(f"authorities: {authorities} has no certificates: {error.strerror}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
