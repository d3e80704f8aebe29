"""The service: which address does what, and every way it says no."""

import asyncio
import hmac
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope
from msgspec import Struct, field

from lapwing.hashing import HASH_TYPES
from lapwing.match_service.files import FileHashing, TooLarge
from lapwing.match_service.forms import (
    Answer,
    FileAnswer,
    FoundHash,
    FoundUrl,
    Hash,
    Question,
    UrlAnswer,
    UrlQuestion,
    Wrong,
)
from lapwing.match_service.open_lists import ListsNotWhole, NoSuchList, OpenLists, named
from lapwing.match_service.openapi import SINGLE, document
from lapwing.matching import KnownLists
from lapwing.matching.kernels import TooManyMatches
from lapwing.matching.listed import raw
from lapwing.matching.near_index import DISTANCE
from lapwing.matching.urls import NotAUrl

LISTS, TOKEN, HOSTS, LARGEST = (
    "LAPWING_LISTS",
    "LAPWING_MATCH_TOKEN_FILE",
    "LAPWING_MATCH_HOSTS",
    "LAPWING_MATCH_LARGEST",
)
LARGEST_BODY = 32 * 1024 * 1024  # bytes of a question
AT_ONCE = 64  # hashes looked up where the request is read: more go to a thread
AT_ONCE_LONG = 4 * 1024  # characters of URLs that are: a long one has many rules that would match it
STALLED = 30.0  # seconds without a byte of a request's body
MOST_MATCHES = 1_000_000
URL_ADDRESS = "/v1/match-url"
_SINGLE = re.compile("/v1/match/(" + "|".join(SINGLE) + ")/([^/]{1,4096})")
_ENCODER = msgspec.json.Encoder()
_QUESTION = msgspec.json.Decoder(Question)
_URL_QUESTION = msgspec.json.Decoder(UrlQuestion)
_JSON = [("content-type", "application/json")]


Asked = TypeVar("Asked", Question, UrlQuestion)


class Reply(Struct, frozen=True):
    """What goes back."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=lambda: _JSON)


class Refusal(Exception):
    """A request that has no answer, with what to say."""

    def __init__(self, status: int, sentence: str, where: str = "", *, allow: str = "") -> None:
        headers = [*_JSON, ("allow", allow)] if allow else _JSON
        self.reply = Reply(status, _ENCODER.encode(Wrong(sentence, where)), headers)
        super().__init__(sentence)


class App:
    """One process's service."""

    def __init__(self, lists: Path, *, token: str = "", hosts: frozenset[str], largest: int) -> None:
        self._lists = OpenLists(lists)
        self._token = token
        self._hosts = hosts
        self._files = FileHashing(largest)
        self._routes: dict[tuple[str, str], Callable[[HTTPProtocol], Awaitable[Reply]]] = {
            ("GET", "/v1/lists"): self._shown,
            ("POST", "/v1/match"): self._match,
            ("POST", URL_ADDRESS): self._match_urls,
            ("POST", "/v1/file"): self._file,
            ("GET", "/openapi.json"): self._document,
        }

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        try:
            self._check(scope)
            reply = await self._answered(scope, protocol)
        except Refusal as refusal:
            reply = refusal.reply
        except NoSuchList as error:
            reply = Refusal(404, str(error), "lists").reply
        except ListsNotWhole as error:
            reply = Refusal(503, str(error)).reply
        except TooManyMatches as error:
            reply = Refusal(422, f"There are too many matches to tell: {error}.").reply
        except TimeoutError:
            reply = Refusal(408, f"Nothing came for {STALLED:.0f} seconds.").reply
        protocol.response_bytes(reply.status, reply.headers, reply.body)

    def _check(self, scope: Scope) -> None:
        """Whether whoever asks may. A page in a browser that looks up our name by its own is none of ours."""
        host = (scope.authority or scope.headers.get("host") or "").rpartition("@")[2]
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.strip("[]").lower() not in self._hosts:
            raise Refusal(421, "This service does not go by that name.", "host")
        if self._token:
            given = scope.headers.get("authorization") or ""
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                raise Refusal(401, "Send the token: Authorization: Bearer …", "authorization")
        # hashed as it comes, a form with a file in it would never be found
        if (scope.headers.get("content-type") or "").lower().startswith("multipart/"):
            raise Refusal(415, "Send the file itself as the body, not a form with it.", "content-type")

    async def _answered(self, scope: Scope, protocol: HTTPProtocol) -> Reply:
        answer = self._routes.get((scope.method, scope.path))
        if answer is not None:
            return await answer(protocol)
        if (scope.method, scope.path) == ("GET", URL_ADDRESS):
            return await self._one_url(scope.query_string)
        single = _SINGLE.fullmatch(scope.path)
        if single is not None and scope.method == "GET":
            return self._one(*single.groups())
        here = [method for method, path in self._routes if path == scope.path]
        here += ["GET"] if single or scope.path == URL_ADDRESS else []
        if here:
            raise Refusal(405, f"{scope.method[:20]} is not for this address.", allow=", ".join(here))
        raise Refusal(404, "There is nothing at this address. /openapi.json says what there is.")

    async def _shown(self, protocol: HTTPProtocol) -> Reply:
        return Reply(200, _ENCODER.encode(self._lists.shown()))

    async def _document(self, protocol: HTTPProtocol) -> Reply:
        return Reply(200, document())

    def _one(self, kind: str, text: str) -> Reply:
        known = self._lists.asked([])
        return _told(known, [value(Hash(kind, text), "value")], DISTANCE)

    async def _match(self, protocol: HTTPProtocol) -> Reply:
        question = _question(_QUESTION, await _body(protocol))
        if question.distance != (distance := int(question.distance)):
            raise Refusal(400, "The distance is a whole number of bits.", "distance")
        asked = [value(one, f"hashes[{at}]") for at, one in enumerate(question.hashes)]
        known = self._lists.asked(question.lists)
        if len(asked) <= AT_ONCE:
            return _told(known, asked, distance)
        return await asyncio.to_thread(_told, known, asked, distance)

    async def _one_url(self, query: str) -> Reply:
        try:
            given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
        except ValueError:
            raise Refusal(400, "The address has a query that is none.", "url") from None
        urls = [value for name, value in given if name == "url"]
        if len(urls) != 1 or len(given) != 1:
            raise Refusal(400, "Ask as ?url=…, once, with the URL percent-encoded.", "url")
        return await self._urls_told(self._lists.asked_about_urls([]), urls, "url")

    async def _match_urls(self, protocol: HTTPProtocol) -> Reply:
        question = _question(_URL_QUESTION, await _body(protocol))
        return await self._urls_told(self._lists.asked_about_urls(question.lists), question.urls, "urls[{}]")

    async def _urls_told(self, known: KnownLists, urls: list[str], where: str) -> Reply:
        if len(urls) <= AT_ONCE and sum(map(len, urls)) <= AT_ONCE_LONG:
            return _urls_told(known, urls, where)
        return await asyncio.to_thread(_urls_told, known, urls, where)

    async def _file(self, protocol: HTTPProtocol) -> Reply:
        known = self._lists.asked([])
        with self._files.received() as received:
            try:
                async for piece in _pieces(protocol):
                    received.write(piece)
            except TooLarge as error:
                raise Refusal(413, str(error)) from None
            hashes, failure = await self._files.hashes(received)
        asked = [value(Hash(one.type, one.value), "") for one in hashes]
        matches = await asyncio.to_thread(_found, known, asked, DISTANCE)
        return Reply(200, _ENCODER.encode(FileAnswer(hashes, matches, named(known), failure)))


