"""A publisher on loopback that answers as a test tells it to: a real server, real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """What is at each path, and what was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.at: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []


@contextmanager
def publishing(tls: SSLContext | None = None) -> Iterator[Publisher]:
    """A publisher with nothing yet, over TLS when a certificate is given."""
    publisher: Publisher

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            publisher.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = publisher.at.get(self.path) or publisher.at.get(self.path.partition("?")[0])
            (answer or status(404))(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Who asked hung up."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    publisher = Publisher(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def document(content: bytes, *, length: int | None = None, **headers: str) -> Answer:
    """A document, with the length it promises."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(content)

    return answer


def unsized(content: bytes) -> Answer:
    """A document that ends where the connection does."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        to.wfile.write(content)

    return answer


def chunks(*blocks: bytes, end: bool = True) -> Answer:
    """A document in chunks, with their end or without."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Transfer-Encoding", "chunked")
        to.end_headers()
        for block in blocks:
            to.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        if end:
            to.wfile.write(b"0\r\n\r\n")

    return answer


def dripping_head(piece: bytes, pause: float) -> Answer:
    """A head that never ends, a little at a time."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        gone = threading.Event()
        with suppress(OSError):
            to.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not gone.wait(pause):
                to.wfile.write(piece)

    return answer


def status(code: int, **headers: str) -> Answer:
    """No document."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


def dated(given: Answer, time: str) -> Answer:
    """An answer by a clock of its own."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.date_time_string = lambda timestamp=None: time  # type: ignore[method-assign]
        given(to)

    return answer


def slow(given: Answer, seconds: float) -> Answer:
    """An answer that takes its time."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(seconds)
        given(to)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Each once, and then the last again and again."""
    waiting = list(answers)

    def answer(to: BaseHTTPRequestHandler) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(to)

    return answer


def dripping(piece: bytes, pause: float) -> Answer:
    """A document without an end, a little at a time, until whoever reads it goes."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Length", str(10**9))
        to.end_headers()
        gone = threading.Event()
        with suppress(OSError):
            while not gone.wait(pause):
                to.wfile.write(piece)

    return answer
