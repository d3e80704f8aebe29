"""The reporting API over real connections: broken off, endless, slow, or large."""

import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
from tests.company import MULTIPART, Company, read_reply, report, some_bytes
from tests.killing import end, free_port, resident, serve
from tests.own_site import Site

MIB = 2**20


@pytest.fixture
def company(own_site: Site) -> Iterator[Company]:
    """A company that reports over HTTP to a site in processes of its own."""
    printed = own_site.run("provider", "add", "Example Social", "--environment", "test").stdout
    said = dict(line.split(": ", 1) for line in printed.splitlines())
    port = free_port()
    server = serve(own_site, port)
    speaking = Company(said["user name"], said["password"], ("127.0.0.1", port))
    yield speaking
    speaking.hang_up()
    end(server)


def head(company: Company, verb: str, *more: str) -> bytes:
    """The beginning of a request, up to its body."""
    lines = [f"POST /ispws/{verb} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: {company.basic}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def connection(company: Company) -> socket.socket:
    assert company.at is not None
    return socket.create_connection(company.at, timeout=30)


def answer(line: socket.socket) -> tuple[int, int]:
    """The status and the code of the reply on a connection."""
    reply = http.client.HTTPResponse(line)
    reply.begin()
    said = read_reply(reply.status, reply.read(), dict(reply.headers))
    return said.status, said.code


def upload_head(number: int) -> bytes:
    return (
        f'-------lapwing\r\nContent-Disposition: form-data; name="id"\r\n\r\n{number}\r\n'
        '-------lapwing\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    ).encode()


def test_a_connection_that_ends_early_leaves_nothing_and_keeps_nobody_waiting(
    company: Company, own_site: Site
) -> None:
    number = company.submit(report(1)).number
    for _ in range(20):
        with connection(company) as line:
            begun = upload_head(number) + some_bytes(50_000)
            line.sendall(
                head(company, "upload", f"Content-Type: {MULTIPART}", "Content-Length: 9000000") + begun
            )
    with connection(company) as line:  # half closed: no more comes, and the reply is waited for
        line.sendall(head(company, "submit", "Content-Type: text/xml", "Content-Length: 500") + b"<report>")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) in (b"", b"H")
    assert company.finish(number).files == []
    assert own_site.count("intake_sealedfile") == 0
    assert own_site.count("intake_submission") == 1


def test_an_endless_document_is_refused_and_not_held(company: Company) -> None:
    with connection(company) as line:
        line.sendall(head(company, "submit", "Content-Type: text/xml", f"Content-Length: {2 * 2**30}"))
        assert answer(line) == (413, 4000)
    spaces = b"%x\r\n" % MIB + b" " * MIB + b"\r\n"
    with connection(company) as line:
        line.sendall(head(company, "submit", "Content-Type: text/xml", "Transfer-Encoding: chunked"))
        try:
            for _ in range(64):
                line.sendall(spaces)
        except OSError:
            return  # the server has said its say, and hung up
        assert answer(line) == (413, 4000)


def test_slow_senders_do_not_keep_pages_or_others_from_being_served(company: Company) -> None:
    number = company.submit(report(1)).number
    begun = head(company, "upload", f"Content-Type: {MULTIPART}", "Content-Length: 9000000")
    lines = [connection(company) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(begun + upload_head(number))
        assert company.status().code == 0
        assert company.at is not None
        page = http.client.HTTPConnection(*company.at, timeout=30)
        page.request("GET", "/sign-in")
        assert page.getresponse().status == 200
        page.close()
    finally:
        for line in lines:
            line.close()


def test_a_file_sent_in_chunks_of_no_stated_length_is_whole(company: Company) -> None:
    number, content = company.submit(report(1)).number, some_bytes(3 * MIB)
    body = upload_head(number) + content + b"\r\n-------lapwing--\r\n"
    with connection(company) as line:
        heads = head(company, "upload", f"Content-Type: {MULTIPART}", "Transfer-Encoding: chunked")
        line.sendall(heads)
        for first in range(0, len(body), 70_001):
            piece = body[first : first + 70_001]
            line.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        reply = http.client.HTTPResponse(line)
        reply.begin()
        said = read_reply(reply.status, reply.read(), {})
    assert said.code == 0
    assert said.said["hash"] == hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_memory_does_not_grow_with_the_file(company: Company) -> None:
    assert company.at is not None
    number, port = company.submit(report(1)).number, company.at[1]
    assert company.upload(number, some_bytes(MIB)).code == 0  # everything is loaded
    idle, peak, over = resident(port), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], resident(port))

    watching = threading.Thread(target=watch)
    watching.start()
    size, block = 300 * MIB, some_bytes(MIB)
    start, tail = upload_head(number), b"\r\n-------lapwing--\r\n"
    with connection(company) as line:
        length = f"Content-Length: {len(start) + size + len(tail)}"
        line.sendall(head(company, "upload", f"Content-Type: {MULTIPART}", length) + start)
        for _ in range(size // MIB):
            line.sendall(block)
        line.sendall(tail)
        assert answer(line) == (200, 0)
    over.set()
    watching.join()
    assert peak[0] - idle < 64 * MIB
