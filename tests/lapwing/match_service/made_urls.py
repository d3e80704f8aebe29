"""URLs for Schemathesis, which knows no format of them: written in as many ways as browsers read."""

from typing import Any

import schemathesis
from hypothesis import strategies as st

LABEL = st.from_regex(r"[a-zA-Zé][a-zA-Z0-9]{0,8}", fullmatch=True)
HOST = st.one_of(
    st.lists(LABEL, min_size=1, max_size=5).map(".".join), st.just("192.0.2.1"), st.just("[2001:db8::1]")
)
REST = st.from_regex(r"(/[a-z%*+.]{0,6}){0,5}(\?[a-z=&+%2é]{0,8})?(#[a-z]{0,3})?", fullmatch=True)
SCHEME = st.sampled_from(["http://", "https://", "HTTPS://", "http:\\\\", "https:"])
PORT = st.sampled_from(["", ":80", ":443", ":8080", ":"])
URLS: Any = st.tuples(SCHEME, HOST, PORT, REST).map("".join)

schemathesis.openapi.format("uri", URLS)
