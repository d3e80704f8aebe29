"""A publisher on loopback that answers as a test tells it to: a real server, real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """What is at each path, and what was asked."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.at: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher with nothing yet."""
    publisher: Publisher

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = publisher.at.get(self.path) or publisher.at.get(self.path.partition("?")[0])
            (answer or status(404))(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher = Publisher(server.server_address[1])
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


def status(code: int, **headers: str) -> Answer:
    """No document."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", "0")
        to.end_headers()

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
        to.end_headers()
        gone = threading.Event()
        try:
            while not gone.wait(pause):
                to.wfile.write(piece)
        except OSError:
            return

    return answer
