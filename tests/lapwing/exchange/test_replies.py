"""NCMEC's replies, the rest of its schema: read and written."""

import pytest
from tests.lapwing.exchange.schema_walk import Walk, faults, schema_file, stated

from lapwing.exchange import Unreadable
from lapwing.exchange.ncmec.replies import DoneReply, Reply, read_reply, write_reply

REPLIES = [
    Reply(0, "Success"),
    Reply(0, "Success", reference="4564654", file_id="b0754af766b426f2928a02c651ed4b99", digest="0" * 32),
    Reply(4110, "Malformed XML."),
    DoneReply(0, "4564654", ["b0754af766b426f2928a02c651ed4b99", "1" * 32]),
    DoneReply(0, "4564654"),
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_written_validly_and_read_back(reply: Reply | DoneReply) -> None:
    document = write_reply(reply)
    assert not faults(document)
    assert read_reply(document) == reply


@pytest.mark.parametrize("root", ["reportResponse", "reportDoneResponse"])
def test_every_element_of_a_reply_is_read_and_written(root: str) -> None:
    documents = [write_reply(REPLIES[1]), write_reply(REPLIES[3])]
    if schema_file() is not None:
        documents.append(Walk(0, {}).document(root))
    for document in documents:
        reply = read_reply(document)
        assert not reply.unknown
        assert stated(write_reply(reply)) == stated(document)


@pytest.mark.parametrize(
    "document",
    [b"<report/>", b"<reportResponse/>", b"<reportResponse><responseCode>x</responseCode></reportResponse>"],
)
def test_what_is_no_reply_is_refused(document: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_reply(document)
    assert refused.value.where.startswith("line 1, column 1")
