"""Outlook's stores of messages (PST, OST): the attachments of every message of every folder.

libpff (libpff-python, of the extra `scanning`) reads them. A store that is protected by a password is read
like any other: the password is only asked for by Outlook.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash, Failure
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, part_of, size_of

NAMES = re.compile(rb"\.(?:pst|ost|pab)\Z", re.I)
MARK = b"!BDN"
FOLDERS = 100_000
_METHOD, _MESSAGE = 0x3705, 5  # [MS-OXCMSG] 2.2.2.9: a message that is attached, as the store keeps one
_CARRIED = Failure("partly_read", "a message that is attached: libpff gives no way to what it carries")
_UNREADABLE = Failure("unreadable", "an attachment")
_stores: Kept[tuple[Any, int]] = Kept()


def is_store(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a store."""
    return head.startswith(MARK)


def walk_store(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every attachment, folder by folder; what cannot be read of them is one that failed."""
    store, whole = _opened(opening, outer)
    budget = Budget(whole)
    for folder, place, shown in _folders(store):
        for number in range(folder.number_of_sub_messages):
            for name, identifier, one, length in _attached(folder, number):
                at = f"{shown}{name}".encode("utf-8", "replace")
                step = Step("pst", at, identifier, f"{place}+{number}+{one}")
                size = length if isinstance(length, int) else None
                failure = length if isinstance(length, Failure) else None
                budget.take(size or 0)
                yield Found(
                    path=path + b"/" + at, locator=(*outer, step), parent=path, size=size, failure=failure
                )


def _attached(folder: Any, number: int) -> Iterator[tuple[str, int, int, int | Failure]]:
    """What a message carries: what it is called, the message's number, its own, and its size or why none."""
    try:
        message = folder.get_sub_message(number)
        identifier, attachments = message.identifier, message.number_of_attachments
    except OSError:
        yield f"message-{number + 1}", 0, 0, Failure("unreadable", "a message, and what it carries")
        return
    for one in range(attachments):
        name: str = ""
        length: int | Failure = _UNREADABLE
        try:
            attachment = message.get_attachment(one)
            name = _name(attachment)
            length = _CARRIED if _is_message(attachment) else int(attachment.size)
        except OSError:
            pass
        yield f"{identifier:x}/{one + 1}{f'/{name}' if name else ''}", identifier, one, length


def open_store(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One attachment."""
    store, _ = _opened(opening, outer)
    place, number, one = step.part.split("+")
    folder = store.root_folder
    for below in filter(None, place.split(".")):
        folder = folder.get_sub_folder(int(below))
    attachment = folder.get_sub_message(int(number)).get_attachment(int(one))
    return part_of(_Attachment(attachment), 0, attachment.size)


def _opened(opening: Opening, outer: Locator) -> tuple[Any, int]:
    try:
        import pypff
    except ImportError:
        raise CannotHash("no_scanning") from None

    def opened() -> tuple[Any, int]:
        file, store = buffered(opening(outer)), pypff.file()
        try:
            store.open_file_object(file)
        except OSError as error:
            raise CannotHash("damaged", str(error).split(". ", 1)[0][:200]) from error
        return store, size_of(file)

    return _stores.of(outer, opened)


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


def _is_message(attachment: Any) -> bool:
    """Whether a message is attached: its items are not among the attachment's in pypff."""
    entries = (one for some in attachment.record_sets for one in some.entries)
    return any(one.entry_type == _METHOD and one.get_data_as_integer() == _MESSAGE for one in entries)


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
