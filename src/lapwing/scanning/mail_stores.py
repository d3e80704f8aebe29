"""Outlook's stores of messages (PST, OST): the attachments of every message of every folder.

Also those of messages that are attached to messages, as many in one another as in other mail. libpff
(libpff-python, of the extra `scanning`) reads them. A store that is protected by a password is read like any
other: the password is only asked for by Outlook.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO

from msgspec import Struct

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.carried_messages import carrying
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.mail import NESTED
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, part_of, size_of

NAMES = re.compile(rb"\.(?:pst|ost|pab)\Z", re.I)
MARK = b"!BDN"
FOLDERS = CARRIED = 100_000  # of a store; for each carried message it is opened once more
_HELD, _METHOD, _MESSAGE = 0x3701, 0x3705, 5  # [MS-OXCMSG] 2.2.2.9: one that is a message, as a store has it
_UNREADABLE = Failure("unreadable", "an attachment")
_UNREADABLE_MESSAGE = Failure("unreadable", "a message that is attached")
_stores: Kept[tuple[Any, int]] = Kept()
_carrying: Kept[Any] = Kept()  # the same store, where a message is one that it carries


def is_store(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a store."""
    return head.startswith(MARK)


def walk_store(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every attachment, folder by folder; what cannot be read of them is one that failed."""
    store, whole = _opened(opening, outer)
    budget, carried = Budget(whole), count(1)
    for folder, place, shown in _folders(store):
        for number in range(folder.number_of_sub_messages):
            for one in _Messages(opening, outer, place, number, carried).attached(folder):
                at = f"{shown}{one.name}".encode("utf-8", "replace")
                budget.take(one.size or 0)
                yield Found(
                    path=path + b"/" + at,
                    locator=(*outer, Step("pst", at, one.message, f"{place}+{number}+{one.part}")),
                    parent=path,
                    size=one.size,
                    failure=one.failure,
                )


def open_store(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One attachment."""
    place, number, one, *way = step.part.split("+")
    messages = _Messages(opening, outer, place, int(number))
    message = (
        messages.carried(step.number, tuple(way)) if way else messages.itself(_opened(opening, outer)[0])
    )
    attachment = message.get_attachment(int(one))
    return part_of(_Attachment(attachment), 0, attachment.size)


class _One(Struct, frozen=True):
    """What a message carries."""

    name: str  # the message's number, its own in that, and what it is called; so also below a carried message
    message: int
    part: str  # its own number, and the way to the carried message that it is of: see `carried`
    size: int | None = None
    failure: Failure | None = None


class _Messages:
    """A message of a folder, and those that it carries."""

    def __init__(
        self, opening: Opening, outer: Locator, place: str, number: int, counted: Iterator[int] | None = None
    ) -> None:
        self._opening, self._outer = opening, outer
        self._place, self._number, self._counted = place, number, counted or count()

    def attached(self, folder: Any) -> Iterator[_One]:
        """Everything that is attached to it and to what it carries: what it is called, and how to find it."""
        try:
            message = folder.get_sub_message(self._number)
            identifier = message.identifier
            yield from self._of(message, identifier, f"{identifier:x}", ())
        except OSError:
            failure = Failure("unreadable", "a message, and what it carries")
            yield _One(f"message-{self._number + 1}", 0, "0", failure=failure)

    def _of(self, message: Any, identifier: int, shown: str, way: tuple[str, ...]) -> Iterator[_One]:
        for one in range(message.number_of_attachments):
            name = f"{shown}/{one + 1}"
            size: int | None = None
            failure: Failure | None = _UNREADABLE
            try:
                attachment = message.get_attachment(one)
                name = "/".join(filter(None, (name, _name(attachment))))
                if (carried := _message_of(attachment)) is not None:
                    below = (*way, f"{attachment.identifier:x}.{carried:x}")
                    yield from self._below(identifier, name, below, one)
                    continue
                size, failure = int(attachment.size), None
            except OSError:
                pass
            yield _One(name, identifier, "+".join((f"{one}", *way)), size, failure)

    def _below(self, identifier: int, shown: str, way: tuple[str, ...], one: int) -> Iterator[_One]:
        """What a carried message carries; itself, with the reason, where it cannot be looked into."""
        try:
            if len(way) > NESTED:
                raise CannotHash("too_deep", f"more than {NESTED} messages in one another")
            if next(self._counted) > CARRIED:
                raise CannotHash("bomb")
            message = self.carried(identifier, way)
            yield from self._of(message, identifier, shown, way)
        except (OSError, CannotHash) as error:
            failure = error.failure if isinstance(error, CannotHash) else _UNREADABLE_MESSAGE
            yield _One(shown, identifier, "+".join((f"{one}", *way[:-1])), failure=failure)

    def carried(self, identifier: int, way: tuple[str, ...]) -> Any:
        """A carried message. A step of the way is an attachment's number and that of the message in it.

        Raises OSError, CannotHash.
        """

        def opened() -> Any:
            numbers = [(int(step.split(".")[0], 16), int(step.split(".")[1], 16)) for step in way]
            return _store(carrying(buffered(self._opening(self._outer)), identifier, numbers))

        key = (*self._outer, Step("pst", b"", identifier, "+".join(way)))
        return self.itself(_carrying.of(key, opened))

    def itself(self, store: Any) -> Any:
        """The message, in a store that is open. Raises OSError."""
        folder = store.root_folder
        for below in filter(None, self._place.split(".")):
            folder = folder.get_sub_folder(int(below))
        return folder.get_sub_message(self._number)


def _opened(opening: Opening, outer: Locator) -> tuple[Any, int]:
    def opened() -> tuple[Any, int]:
        file = buffered(opening(outer))
        return _store(file), size_of(file)

    return _stores.of(outer, opened)


def _store(file: BinaryIO) -> Any:
    try:
        import pypff
    except ImportError:
        raise CannotHash("no_scanning") from None
    store = pypff.file()
    try:
        store.open_file_object(file)
    except OSError as error:
        raise CannotHash("damaged", str(error).split(". ", 1)[0][:200]) from error
    return store


def _folders(store: Any) -> Iterator[tuple[Any, str, str]]:
    """Every folder with the numbers that lead to it, and its path as people know it."""
    waiting = [(store.root_folder, "", "")]
    for _ in range(FOLDERS):
        if not waiting:
            return
        folder, place, shown = waiting.pop()
        yield folder, place, shown
        for number in reversed(range(folder.number_of_sub_folders)):
            below = folder.get_sub_folder(number)
            waiting.append((below, f"{place}.{number}", f"{shown}{_folder_name(below)}/"))
    raise CannotHash("partly_read", f"more than {FOLDERS} folders")


def _folder_name(folder: Any) -> str:
    try:
        return folder.name or ""
    except OSError:
        return ""


def _message_of(attachment: Any) -> int | None:
    """The number of the message that it is, below it; None where it is none. Raises OSError."""
    entries = {one.entry_type: one for some in attachment.record_sets for one in some.entries}
    method = entries.get(_METHOD)
    if method is None or method.get_data_as_integer() != _MESSAGE:
        return None
    held = (entries[_HELD].data if _HELD in entries else None) or b""
    return int.from_bytes(held[:4], "little")  # [MS-PST] 2.3.3.5: its number, and its size


def _name(attachment: Any) -> str:
    try:
        return attachment.long_filename or ""
    except OSError:
        return ""


class _Attachment:
    """An attachment as something that can seek and read."""

    def __init__(self, attachment: Any) -> None:
        self._attachment = attachment

    def seek(self, offset: int) -> None:
        """Go to a place."""
        self._attachment.seek_offset(offset, 0)

    def read(self, size: int) -> bytes:
        """Read on."""
        return bytes(self._attachment.read_buffer(size))