def value(given: Hash, where: str) -> tuple[str, bytes]:
    """A hash's kind and raw value. Raises Refusal."""
    if given.type not in HASH_TYPES:
        raise Refusal(400, f"There is no kind of hash {given.type[:20]!r}: {', '.join(HASH_TYPES)}.", where)
    try:
        return given.type, raw(given.type, given.value)
    except ValueError as error:
        raise Refusal(400, f"It cannot be looked for: {error}.", where) from None


def _found(known: KnownLists, asked: list[tuple[str, bytes]], distance: int) -> list[FoundHash]:
    found: list[FoundHash] = []
    for query, matches in enumerate(known.match_many(asked, distance, most=MOST_MATCHES)):
        found += [FoundHash.of(query, match) for match in matches]
        if len(found) > MOST_MATCHES:
            raise TooManyMatches(f"there are more than {MOST_MATCHES:,}")
    return found


def _told(known: KnownLists, asked: list[tuple[str, bytes]], distance: int) -> Reply:
    return Reply(200, _ENCODER.encode(Answer(_found(known, asked, distance), named(known))))


def _urls_told(known: KnownLists, urls: list[str], where: str) -> Reply:
    """The rules that match. Raises Refusal for a URL that cannot be read, with `where` and its place."""
    found: list[FoundUrl] = []
    for query, url in enumerate(urls):
        try:
            found += [FoundUrl.of(query, match) for match in known.match_url(url)]
        except NotAUrl as error:
            raise Refusal(400, f"It cannot be looked for: {error}.", where.format(query)) from None
        if len(found) > MOST_MATCHES:
            raise TooManyMatches(f"there are more than {MOST_MATCHES:,}")
    return Reply(200, _ENCODER.encode(UrlAnswer(found, named(known))))


def _question(decoder: "msgspec.json.Decoder[Asked]", body: bytes) -> Asked:
    """What is asked. Raises Refusal, which says where it is not as it should be."""
    try:
        return decoder.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        said, _, where = str(error).partition(" - at `$")
        raise Refusal(400, f"{said}.", where.rstrip("`").lstrip(".")) from None


async def _pieces(protocol: HTTPProtocol) -> Any:
    """The body as it comes. Raises TimeoutError when it stops coming."""
    pieces = protocol.__aiter__()
    while True:
        try:
            yield bytes(await asyncio.wait_for(pieces.__anext__(), STALLED))
        except StopAsyncIteration:
            return


async def _body(protocol: HTTPProtocol) -> bytes:
    found, size = [], 0
    async for piece in _pieces(protocol):
        size += len(piece)
        if size > LARGEST_BODY:
            raise Refusal(413, f"A question has at most {LARGEST_BODY:,} bytes.")
        found.append(piece)
    return b"".join(found)


def made() -> App:
    """The service as the environment says, which is how the command tells the server's processes."""
    token = Path(os.environ[TOKEN]).read_text().strip() if os.environ.get(TOKEN) else ""
    hosts = frozenset(os.environ.get(HOSTS, "127.0.0.1,localhost,::1").split(","))
    return App(Path(os.environ[LISTS]), token=token, hosts=hosts, largest=int(os.environ.get(LARGEST, 2**30)))
